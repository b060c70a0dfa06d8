#include "groups.h"

#include "comm/exchange.h"
#include "support/sort.h"

/* One column of struct lines. */
struct csr {
    size_t *at;
    uint64_t *hash;
    int64_t *count;
};

/* Groups by line, within one by rising hash; at[n_lines + 1] becomes where each line's start. */
static uint32_t *sort_groups(const struct unique_group *group, size_t n, size_t *at, size_t n_lines,
                             struct arena *arena)
{
    uint64_t *hash = ARENA_ARRAY(arena, uint64_t, n);
    uint32_t *by_hash = ARENA_ARRAY(arena, uint32_t, n), *order = ARENA_ARRAY(arena, uint32_t, n);
    size_t *next = ARENA_ZARRAY(arena, size_t, n_lines + 2);
    for (size_t j = 0; j < n; j++) {
        hash[j] = group[j].hash;
        next[group[j].line + 2]++;
    }
    for (size_t k = 0; k < n_lines; k++)
        next[k + 2] += next[k + 1];
    memcpy(at, next + 1, (n_lines + 1) * sizeof *at);
    sort_order_u64(hash, n, by_hash, arena);
    for (size_t j = 0; j < n; j++)
        order[next[group[by_hash[j]].line + 1]++] = by_hash[j];
    return order;
}

/* The groups of out's lines, equal ones of several ranks added up. */
static struct csr merge(const struct unique_group *group, size_t n, size_t n_lines, struct arena *scratch,
                        struct arena *arena)
{
    size_t *at = ARENA_ARRAY(scratch, size_t, n_lines + 1), n_out = 0;
    const uint32_t *order = sort_groups(group, n, at, n_lines, scratch);
    struct csr csr = {ARENA_ARRAY(arena, size_t, n_lines + 1), ARENA_ARRAY(arena, uint64_t, n),
                      ARENA_ARRAY(arena, int64_t, n)};
    for (size_t k = 0; k < n_lines; k++) {
        csr.at[k] = n_out;
        for (size_t j = at[k]; j < at[k + 1]; j++) {
            const struct unique_group *g = &group[order[j]];
            if (n_out == csr.at[k] || csr.hash[n_out - 1] != g->hash) {
                csr.hash[n_out] = g->hash;
                csr.count[n_out++] = 0;
            }
            csr.count[n_out - 1] += g->count;
        }
    }
    csr.at[n_lines] = n_out;
    return csr;
}

static struct csr merge_column(const struct comm *comm, const struct unique *unique, enum unique_column column,
                               const struct keepers *keepers, const uint32_t *place, size_t n_lines,
                               struct arena *scratch, struct arena *arena)
{
    struct arena_mark mark = arena_mark(scratch);
    size_t n = unique_group_count(unique, column);
    struct unique_group *group = ARENA_ARRAY(scratch, struct unique_group, n);
    int *rank = ARENA_ARRAY(scratch, int, n);
    for (size_t i = 0; i < n; i++) {
        group[i] = *unique_group(unique, column, i);
        rank[i] = keepers->rank[group[i].line];
        group[i].line = keepers->line[group[i].line];
    }
    struct exchange exchange;
    exchange_records(comm, group, sizeof *group, n, rank, scratch, &exchange);
    group = exchange.records;
    for (size_t j = 0; j < exchange.n; j++) {
        group[j].line = place[group[j].line];
        ASSERT(group[j].line != UINT32_MAX);
    }
    struct csr csr = merge(group, exchange.n, n_lines, scratch, arena);
    arena_release(scratch, mark);
    return csr;
}

void groups_merge(const struct comm *comm, const struct unique *unique, const struct keepers *keepers,
                  struct arena *scratch, struct arena *arena, struct lines *out)
{
    struct arena_mark mark = arena_mark(scratch);
    size_t n_all = unique_count(unique);
    uint32_t *place = ARENA_ARRAY(scratch, uint32_t, n_all), n = 0;
    for (size_t i = 0; i < n_all; i++)
        place[i] = unique_line(unique, i)->kept ? n++ : UINT32_MAX;
    struct csr user = merge_column(comm, unique, COLUMN_USER, keepers, place, out->n, scratch, arena);
    struct csr host = merge_column(comm, unique, COLUMN_HOST, keepers, place, out->n, scratch, arena);
    out->user_at = user.at;
    out->user_hash = user.hash;
    out->user_count = user.count;
    out->host_at = host.at;
    out->host_hash = host.hash;
    out->host_count = host.count;
    arena_release(scratch, mark);
}
