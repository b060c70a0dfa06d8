#include "vector_file.h"

#include "store/store.h"

enum {
    HASH_ROWS = 1 << 16,   /* hashes read at once */
    GAP_ROWS = 4,          /* unwanted vectors read along, since a read costs more */
    GROUP_BYTES = 4 << 20, /* vectors read at once */
};

struct vector_file {
    const char *path;
    struct store_slab *hash, *vector;
    size_t n, d;
};

/* A wanted vector and where it lies. */
struct hit {
    size_t row, line;
};

static bool check_attributes(struct store *store, const char *path, const char *model, struct arena *arena,
                             struct error *err)
{
    struct str hash, name;
    TRY(store_get_attr_str(store, "/", "hash", arena, &hash, err) &&
        store_get_attr_str(store, "/", "model", arena, &name, err));
    if (!str_equal(hash, STR("xxh3_128")))
        return fail(
            err, ERROR_INPUT,
            "%s: the attribute hash is \"%.*s\", not \"xxh3_128\"; lines must be hashed by XXH3-128 with seed 0", path,
            STR_ARG(hash));
    if (model[0] && !str_equal(name, str_of(model)))
        return fail(err, ERROR_INPUT,
                    "%s: the vectors are by the model \"%.*s\", not \"%s\"; name the other file or the other model",
                    path, STR_ARG(name), model);
    return true;
}

static bool check_shapes(struct vector_file *file, size_t d, struct error *err)
{
    size_t rank, shape[8], n_hash;
    store_slab_shape(file->hash, &rank, shape);
    if (rank != 2 || shape[1] != 2 || !store_slab_holds(file->hash, STORE_U64))
        return fail(err, ERROR_INPUT,
                    "%s: \"/hash\" must be uint64 [n, 2]: the high and the low half of each line's hash", file->path);
    n_hash = shape[0];
    store_slab_shape(file->vector, &rank, shape);
    if (rank != 2 || shape[0] != n_hash)
        return fail(err, ERROR_INPUT,
                    "%s: \"/vector\" must be float32 [%zu, dimensions]: a row for each row of \"/hash\"", file->path,
                    n_hash);
    if (shape[1] != d)
        return fail(err, ERROR_INPUT, "%s: the vectors have %zu numbers, not %zu; set dimensions to %zu", file->path,
                    shape[1], d, shape[1]);
    if (!store_slab_is_real(file->vector))
        return fail(err, ERROR_INPUT, "%s: \"/vector\" must hold floating-point numbers", file->path);
    file->n = n_hash;
    file->d = d;
    return true;
}

/* The first row of each wanted line, rows rising. */
static bool find_hits(const struct vector_file *file, const struct line_vectors *vectors, struct arena *arena,
                      struct hit *hit, size_t *n_hits, struct error *err)
{
    uint64_t *half = ARENA_ARRAY(arena, uint64_t, 2 * min_size(file->n, HASH_ROWS));
    bool *taken = ARENA_ZARRAY(arena, bool, vectors->n);
    *n_hits = 0;
    for (size_t first = 0; first < file->n; first += HASH_ROWS) {
        const size_t n = min_size(file->n - first, HASH_ROWS);
        TRY(store_slab_read(file->hash, STORE_U64, first, n, half, err));
        for (size_t i = 0; i < n; i++) {
            size_t line = key_index_look(&vectors->index, (struct hash128){half[2 * i], half[2 * i + 1]});
            if (line == KEY_UNKNOWN || taken[line] || vectors->found[line])
                continue;
            taken[line] = true;
            hit[(*n_hits)++] = (struct hit){first + i, line};
        }
    }
    return true;
}

static bool read_hits(const struct vector_file *file, const struct hit *hit, size_t n_hits, struct arena *arena,
                      struct line_vectors *vectors, struct error *err)
{
    const size_t room = GROUP_BYTES / (file->d * sizeof(float)) + 1;
    float *x = ARENA_ARRAY(arena, float, room * file->d);
    for (size_t h = 0; h < n_hits;) {
        const size_t first = hit[h].row;
        size_t end = h + 1;
        while (end < n_hits && hit[end].row - hit[end - 1].row <= GAP_ROWS && hit[end].row - first < room)
            end++;
        TRY(store_slab_read(file->vector, STORE_F32, first, hit[end - 1].row - first + 1, x, err));
        for (; h < end; h++)
            if (!line_vectors_put(vectors, hit[h].line, x + (hit[h].row - first) * file->d))
                return fail(err, ERROR_NUMERIC,
                            "%s: row %zu of \"/vector\" holds a number that is not finite (or too large for float32); "
                            "make this vector again",
                            file->path, hit[h].row);
    }
    return true;
}

static bool read_open(struct store *store, struct vector_file *file, const char *model, struct arena *arena,
                      struct line_vectors *vectors, struct error *err)
{
    TRY(check_attributes(store, file->path, model, arena, err));
    TRY(store_slab_open(store, "/hash", &file->hash, err) && store_slab_open(store, "/vector", &file->vector, err));
    TRY(check_shapes(file, vectors->d, err));
    struct hit *hit = ARENA_ARRAY(arena, struct hit, vectors->n);
    size_t n_hits;
    return find_hits(file, vectors, arena, hit, &n_hits, err) && read_hits(file, hit, n_hits, arena, vectors, err);
}

bool vector_file_read(const char *path, const char *model, struct line_vectors *vectors, struct error *err)
{
    struct vector_file file = {.path = path};
    struct store *store;
    TRY(store_open(path, &store, err));
    struct arena *arena = arena_new();
    bool ok = read_open(store, &file, model, arena, vectors, err);
    arena_free(arena);
    store_slab_close(file.hash);
    store_slab_close(file.vector);
    store_close(store);
    return ok;
}
