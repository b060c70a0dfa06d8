#include "gbdt_bins.h"

#include "comm/gather.h"
#include "comm/topk.h"
#include "support/rng.h"

#include <math.h>
#include <string.h>

enum {
    MAX_EDGE_ROWS = 1 << 16, /* rows that edges are taken from */
    TILE = 64,               /* rows worked on at once, so that reading rows and writing columns both stay in cache */
};

static uint32_t key_of_float(float value)
{
    float positive_zero = value + 0.0f;
    uint32_t bits;
    memcpy(&bits, &positive_zero, sizeof(bits));
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

static float float_of_key(uint32_t key)
{
    uint32_t bits = key >> 31 ? key & 0x7fffffffu : ~key;
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Radix sort, 11 bits a pass; spare[n]. */
static void sort_keys(uint32_t *key, uint32_t *spare, size_t n)
{
    enum { BITS = 11, SIZE = 1 << BITS, PASSES = 3 };
    static const uint32_t mask = SIZE - 1;
    uint32_t place[PASSES][SIZE] = {{0}};
    for (size_t i = 0; i < n; i++)
        for (size_t pass = 0; pass < PASSES; pass++)
            place[pass][key[i] >> (BITS * pass) & mask]++;
    uint32_t *from = key, *to = spare;
    for (size_t pass = 0; pass < PASSES; pass++) {
        uint32_t sum = 0;
        for (size_t k = 0; k < SIZE; k++) {
            uint32_t count = place[pass][k];
            place[pass][k] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            to[place[pass][from[i] >> (BITS * pass) & mask]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    memcpy(key, from, n * sizeof(*key));
}

/* Halfway, but never as much as high. */
static float edge_between(float low, float high)
{
    float middle = low / 2 + high / 2;
    return middle >= low && middle < high ? middle : low;
}

/* Edges of one column from its n sorted keys. Frequent values get a bin of their own, the rest share the others evenly
 * (as LightGBM does; Ke et al. 2017). Unused edges become infinite. value, count: room for n distinct values. */
static void find_edges(const uint32_t *key, size_t n, size_t n_bins, uint32_t *value, uint32_t *count, float *edge)
{
    size_t n_values = 0, n_edges = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || key[i] != key[i - 1]) {
            value[n_values] = key[i];
            count[n_values++] = 0;
        }
        count[n_values - 1]++;
    }
    bool all = n_values <= n_bins;
    size_t rest_rows = n, rest_bins = n_bins, in_bin = 0;
    for (size_t v = 0; v < n_values; v++)
        if (count[v] * n_bins >= n) {
            rest_rows -= count[v];
            rest_bins--;
        }
    for (size_t v = 0; v + 1 < n_values && n_edges + 1 < n_bins; v++) {
        bool frequent = count[v] * n_bins >= n, next_frequent = count[v + 1] * n_bins >= n;
        in_bin += count[v];
        if (all || frequent || next_frequent || in_bin * rest_bins >= rest_rows) {
            edge[n_edges++] = edge_between(float_of_key(value[v]), float_of_key(value[v + 1]));
            if (!frequent && rest_bins > 1) {
                rest_rows -= in_bin;
                rest_bins--;
            }
            in_bin = 0;
        }
    }
    while (n_edges + 1 < n_bins)
        edge[n_edges++] = INFINITY;
}

/* This rank's rows that edges are taken from: all, or its part of a uniform sample. */
static uint32_t *choose_rows(const struct comm *comm, const struct dataset *data, uint64_t seed, struct arena *arena,
                             size_t *n_chosen)
{
    uint32_t *chosen = ARENA_ARRAY(arena, uint32_t, data->n);
    *n_chosen = 0;
    if (data->plan.n_global <= MAX_EDGE_ROWS) {
        for (size_t i = 0; i < data->n; i++)
            chosen[(*n_chosen)++] = (uint32_t)i;
        return chosen;
    }
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, data->n);
    int64_t *row = ARENA_ARRAY(arena, int64_t, data->n);
    uint64_t stream = rng_stream("gbdt edges", 0, 0);
    for (size_t i = 0; i < data->n; i++) {
        row[i] = plan_row(&data->plan, i);
        key[i] = rng_u64(seed, stream, (uint64_t)row[i]);
    }
    struct ranked_list sample;
    topk_sample(comm, key, row, data->n, MAX_EDGE_ROWS, arena, &sample);
    for (size_t k = 0; k < sample.n; k++)
        if (sample.item[k].rank == comm_rank(comm))
            chosen[(*n_chosen)++] = sample.item[k].local;
    return chosen;
}

static size_t share_start(size_t d, int rank, int n_ranks)
{
    return d * (size_t)rank / (size_t)n_ranks;
}

/* Edges of columns begin..end-1 from rows[n * (end - begin)]. */
static void find_share_edges(const float *rows, size_t n, size_t n_columns, size_t n_bins, struct arena *arena,
                             float *edge)
{
    uint32_t *key = ARENA_ARRAY(arena, uint32_t, n), *spare = ARENA_ARRAY(arena, uint32_t, n);
    uint32_t *value = ARENA_ARRAY(arena, uint32_t, n);
    for (size_t j = 0; j < n_columns; j++) {
        for (size_t i = 0; i < n; i++)
            key[i] = key_of_float(rows[i * n_columns + j]);
        sort_keys(key, spare, n);
        find_edges(key, n, n_bins, value, spare, edge + j * (n_bins - 1));
    }
}

/* Columns are dealt to ranks: each brings together its columns' values, and its edges go to all. */
static void find_all_edges(const struct comm *comm, const struct dataset *data, size_t n_bins, uint64_t seed,
                           struct arena *arena, float *edge)
{
    struct arena_mark mark = arena_mark(arena);
    size_t d = data->d, n_chosen;
    uint32_t *chosen = choose_rows(comm, data, seed, arena, &n_chosen);
    float *own_edge = NULL;
    size_t n_own = 0;
    for (int root = 0; root < comm_size(comm); root++) {
        struct arena_mark share_mark = arena_mark(arena);
        size_t begin = share_start(d, root, comm_size(comm)),
               n_columns = share_start(d, root + 1, comm_size(comm)) - begin;
        if (n_columns == 0)
            continue;
        float *mine = ARENA_ARRAY(arena, float, n_chosen *n_columns);
        for (size_t k = 0; k < n_chosen; k++)
            memcpy(mine + k * n_columns, data->x + chosen[k] * d + begin, n_columns * sizeof(*mine));
        size_t n_all;
        float *rows = gather_all(comm, mine, n_columns * sizeof(*mine), n_chosen, root, &n_all, arena);
        if (comm_rank(comm) == root) {
            n_own = n_columns;
            own_edge = ARENA_ARRAY(arena, float, n_columns *(n_bins - 1));
            find_share_edges(rows, n_all, n_columns, n_bins, arena, own_edge);
        } else
            arena_release(arena, share_mark);
    }
    size_t n_all;
    float *all = gather_all(comm, own_edge, (n_bins - 1) * sizeof(*edge), n_own, -1, &n_all, arena);
    ASSERT(n_all == d);
    memcpy(edge, all, d * (n_bins - 1) * sizeof(*edge));
    arena_release(arena, mark);
}

static uint8_t find_bin(const float *edge, size_t n_edges, float value)
{
    size_t low = 0;
    while (n_edges > 0) {
        size_t half = n_edges / 2;
        bool above = edge[low + half] < value;
        low = above ? low + half + 1 : low;
        n_edges = above ? n_edges - half - 1 : half;
    }
    return (uint8_t)low;
}

static void fill_bins(const struct dataset *data, struct gbdt_bins *out, struct arena *arena)
{
    uint32_t *count = ARENA_ZARRAY(arena, uint32_t, out->offset[out->d]);
    size_t n = out->n, d = out->d;
    for (size_t begin = 0; begin < n; begin += TILE) {
        size_t end = min_size(begin + TILE, n);
        for (size_t j = 0; j < d; j++) {
            const float *edge = out->edge + j * out->max_edges;
            size_t n_edges = out->offset[j + 1] - out->offset[j] - 1;
            uint8_t zero_bin = find_bin(edge, n_edges, 0);
            for (size_t i = begin; i < end; i++) {
                float value = data->x[i * d + j];
                uint8_t bin = value == 0 ? zero_bin : find_bin(edge, n_edges, value);
                out->bin[j * n + i] = bin;
                count[out->offset[j] + bin]++;
            }
        }
    }
    for (size_t j = 0; j < d; j++) {
        uint32_t *of_column = count + out->offset[j];
        out->common[j] = 0;
        for (size_t b = 1; b < out->offset[j + 1] - out->offset[j]; b++)
            if (of_column[b] > of_column[out->common[j]])
                out->common[j] = (uint8_t)b;
    }
}

static void fill_entries(struct gbdt_bins *out, struct arena *arena)
{
    size_t n = out->n, n_entries = 0;
    out->first = ARENA_ZARRAY(arena, size_t, n + 1);
    for (size_t j = 0; j < out->d; j++)
        for (size_t i = 0; i < n; i++)
            out->first[i + 1] += out->bin[j * n + i] != out->common[j];
    for (size_t i = 0; i < n; i++)
        out->first[i + 1] += out->first[i];
    n_entries = out->first[n];
    out->entry = ARENA_ARRAY(arena, uint32_t, n_entries);
    for (size_t begin = 0; begin < n; begin += TILE) {
        size_t end = min_size(begin + TILE, n), next[TILE];
        memcpy(next, out->first + begin, (end - begin) * sizeof(*next));
        for (size_t j = 0; j < out->d; j++)
            for (size_t i = begin; i < end; i++) {
                uint8_t bin = out->bin[j * n + i];
                if (bin != out->common[j])
                    out->entry[next[i - begin]++] = out->offset[j] + bin;
            }
    }
}

void gbdt_bins_make(const struct comm *comm, const struct dataset *data, size_t n_bins, uint64_t seed,
                    struct arena *arena, struct gbdt_bins *out)
{
    ASSERT(n_bins >= 2 && n_bins <= GBDT_MAX_BINS && data->d < UINT32_MAX / GBDT_MAX_BINS && data->n <= UINT32_MAX);
    size_t n = data->n, d = data->d;
    *out = (struct gbdt_bins){.n = n, .d = d, .max_edges = n_bins - 1};
    out->edge = ARENA_ARRAY(arena, float, d * out->max_edges);
    out->offset = ARENA_ARRAY(arena, uint32_t, d + 1);
    out->bin = ARENA_ARRAY(arena, uint8_t, d * n);
    out->common = ARENA_ARRAY(arena, uint8_t, d);
    find_all_edges(comm, data, n_bins, seed, arena, out->edge);
    out->offset[0] = 0;
    for (size_t j = 0; j < d; j++) {
        uint32_t n_edges = 0;
        while (n_edges < out->max_edges && isfinite(out->edge[j * out->max_edges + n_edges]))
            n_edges++;
        out->offset[j + 1] = out->offset[j] + n_edges + 1;
    }
    struct arena_mark mark = arena_mark(arena);
    fill_bins(data, out, arena);
    arena_release(arena, mark);
    fill_entries(out, arena);
}
