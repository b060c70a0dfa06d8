/* What the tests of extractors that fetch share: files of vectors. Include standin_test.h or mpi_test.h first. */
#ifndef VECTOR_TEST_H
#define VECTOR_TEST_H

#include "store/store.h"
#include "support/hash.h"

#include <stdlib.h>

/* The vector that a test expects of a line: any function of its bytes. */
static inline void vector_expected(struct str line, size_t d, float *out)
{
    for (size_t c = 0; c < d; c++)
        out[c] = (float)(hash64(line, c) % 2001) / 1000.0f - 1;
}

struct vector_layout {
    const char *hash, *model; /* attributes; NULL: left out */
    enum store_type hash_type, vector_type;
    size_t halves, drop; /* columns of /hash; rows that /vector is short of */
};

static const struct vector_layout vector_layout_good = {"xxh3_128", "test", STORE_U64, STORE_F32, 2, 0};

/* Writes n lines' vectors x[n * d] (bytes of vector_type). */
static inline void vector_file_make(const char *path, const struct vector_layout *layout, const struct str *line,
                                    size_t n, size_t d, const void *x)
{
    static const char *const hash_axes[] = {"/line", "/half"}, *const vector_axes[] = {"/kept", "/component"};
    struct arena *arena = arena_new();
    int64_t *number = ARENA_ARRAY(arena, int64_t, n + d + 8);
    uint64_t *hash = ARENA_ZARRAY(arena, uint64_t, n * layout->halves);
    struct store *store;
    struct error err;
    for (size_t i = 0; i < n + d + 8; i++)
        number[i] = (int64_t)i;
    for (size_t i = 0; i < n; i++) {
        struct hash128 key = hash128(line[i], 0);
        hash[i * layout->halves] = key.hi;
        if (layout->halves > 1)
            hash[i * layout->halves + 1] = key.lo;
    }
    bool ok = store_create(path, &store, &err) && store_axis_i64(store, "/line", number, n, &err) &&
              store_axis_i64(store, "/half", number, layout->halves, &err) &&
              store_axis_i64(store, "/kept", number, n - layout->drop, &err) &&
              store_axis_i64(store, "/component", number, d, &err) &&
              store_array(store, "/hash", layout->hash_type, hash_axes, 2, hash, &err) &&
              store_array(store, "/vector", layout->vector_type, vector_axes, 2, x, &err) &&
              (!layout->hash || store_attr_str(store, "/", "hash", str_of(layout->hash), &err)) &&
              (!layout->model || store_attr_str(store, "/", "model", str_of(layout->model), &err)) &&
              store_commit(store, &err);
    if (!ok)
        abort();
    arena_free(arena);
}

/* Lines with their expected vectors. */
static inline void vector_file_of(const char *path, const struct str *line, size_t n, size_t d)
{
    struct arena *arena = arena_new();
    float *x = ARENA_ARRAY(arena, float, n *d);
    for (size_t i = 0; i < n; i++)
        vector_expected(line[i], d, x + i * d);
    vector_file_make(path, &vector_layout_good, line, n, d, x);
    arena_free(arena);
}

#endif
