#include "lines.h"

#include "comm/reduce.h"

struct lines lines_new(size_t n, size_t n_fields, struct arena *arena)
{
    struct lines lines = {
        .n = n,
        .row = ARENA_ARRAY(arena, int64_t, n),
        .count = ARENA_ARRAY(arena, int64_t, n),
        .id = ARENA_ARRAY(arena, struct hash128, n),
        .hash = ARENA_ARRAY(arena, struct hash128, n),
        .text = ARENA_ARRAY(arena, struct str, n),
        .user = ARENA_ARRAY(arena, uint32_t, n),
        .host = ARENA_ARRAY(arena, uint32_t, n),
        .parent = ARENA_ARRAY(arena, uint32_t, n),
        .platform = ARENA_ARRAY(arena, uint8_t, n),
        .truth = ARENA_ARRAY(arena, uint8_t, n),
        .n_fields = n_fields,
        .field = n_fields > 0 ? ARENA_ARRAY(arena, struct str *, n_fields) : NULL,
    };
    for (size_t f = 0; f < n_fields; f++)
        lines.field[f] = ARENA_ARRAY(arena, struct str, n);
    return lines;
}

void lines_count(const struct comm *comm, struct lines *lines)
{
    int64_t sums[2] = {(int64_t)lines->n, 0};
    for (size_t k = 0; k < lines->n; k++)
        sums[1] += lines->count[k];
    reduce_sum_i64(comm, sums, ARRAY_LEN(sums));
    lines->n_global = sums[0];
    lines->n_events = sums[1];
}
