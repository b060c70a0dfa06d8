#include "draws.h"

#include "support/rng.h"
#include "support/sort.h"

/* Gives the clusters of class c the numbers first, first + 1, ... in order of their first lines; returns how many. */
static size_t number_clusters(const struct judged *set, uint8_t c, size_t first, uint32_t *out, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    uint32_t *line = ARENA_ARRAY(arena, uint32_t, set->n), *order = ARENA_ARRAY(arena, uint32_t, set->n);
    uint32_t *head = ARENA_ARRAY(arena, uint32_t, set->n); /* the first line of the line's cluster */
    uint64_t *id = ARENA_ARRAY(arena, uint64_t, set->n);
    size_t n = 0, next = first;
    for (size_t i = 0; i < set->n; i++) {
        if (set->y[i] != c)
            continue;
        line[n] = (uint32_t)i;
        id[n++] = set->cluster[i];
    }
    sort_order_u64(id, n, order, arena);
    for (size_t k = 0; k < n; k++) {
        bool goes_on = k > 0 && id[order[k]] == id[order[k - 1]];
        head[line[order[k]]] = goes_on ? head[line[order[k - 1]]] : line[order[k]];
    }
    for (size_t k = 0; k < n; k++)
        out[line[k]] = head[line[k]] == line[k] ? (uint32_t)next++ : out[head[line[k]]];
    arena_release(arena, mark);
    return next - first;
}

double judged_clusters(const struct judged *set, uint8_t c, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    uint32_t *cluster = ARENA_ARRAY(arena, uint32_t, set->n);
    size_t n_clusters = number_clusters(set, c, 0, cluster, arena);
    uint64_t *size = ARENA_ZARRAY(arena, uint64_t, n_clusters);
    double lines = 0, squares = 0;
    for (size_t i = 0; i < set->n; i++)
        if (set->y[i] == c)
            size[cluster[i]]++;
    for (size_t k = 0; k < n_clusters; k++) {
        lines += (double)size[k];
        squares += (double)size[k] * (double)size[k];
    }
    arena_release(arena, mark);
    return squares > 0 ? lines * lines / squares : 0;
}

static size_t block_bytes(const struct draws *draws)
{
    return (draws->n_clusters[0] + draws->n_clusters[1]) * LANES;
}

static struct draws start(const struct judged *set, size_t n_blocks, struct arena *arena)
{
    ASSERT(set->n < UINT32_MAX / 2);
    return (struct draws){.n_blocks = n_blocks,
                          .n_lines = set->n,
                          .cluster = ARENA_ARRAY(arena, uint32_t, set->n),
                          .total = arena_zalloc(arena, n_blocks, sizeof(uint32_t[2][LANES]))};
}

/* The k-th resample of this share. */
static void draw(struct draws *draws, size_t k, const uint32_t *size, uint64_t seed)
{
    uint64_t resample = draws->first + k * draws->step;
    size_t block = k / LANES, lane = k % LANES, first = 0;
    uint8_t *times = draws->times + block * block_bytes(draws) + lane;
    for (size_t c = 0; c < 2; c++) {
        struct rng_state rng = rng_start(seed, rng_stream("judge draws", c, 0), resample);
        size_t n = draws->n_clusters[c];
        uint64_t lines = 0;
        for (size_t i = 0; i < n; i++) {
            size_t drawn = first + (size_t)rng_next_below(&rng, n);
            ASSERT(times[drawn * LANES] < UINT8_MAX); /* a chance of 1e-400 */
            times[drawn * LANES]++;
            lines += size[drawn];
        }
        ASSERT(lines < UINT32_MAX / 2); /* passes over the lines count in 32 bits */
        draws->total[block][c][lane] = (uint32_t)lines;
        first += n;
    }
}

struct draws *draws_make(const struct judged *set, uint64_t seed, size_t n_resamples, size_t first, size_t step,
                         struct arena *arena)
{
    ASSERT(step > 0);
    struct draws *draws = ARENA_ARRAY(arena, struct draws, 1);
    size_t n_here = first < n_resamples ? (n_resamples - first - 1) / step + 1 : 0;
    *draws = start(set, (n_here + LANES - 1) / LANES, arena);
    draws->n_resamples = n_resamples;
    draws->first = first;
    draws->step = step;
    draws->n_clusters[0] = number_clusters(set, 0, 0, draws->cluster, arena);
    draws->n_clusters[1] = number_clusters(set, 1, draws->n_clusters[0], draws->cluster, arena);
    draws->times = arena_zalloc(arena, draws->n_blocks, block_bytes(draws));
    struct arena_mark mark = arena_mark(arena);
    uint32_t *size = ARENA_ZARRAY(arena, uint32_t, draws->n_clusters[0] + draws->n_clusters[1]);
    for (size_t i = 0; i < set->n; i++)
        size[draws->cluster[i]]++;
    for (size_t k = 0; k < n_here; k++)
        draw(draws, k, size, seed);
    arena_release(arena, mark);
    return draws;
}

/* A class is one cluster that is drawn once. */
struct draws draws_plain(const struct judged *set, struct arena *arena)
{
    struct draws draws = start(set, 1, arena);
    draws.n_resamples = draws.step = 1;
    draws.n_clusters[0] = draws.n_clusters[1] = 1;
    draws.times = arena_zalloc(arena, 2, LANES);
    draws.times[0] = draws.times[LANES] = 1;
    for (size_t i = 0; i < set->n; i++) {
        draws.cluster[i] = set->y[i];
        draws.total[0][set->y[i]][0]++;
    }
    return draws;
}
