#include "line_vectors.h"

#include "comm/agree.h"
#include "comm/reduce.h"

#include <math.h>

struct line_vectors line_vectors_want(const struct line_view *lines, size_t d, struct arena *arena)
{
    struct line_vectors vectors = {
        .d = d,
        .key = ARENA_ARRAY(arena, struct hash128, lines->n),
        .text = ARENA_ARRAY(arena, struct str, lines->n),
        .row = ARENA_ARRAY(arena, int64_t, lines->n),
        .found = ARENA_ZARRAY(arena, bool, lines->n),
        .index = key_index_in(arena, lines->n),
    };
    for (size_t i = 0; i < lines->n; i++) {
        struct hash128 key = hash128(lines->text[i], 0);
        bool is_new;
        size_t at = key_index_number(&vectors.index, key, &is_new);
        if (!is_new)
            continue;
        vectors.key[at] = key;
        vectors.text[at] = lines->text[i];
        vectors.row[at] = lines->row[i];
    }
    vectors.n = vectors.index.n;
    vectors.at = ARENA_ARRAY(arena, float, vectors.n *d);
    return vectors;
}

bool line_vectors_put(struct line_vectors *vectors, size_t i, const float *vector)
{
    for (size_t c = 0; c < vectors->d; c++)
        if (!isfinite(vector[c]))
            return false;
    if (!vectors->found[i]) {
        memcpy(vectors->at + i * vectors->d, vector, vectors->d * sizeof *vector);
        vectors->found[i] = true;
        vectors->n_found++;
    }
    return true;
}

int64_t line_vectors_missing(const struct comm *comm, const struct line_vectors *vectors)
{
    int64_t missing = (int64_t)(vectors->n - vectors->n_found);
    reduce_sum_i64(comm, &missing, 1);
    return missing;
}

bool line_vectors_complete(const struct comm *comm, const struct line_vectors *vectors, const char *where,
                           const char *advice, struct error *err)
{
    int64_t missing = line_vectors_missing(comm, vectors), all = (int64_t)vectors->n, first = INT64_MAX;
    if (missing == 0)
        return true;
    size_t own = KEY_UNKNOWN;
    for (size_t i = 0; i < vectors->n; i++)
        if (!vectors->found[i] && (own == KEY_UNKNOWN || vectors->row[i] < vectors->row[own]))
            own = i;
    if (own != KEY_UNKNOWN)
        first = vectors->row[own];
    reduce_sum_i64(comm, &all, 1);
    reduce_min_i64(comm, &first, 1);
    bool ok = own == KEY_UNKNOWN || vectors->row[own] != first;
    if (!ok) {
        char hex[33];
        hash128_hex(vectors->key[own], hex);
        ok = fail(err, ERROR_INPUT,
                  "%s: no vector for %" PRId64 " of %" PRId64 " lines; the first is row %" PRId64
                  ", %zu bytes, hash %s; %s",
                  where, missing, all, first, vectors->text[own].n, hex, advice);
    }
    return agree(comm, ok, err);
}

void line_vectors_row(const struct line_vectors *vectors, struct str line, float *out)
{
    size_t i = key_index_look(&vectors->index, hash128(line, 0));
    ASSERT(i != KEY_UNKNOWN && vectors->found[i]);
    memcpy(out, vectors->at + i * vectors->d, vectors->d * sizeof *out);
}
