#include "digests.h"

#include "bytes/source.h"
#include "comm/agree.h"
#include "comm/reduce.h"
#include "digest_cache.h"
#include "support/index.h"
#include "support/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file that was changed this lately may change again within the grain of its clock: it is not remembered. */
static const int64_t FRESH_NS = 2000000000;
enum { READ_BYTES = 1 << 18, TRIES = 2 };

struct known {
    bool known;
    struct sha256 digest;
};

struct digests {
    struct digest_cache *cache; /* on rank 0, from the first look on */
    char *cache_path;
    bool hash;
    struct key_index index; /* hash of the path -> place in known */
    struct known *known;
    size_t capacity;
};

struct digests *digests_new(const char *cache, bool hash)
{
    struct digests *digests = calloc(1, sizeof *digests);
    ASSERT(digests != NULL);
    digests->hash = hash;
    digests->cache_path = cache ? strdup(cache) : NULL;
    return digests;
}

void digests_free(struct digests *digests)
{
    if (!digests)
        return;
    digest_cache_close(digests->cache);
    key_index_free(&digests->index);
    free(digests->cache_path);
    free(digests->known);
    free(digests);
}

static struct hash128 key_of(const char *path)
{
    return hash128(str_of(path), 0);
}

static void remember(struct digests *digests, const char *path, struct known known)
{
    bool is_new;
    size_t place = key_index_number(&digests->index, key_of(path), &is_new);
    if (place == digests->capacity) {
        digests->capacity = digests->capacity > 0 ? 2 * digests->capacity : 64;
        digests->known = realloc(digests->known, digests->capacity * sizeof *digests->known);
        ASSERT(digests->known != NULL);
    }
    digests->known[place] = known;
}

/* A file whose digest is asked for: as rank 0 sees it. */
struct sought {
    struct file_state state;
    struct sha256 digest;
    uint64_t found; /* the digest is known */
};

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct file_state state_of(const struct stat *status)
{
    return (struct file_state){(uint64_t)status->st_dev, (uint64_t)status->st_ino, (uint64_t)status->st_size,
                               nanoseconds(status->st_mtim), nanoseconds(status->st_ctim)};
}

static bool no_look(const char *path, int64_t problem, struct error *err)
{
    if (problem == EINVAL)
        return fail(err, ERROR_INPUT, "%s: is no plain file; results are known by the contents of plain files", path);
    return fail(err, ERROR_INPUT, "%s: the file cannot be looked at: %s", path, strerror((int)problem));
}

static bool look_at(const char *path, struct file_state *out, struct error *err)
{
    const struct source_look look = source_look(path);
    *out = (struct file_state){look.device, look.inode, (uint64_t)look.size, look.mtime_ns, look.ctime_ns};
    return look.problem == 0 || no_look(path, look.problem, err);
}

static bool take_listed(const struct catalog_file *file, struct file_state *out, struct error *err)
{
    *out = (struct file_state){file->device, file->inode, (uint64_t)file->size, file->mtime_ns, file->ctime_ns};
    return file->problem == 0 || no_look(file->path, file->problem, err);
}

/* Rank 0: states, and digests that are remembered. listed[i]: what is known of file i; NULL: nothing of any. */
static bool look_up(struct digests *digests, const char *const *path, struct catalog_file *const *listed, size_t n,
                    struct sought *sought, struct error *err)
{
    if (!digests->cache)
        digests->cache = digest_cache_open(digests->cache_path);
    for (size_t i = 0; i < n; i++) {
        TRY(listed ? take_listed(listed[i], &sought[i].state, err) : look_at(path[i], &sought[i].state, err));
        sought[i].found = digest_cache_find(digests->cache, &sought[i].state, &sought[i].digest);
    }
    return true;
}

/* SHA-256 of the chunk; *changed: the file is not what rank 0 saw. Device and inode may look otherwise from here. */
static bool hash_chunk(const char *path, const struct file_state *state, uint64_t chunk, char *buffer,
                       struct sha256 *out, bool *changed, struct error *err)
{
    struct stat status;
    uint64_t at = chunk * DIGEST_CHUNK, end = at + DIGEST_CHUNK < state->size ? at + DIGEST_CHUNK : state->size;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        fail(err, ERROR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    struct file_state now = state_of(&status);
    *changed = now.size != state->size || now.mtime_ns != state->mtime_ns;
    struct sha256_stream *stream = sha256_begin();
    ssize_t got = 1;
    while (!*changed && at < end && (got > 0 || errno == EINTR)) {
        got = pread(fd, buffer, min_size(READ_BYTES, (size_t)(end - at)), (off_t)at);
        if (got > 0) {
            sha256_add(stream, (struct str){buffer, (size_t)got});
            at += (uint64_t)got;
        } else if (got == 0) {
            *changed = true;
        }
    }
    int problem = errno;
    *out = sha256_end(stream);
    close(fd);
    return got >= 0 || fail(err, ERROR_INPUT, "%s: cannot be read: %s", path, strerror(problem));
}

static size_t chunks_of(const struct sought *sought)
{
    return (size_t)((sought->state.size + DIGEST_CHUNK - 1) / DIGEST_CHUNK);
}

/* This rank's chunks of the files that are not found, dealt in turn: digest[] of all chunks, the others' zero. */
static bool hash_share(const struct comm *comm, const char *const *path, size_t n, const struct sought *sought,
                       struct sha256 *digest, int64_t *changed, struct error *err)
{
    char *buffer = malloc(READ_BYTES);
    ASSERT(buffer != NULL);
    bool ok = true;
    size_t number = 0;
    for (size_t i = 0; ok && i < n; i++) {
        size_t n_chunks = sought[i].found ? 0 : chunks_of(&sought[i]);
        for (size_t c = 0; ok && c < n_chunks; c++, number++) {
            bool other = false;
            if (number % (size_t)comm_size(comm) != (size_t)comm_rank(comm) || changed[i])
                continue;
            ok = hash_chunk(path[i], &sought[i].state, c, buffer, &digest[number], &other, err);
            changed[i] = other;
        }
    }
    free(buffer);
    return ok;
}

/* Digests of the files that are not found from those of their chunks. */
static void join_chunks(size_t n, struct sought *sought, const struct sha256 *digest)
{
    for (size_t i = 0; i < n; i++) {
        if (sought[i].found)
            continue;
        char size[8];
        for (size_t b = 0; b < sizeof size; b++)
            size[b] = (char)(sought[i].state.size >> 8 * b);
        struct sha256_stream *stream = sha256_begin();
        sha256_add(stream, (struct str){(const char *)digest, chunks_of(&sought[i]) * sizeof *digest});
        sha256_add(stream, (struct str){size, sizeof size});
        sought[i].digest = sha256_end(stream);
        digest += chunks_of(&sought[i]);
    }
}

/* One try at all files that are not found; changed[i]: file i has to be tried again. */
static bool hash_files(const struct comm *comm, const char *const *path, size_t n, struct sought *sought,
                       int64_t *changed, struct arena *scratch, struct error *err)
{
    size_t n_chunks = 0;
    for (size_t i = 0; i < n; i++)
        n_chunks += sought[i].found ? 0 : chunks_of(&sought[i]);
    struct sha256 *digest = ARENA_ZARRAY(scratch, struct sha256, n_chunks);
    memset(changed, 0, n * sizeof *changed);
    bool ok = hash_share(comm, path, n, sought, digest, changed, err);
    TRY(agree(comm, ok, err));
    /* of each sum all but one rank's terms are zero */
    reduce_sum_i64(comm, (int64_t *)(void *)digest, n_chunks * sizeof *digest / sizeof(int64_t));
    join_chunks(n, sought, digest);
    for (size_t i = 0; ok && i < n && comm_rank(comm) == 0; i++) {
        struct file_state now = {0};
        ok = sought[i].found || look_at(path[i], &now, err);
        now.device = sought[i].state.device; /* whoever looked first may have been on another node */
        changed[i] = changed[i] || (ok && !sought[i].found && memcmp(&now, &sought[i].state, sizeof now) != 0);
    }
    TRY(agree(comm, ok, err));
    reduce_max_i64(comm, changed, n);
    return true;
}

/* Rank 0: to the cache, but for what has just been changed. */
static void keep(struct digests *digests, size_t n, const struct sought *sought, const int64_t *hashed_ns,
                 struct arena *scratch)
{
    struct file_state *state = ARENA_ARRAY(scratch, struct file_state, n);
    struct sha256 *digest = ARENA_ARRAY(scratch, struct sha256, n);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t last = max_i64(sought[i].state.mtime_ns, sought[i].state.ctime_ns);
        if (hashed_ns[i] == 0 || last > hashed_ns[i] - FRESH_NS)
            continue;
        state[n_kept] = sought[i].state;
        digest[n_kept++] = sought[i].digest;
    }
    digest_cache_add(digests->cache, state, digest, n_kept);
}

/* All that are not found, on all ranks. */
static bool hash_missing(const struct comm *comm, struct digests *digests, const char *const *path, size_t n,
                         struct sought *sought, struct arena *scratch, struct error *err)
{
    int64_t *changed = ARENA_ARRAY(scratch, int64_t, n), *hashed_ns = ARENA_ZARRAY(scratch, int64_t, n);
    for (int left = TRIES; left > 0; left--) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        TRY(hash_files(comm, path, n, sought, changed, scratch, err));
        size_t again = n;
        bool ok = true;
        for (size_t i = 0; i < n; i++) {
            if (!sought[i].found && !changed[i]) {
                sought[i].found = 1;
                hashed_ns[i] = nanoseconds(now);
            } else if (changed[i]) {
                again = i;
                ok = ok && (comm_rank(comm) != 0 || look_at(path[i], &sought[i].state, err));
            }
        }
        TRY(agree(comm, ok, err));
        if (again == n) {
            if (comm_rank(comm) == 0)
                keep(digests, n, sought, hashed_ns, scratch);
            return true;
        }
        if (left == 1)
            return fail(err, ERROR_INPUT, "%s: changes while it is read; start again when it is complete", path[again]);
        comm_bcast(comm, sought, n * sizeof *sought, 0);
    }
    return true;
}

/* path[n]: none of them is known here. */
static bool find_unknown(const struct comm *comm, struct digests *digests, const char *const *path,
                         struct catalog_file *const *listed, size_t n, struct arena *scratch, struct error *err)
{
    struct sought *sought = ARENA_ZARRAY(scratch, struct sought, n);
    bool ok = comm_rank(comm) != 0 || look_up(digests, path, listed, n, sought, err);
    TRY(agree(comm, ok, err));
    comm_bcast(comm, sought, n * sizeof *sought, 0);
    if (digests->hash)
        TRY(hash_missing(comm, digests, path, n, sought, scratch, err));
    for (size_t i = 0; i < n; i++)
        remember(digests, path[i], (struct known){sought[i].found != 0, sought[i].digest});
    for (size_t i = 0; listed && i < n; i++) {
        listed[i]->size = (int64_t)sought[i].state.size;
        listed[i]->mtime_ns = sought[i].state.mtime_ns;
        listed[i]->ctime_ns = sought[i].state.ctime_ns;
    }
    return true;
}

/* listed[n]: as the files were listed; NULL: they have to be looked at. */
static bool find(const struct comm *comm, struct digests *digests, const char *const *path, struct catalog_file *listed,
                 size_t n, struct sha256 *out, bool *known, struct error *err)
{
    struct arena *scratch = NULL;
    const char **unknown = NULL;
    struct catalog_file **entry = NULL;
    size_t n_unknown = 0;
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        if (key_index_look(&digests->index, key_of(path[i])) != KEY_UNKNOWN)
            continue;
        scratch = scratch ? scratch : arena_new();
        unknown = unknown ? unknown : ARENA_ARRAY(scratch, const char *, n);
        if (listed && !entry)
            entry = ARENA_ARRAY(scratch, struct catalog_file *, n);
        if (listed)
            entry[n_unknown] = &listed[i];
        unknown[n_unknown++] = path[i];
    }
    if (n_unknown > 0)
        ok = find_unknown(comm, digests, unknown, entry, n_unknown, scratch, err);
    *known = ok;
    for (size_t i = 0; ok && i < n; i++) {
        const struct known *one = &digests->known[key_index_look(&digests->index, key_of(path[i]))];
        *known = *known && one->known;
        out[i] = one->digest;
    }
    arena_free(scratch);
    return ok;
}

bool digests_find(const struct comm *comm, struct digests *digests, const char *const *path, size_t n,
                  struct sha256 *out, bool *known, struct error *err)
{
    return find(comm, digests, path, NULL, n, out, known, err);
}

bool digests_of_catalog(const struct comm *comm, struct digests *digests, struct catalog *files, struct sha256 *out,
                        bool *known, struct error *err)
{
    struct arena *arena = arena_new();
    const char **path = ARENA_ARRAY(arena, const char *, files->n);
    for (size_t i = 0; i < files->n; i++)
        path[i] = files->file[i].path;
    bool ok = find(comm, digests, path, files->file, files->n, out, known, err);
    arena_free(arena);
    return ok;
}
