#include "vector_cache.h"

#include "support/append.h"
#include "support/index.h"
#include "support/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 512, MODEL_BYTES = 300 };
#define BLOCK_MARK UINT64_C(0x6b636f6c62636576) /* "vecblock" */

static const char head_start[] = "{\"format\":\"benomaly vectors\"";

struct block {
    uint64_t mark, n, check;
};

struct entry {
    struct hash128 key;
    uint64_t check;
};

/* A walk over the blocks of an open file. */
struct walk {
    int fd;
    const char *path;
    size_t d, size, at; /* at: where the next block begins */
    struct entry *entry;
    size_t n, vectors; /* of the block under the walk: entries, place of the first vector */
};

struct vector_cache {
    struct append_file file;
    size_t d;
    struct key_index key; /* of all that is in it */
    struct buf block;
};

static bool read_at(int fd, void *out, size_t n, size_t at)
{
    for (char *to = out; n > 0;) {
        ssize_t got = pread(fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        at += (size_t)got;
        n -= (size_t)got;
    }
    return true;
}

static uint64_t check_of(const void *p, size_t n, uint64_t seed)
{
    return hash64((struct str){p, n}, seed);
}

static bool read_head(const char *path, struct str text, char model[MODEL_BYTES], struct vector_source *out,
                      struct error *err)
{
    struct json_doc *doc = NULL;
    struct error ignored;
    struct str name;
    int64_t version;
    bool ok = json_parse(text, path, false, &doc, &ignored);
    const struct json *root = ok ? json_root(doc) : NULL;
    ok = ok && json_as_i64(json_get(root, "version"), &version) && version == 1 &&
         json_as_str(json_get(root, "model"), &name) && name.n < MODEL_BYTES &&
         json_as_i64(json_get(root, "dimensions"), &out->dimensions) && out->dimensions > 0 &&
         json_as_i64(json_get(root, "max_bytes"), &out->max_bytes);
    if (ok) {
        memcpy(model, name.p, name.n);
        model[name.n] = '\0';
        out->model = model;
    }
    json_free(doc);
    return ok || fail(err, ERROR_INPUT, "%s: is not a cache of vectors; name another file as the cache", path);
}

static bool check_head(int fd, const char *path, const struct vector_source *source, struct error *err)
{
    char text[HEAD_BYTES], model[MODEL_BYTES];
    struct vector_source held;
    if (!read_at(fd, text, sizeof text, 0))
        return fail(err, ERROR_IO, "%s: cannot read the cache of vectors", path);
    TRY(read_head(path, (struct str){text, sizeof text}, model, &held, err));
    if (held.dimensions != source->dimensions)
        return fail(err, ERROR_INPUT,
                    "%s: its vectors have %" PRId64 " numbers, not %" PRId64 "; set dimensions, or name another file",
                    path, held.dimensions, source->dimensions);
    if (source->model && strcmp(held.model, source->model) != 0)
        return fail(err, ERROR_INPUT, "%s: its vectors are by the model \"%s\", not \"%s\"; name another file", path,
                    held.model, source->model);
    if (source->max_bytes > 0 && held.max_bytes != source->max_bytes)
        return fail(err, ERROR_INPUT,
                    "%s: its vectors are of lines cut to %" PRId64 " bytes, not %" PRId64
                    "; set max_bytes, or name another file",
                    path, held.max_bytes, source->max_bytes);
    return true;
}

/* The next whole block; *end: there is none. */
static bool walk_on(struct walk *walk, bool *end, struct error *err)
{
    struct block block;
    *end = true;
    if (walk->size - walk->at < sizeof block)
        return true;
    bool read = read_at(walk->fd, &block, sizeof block, walk->at);
    bool sound = read && block.mark == BLOCK_MARK && block.n <= VECTOR_CACHE_BLOCK;
    if (sound) {
        const size_t entries = (size_t)block.n * sizeof *walk->entry;
        const size_t bytes = sizeof block + entries + (size_t)block.n * walk->d * sizeof(float);
        if (walk->size - walk->at < bytes)
            return true;
        read = read_at(walk->fd, walk->entry, entries, walk->at + sizeof block);
        sound = read && check_of(walk->entry, entries, block.n) == block.check;
        walk->n = (size_t)block.n;
        walk->vectors = walk->at + sizeof block + entries;
    }
    if (!sound)
        return fail(
            err, ERROR_INPUT,
            "%s: the cache of vectors is damaged at byte %zu; cut it there (truncate -s %zu), or name another file",
            walk->path, walk->at, walk->at);
    walk->at = walk->vectors + walk->n * walk->d * sizeof(float);
    *end = false;
    return true;
}

static bool walk_start(int fd, const char *path, size_t d, struct arena *arena, struct walk *out, struct error *err)
{
    struct stat info;
    *out = (struct walk){.fd = fd, .path = path, .d = d, .at = HEAD_BYTES};
    if (fstat(fd, &info) != 0)
        return fail(err, ERROR_IO, "%s: cannot read the cache of vectors: %s", path, strerror(errno));
    out->size = (size_t)info.st_size;
    out->entry = ARENA_ARRAY(arena, struct entry, VECTOR_CACHE_BLOCK);
    return true;
}

static bool take_vectors(const struct walk *walk, float *x, struct line_vectors *vectors, struct error *err)
{
    const size_t bytes = vectors->d * sizeof *x;
    for (size_t i = 0; i < walk->n; i++) {
        const struct entry *entry = &walk->entry[i];
        size_t line = key_index_look(&vectors->index, entry->key), at = walk->vectors + i * bytes;
        if (line == KEY_UNKNOWN || vectors->found[line])
            continue;
        if (!read_at(walk->fd, x, bytes, at) || check_of(x, bytes, entry->key.lo) != entry->check ||
            !line_vectors_put(vectors, line, x))
            return fail(err, ERROR_INPUT, "%s: the vector at byte %zu is damaged; name another file as the cache",
                        walk->path, at);
    }
    return true;
}

bool vector_cache_is(const char *path)
{
    char start[sizeof head_start - 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is = fd >= 0 && read_at(fd, start, sizeof start, 0) && memcmp(start, head_start, sizeof start) == 0;
    if (fd >= 0)
        close(fd);
    return is;
}

static bool read_all(int fd, const char *path, const struct vector_source *source, struct line_vectors *vectors,
                     struct arena *arena, struct error *err)
{
    struct walk walk;
    TRY(walk_start(fd, path, vectors->d, arena, &walk, err));
    if (walk.size < HEAD_BYTES) /* another run is just making it */
        return true;
    TRY(check_head(fd, path, source, err));
    float *x = ARENA_ARRAY(arena, float, vectors->d);
    bool end = false;
    while (vectors->n_found < vectors->n) {
        TRY(walk_on(&walk, &end, err));
        if (end)
            break;
        TRY(take_vectors(&walk, x, vectors, err));
    }
    return true;
}

bool vector_cache_read(const char *path, const struct vector_source *source, struct line_vectors *vectors,
                       struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0)
        return fail(err, ERROR_IO, "%s: cannot open the cache of vectors: %s", path, strerror(errno));
    struct arena *arena = arena_new();
    bool ok = read_all(fd, path, source, vectors, arena, err);
    arena_free(arena);
    close(fd);
    return ok;
}

static bool write_head(struct append_file *file, const struct vector_source *source, struct error *err)
{
    struct buf head = {.limit = 4 * HEAD_BYTES};
    buf_printf(&head, "%s,\"version\":1,\"model\":", head_start);
    buf_add_json_string(&head, str_of(source->model));
    buf_printf(&head, ",\"dimensions\":%" PRId64 ",\"max_bytes\":%" PRId64 "}", source->dimensions, source->max_bytes);
    bool ok = head.n < HEAD_BYTES || fail(err, ERROR_CONFIG, "the model's name is too long");
    while (head.n < HEAD_BYTES)
        buf_add_str(&head, head.n == HEAD_BYTES - 1 ? STR("\n") : STR(" "));
    ok = ok && append_cut(file, 0, err) && append_write(file, buf_str(&head), err);
    buf_free(&head);
    return ok;
}

/* Learns what is in the file; only what is whole stays. */
static bool load(struct vector_cache *cache, const struct vector_source *source, struct arena *arena, struct error *err)
{
    struct append_file *file = &cache->file;
    struct walk walk;
    bool end = false, is_new;
    TRY(walk_start(file->fd, file->path, cache->d, arena, &walk, err));
    if (walk.size < HEAD_BYTES)
        return write_head(file, source, err);
    TRY(check_head(file->fd, file->path, source, err));
    while (!end) {
        TRY(walk_on(&walk, &end, err));
        for (size_t i = 0; !end && i < walk.n; i++)
            key_index_number(&cache->key, walk.entry[i].key, &is_new);
    }
    return walk.at == walk.size || append_cut(file, walk.at, err);
}

bool vector_cache_open(const char *path, const struct vector_source *source, struct vector_cache **out,
                       struct error *err)
{
    struct append_file file;
    TRY(append_open(path, "the cache of vectors", true, &file, err));
    struct vector_cache *cache = calloc(1, sizeof *cache);
    ASSERT(cache != NULL);
    *cache = (struct vector_cache){.file = file, .d = (size_t)source->dimensions, .block.limit = (size_t)1 << 40};
    struct arena *arena = arena_new();
    bool ok = load(cache, source, arena, err);
    arena_free(arena);
    if (ok)
        *out = cache;
    else
        vector_cache_close(cache);
    return ok;
}

void vector_cache_close(struct vector_cache *cache)
{
    if (cache == NULL)
        return;
    append_close(&cache->file);
    key_index_free(&cache->key);
    buf_free(&cache->block);
    free(cache);
}

bool vector_cache_has(const struct vector_cache *cache, struct hash128 key)
{
    return key_index_look(&cache->key, key) != KEY_UNKNOWN;
}

bool vector_cache_add(struct vector_cache *cache, const struct hash128 *key, const float *vector, size_t n,
                      struct error *err)
{
    ASSERT(n <= VECTOR_CACHE_BLOCK);
    struct block block = {.mark = BLOCK_MARK, .n = n};
    struct buf *out = &cache->block;
    const size_t bytes = cache->d * sizeof *vector;
    out->n = 0;
    buf_add(out, &block, sizeof block);
    for (size_t i = 0; i < n; i++) {
        struct entry entry = {key[i], check_of(vector + i * cache->d, bytes, key[i].lo)};
        buf_add(out, &entry, sizeof entry);
    }
    block.check = check_of(out->p + sizeof block, out->n - sizeof block, n);
    memcpy(out->p, &block, sizeof block);
    buf_add(out, vector, n * bytes);
    ASSERT(!out->full);
    return append_write(&cache->file, buf_str(out), err);
}

bool vector_cache_sync(struct vector_cache *cache, struct error *err)
{
    return append_sync(&cache->file, err);
}
