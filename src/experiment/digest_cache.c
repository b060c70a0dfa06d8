#include "digest_cache.h"

#include "support/append.h"
#include "support/file.h"
#include "support/hash.h"
#include "support/index.h"
#include "support/log.h"

#include <stdio.h>
#include <stdlib.h>

/* Lines "device inode size mtime ctime digest check", the check being a hash of what stands before it. */
static const char heading[] = "benomaly file digests 1\n";
enum { CACHE_LIMIT = 1 << 28, LINE_MOST = 256 };

struct digest_cache {
    const char *path;
    struct arena *arena;
    struct key_index index; /* hash of the state -> place in digest */
    struct sha256 *digest;
    size_t capacity;
};

static struct hash128 key_of(const struct file_state *state)
{
    return hash128((struct str){(const char *)state, sizeof *state}, 0);
}

static void remember(struct digest_cache *cache, const struct file_state *state, struct sha256 digest)
{
    bool is_new;
    size_t place = key_index_number(&cache->index, key_of(state), &is_new);
    if (place == cache->capacity) {
        size_t capacity = cache->capacity > 0 ? 2 * cache->capacity : 64;
        struct sha256 *grown = ARENA_ARRAY(cache->arena, struct sha256, capacity);
        if (place > 0)
            memcpy(grown, cache->digest, place * sizeof *grown);
        cache->digest = grown;
        cache->capacity = capacity;
    }
    cache->digest[place] = digest;
}

/* The line without its check and newline; its length. */
static size_t format_line(const struct file_state *state, struct sha256 digest, char out[LINE_MOST])
{
    char hex[SHA256_HEX];
    sha256_hex(digest, hex);
    return (size_t)snprintf(out, LINE_MOST, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %s",
                            state->device, state->inode, state->size, state->mtime_ns, state->ctime_ns, hex);
}

static void add_line(const struct file_state *state, struct sha256 digest, struct buf *out)
{
    char line[LINE_MOST];
    size_t n = format_line(state, digest, line);
    buf_printf(out, "%s %016" PRIx64 "\n", line, hash64((struct str){line, n}, 0));
}

/* Strict: what is read is written again and must be the same line. */
static bool read_line(struct str line, struct file_state *state, struct sha256 *digest)
{
    char text[LINE_MOST], hex[SHA256_HEX], again[LINE_MOST];
    if (line.n >= sizeof text)
        return false;
    memcpy(text, line.p, line.n);
    text[line.n] = '\0';
    if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNd64 " %" SCNd64 " %64s", &state->device, &state->inode,
               &state->size, &state->mtime_ns, &state->ctime_ns, hex) != 6 ||
        !sha256_from_hex(str_of(hex), digest))
        return false;
    size_t n = format_line(state, *digest, again);
    n += (size_t)snprintf(again + n, sizeof again - n, " %016" PRIx64, hash64((struct str){again, n}, 0));
    return str_equal((struct str){again, n}, line);
}

/* Reads all lines, into the cache if it is given. False: this is no whole file of digests. */
static bool read_lines(struct str text, struct digest_cache *cache)
{
    if (!str_starts(text, str_of(heading)))
        return false;
    for (size_t at = sizeof heading - 1; at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        struct file_state state = {0};
        struct sha256 digest;
        if (!end || !read_line((struct str){text.p + at, (size_t)(end - text.p) - at}, &state, &digest))
            return false;
        if (cache)
            remember(cache, &state, digest);
        at = (size_t)(end - text.p) + 1;
    }
    return true;
}

static struct digest_cache *make(const char *path)
{
    struct digest_cache *cache = calloc(1, sizeof *cache);
    ASSERT(cache != NULL);
    cache->arena = arena_new();
    cache->path = path ? arena_printf(cache->arena, "%s", path) : NULL;
    return cache;
}

struct digest_cache *digest_cache_open(const char *path)
{
    struct digest_cache *cache = make(path);
    struct str text;
    struct error err;
    if (!path || !file_exists(path))
        return cache;
    struct arena *scratch = arena_new();
    if (!file_read(path, CACHE_LIMIT, scratch, &text, &err)) {
        log_job(LOG_WARN, "remembered digests are not used, files are read again: %s", err.message);
    } else if (text.n > 0 && !read_lines(text, cache)) {
        log_job(LOG_WARN, "%s: is damaged or holds something else than digests; files are read again", path);
        key_index_free(&cache->index);
    }
    arena_free(scratch);
    return cache;
}

void digest_cache_close(struct digest_cache *cache)
{
    if (!cache)
        return;
    key_index_free(&cache->index);
    arena_free(cache->arena);
    free(cache);
}

bool digest_cache_find(const struct digest_cache *cache, const struct file_state *state, struct sha256 *out)
{
    size_t place = key_index_look(&cache->index, key_of(state));
    if (place != KEY_UNKNOWN)
        *out = cache->digest[place];
    return place != KEY_UNKNOWN;
}

/* The file is locked: what others have added since is seen, and kept if it is whole. */
static bool write_lines(struct append_file *file, struct str lines, struct error *err)
{
    struct arena *scratch = arena_new();
    struct str text;
    bool ok = file_read(file->path, CACHE_LIMIT, scratch, &text, err);
    bool whole = ok && read_lines(text, NULL);
    if (ok && !whole)
        ok = append_cut(file, 0, err) && append_write(file, str_of(heading), err);
    ok = ok && append_write(file, lines, err);
    arena_free(scratch);
    return ok;
}

void digest_cache_add(struct digest_cache *cache, const struct file_state *state, const struct sha256 *digest, size_t n)
{
    struct buf lines = {.limit = CACHE_LIMIT};
    struct append_file file;
    struct error err;
    if (!cache->path || n == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        remember(cache, &state[i], digest[i]);
        add_line(&state[i], digest[i], &lines);
    }
    bool open = append_open(cache->path, "the list of file digests", true, &file, &err);
    if (!open || !write_lines(&file, buf_str(&lines), &err))
        log_job(LOG_WARN, "files will be read again next time: %s", err.message);
    if (open)
        append_close(&file);
    buf_free(&lines);
}
