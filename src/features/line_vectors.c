#include "line_vectors.h"

#include "comm/agree.h"
#include "comm/reduce.h"

#include <math.h>

/* The slot where the key is or would go. */
static size_t probe(const struct line_vectors *vectors, struct hash128 key)
{
    size_t s = (size_t)key.lo & vectors->mask;
    while (vectors->slot[s] != 0 && !hash128_equal(vectors->key[vectors->slot[s] - 1], key))
        s = (s + 1) & vectors->mask;
    return s;
}

struct line_vectors line_vectors_want(const struct line_view *lines, size_t d, struct arena *arena)
{
    size_t slots = 16;
    while (slots < 2 * lines->n)
        slots *= 2;
    ASSERT(lines->n < UINT32_MAX);
    struct line_vectors vectors = {
        .d = d,
        .key = ARENA_ARRAY(arena, struct hash128, lines->n),
        .text = ARENA_ARRAY(arena, struct str, lines->n),
        .row = ARENA_ARRAY(arena, int64_t, lines->n),
        .found = ARENA_ZARRAY(arena, bool, lines->n),
        .slot = ARENA_ZARRAY(arena, uint32_t, slots),
        .mask = slots - 1,
    };
    for (size_t i = 0; i < lines->n; i++) {
        struct hash128 key = hash128(lines->text[i], 0);
        size_t s = probe(&vectors, key);
        if (vectors.slot[s] != 0)
            continue;
        vectors.key[vectors.n] = key;
        vectors.text[vectors.n] = lines->text[i];
        vectors.row[vectors.n] = lines->row[i];
        vectors.slot[s] = (uint32_t)++vectors.n;
    }
    vectors.at = ARENA_ARRAY(arena, float, vectors.n *d);
    return vectors;
}

size_t line_vectors_find(const struct line_vectors *vectors, struct hash128 key)
{
    uint32_t entry = vectors->slot[probe(vectors, key)];
    return entry == 0 ? LINE_VECTORS_NONE : entry - 1;
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
    size_t own = LINE_VECTORS_NONE;
    for (size_t i = 0; i < vectors->n; i++)
        if (!vectors->found[i] && (own == LINE_VECTORS_NONE || vectors->row[i] < vectors->row[own]))
            own = i;
    if (own != LINE_VECTORS_NONE)
        first = vectors->row[own];
    reduce_sum_i64(comm, &all, 1);
    reduce_min_i64(comm, &first, 1);
    bool ok = own == LINE_VECTORS_NONE || vectors->row[own] != first;
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
    size_t i = line_vectors_find(vectors, hash128(line, 0));
    ASSERT(i != LINE_VECTORS_NONE && vectors->found[i]);
    memcpy(out, vectors->at + i * vectors->d, vectors->d * sizeof *out);
}
