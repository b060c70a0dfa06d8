#include "forest.h"

#include "support/rng.h"

#include <math.h>

/* A block of lanes by columns should stay near the first-level cache. */
enum { WIDE = 256 };

double forest_mean_path(size_t n)
{
    static const double euler = 0.57721566490153286;
    if (n <= 1)
        return 0;
    if (n == 2)
        return 1;
    double m = (double)n;
    return 2 * (log(m - 1) + euler) - 2 * (m - 1) / m;
}

struct forest forest_new(size_t trees, size_t sample, size_t d, struct arena *arena)
{
    size_t limit = 0;
    while ((size_t)1 << limit < sample)
        limit++;
    size_t depth = limit < FOREST_TOP ? FOREST_TOP : limit, n = trees << depth;
    return (struct forest){
        .trees = trees,
        .d = d,
        .limit = limit,
        .depth = depth,
        .lanes = d <= WIDE ? FOREST_LANES : FOREST_LANES / 4,
        .normal = forest_mean_path(sample),
        .offset = ARENA_ZARRAY(arena, uint32_t, n),
        .key = ARENA_ZARRAY(arena, uint32_t, n),
        .path = ARENA_ZARRAY(arena, float, n),
    };
}

/* One tree being grown. */
struct grower {
    const float *x;
    size_t d, limit, depth, lanes;
    uint32_t *offset, *key;
    float *path;
    uint32_t *order;  /* [n] rows, those of a node side by side */
    uint32_t *column; /* [d] columns in a random order */
    struct rng_state rng;
};

struct split {
    uint32_t column;
    float threshold;
};

static float value_of(const struct grower *grower, size_t i, uint32_t column)
{
    return grower->x[grower->order[i] * grower->d + column];
}

/* Columns are tried in random order until one is not constant in rows first .. last - 1. */
static bool choose_split(struct grower *grower, size_t first, size_t last, struct split *out)
{
    uint32_t *column = grower->column;
    for (size_t tried = 0; tried < grower->d; tried++) {
        size_t pick = tried + (size_t)rng_next_below(&grower->rng, grower->d - tried);
        uint32_t c = column[pick];
        column[pick] = column[tried];
        column[tried] = c;
        float low = value_of(grower, first, c), high = low;
        for (size_t i = first + 1; i < last; i++) {
            float value = value_of(grower, i, c);
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        if (!(low < high))
            continue;
        double unit = rng_next_unit(&grower->rng);
        float threshold = (float)((double)low + unit * ((double)high - (double)low));
        *out = (struct split){c, threshold >= low && threshold < high ? threshold : low};
        return true;
    }
    return false;
}

static size_t partition(struct grower *grower, size_t first, size_t last, const struct split *split)
{
    uint32_t key = forest_key(split->threshold), *order = grower->order;
    size_t middle = first;
    for (size_t i = first; i < last; i++)
        if (forest_key(value_of(grower, i, split->column)) <= key) {
            uint32_t row = order[i];
            order[i] = order[middle];
            order[middle++] = row;
        }
    return middle;
}

static void grow(struct grower *grower, size_t node, size_t level, size_t first, size_t last)
{
    struct split split;
    if (level == grower->limit || last - first <= 1 || !choose_split(grower, first, last, &split)) {
        size_t below = grower->depth - level, leaf = (node << below) - ((size_t)1 << grower->depth);
        float path = (float)((double)level + forest_mean_path(last - first));
        for (size_t i = 0; i < (size_t)1 << below; i++)
            grower->path[leaf + i] = path;
        return;
    }
    grower->offset[node] = split.column * (uint32_t)grower->lanes;
    grower->key[node] = forest_key(split.threshold);
    size_t middle = partition(grower, first, last, &split);
    grow(grower, 2 * node, level + 1, first, middle);
    grow(grower, 2 * node + 1, level + 1, middle, last);
}

void forest_grow(struct forest *forest, size_t t, const float *x, size_t n, uint64_t seed, struct arena *arena)
{
    ASSERT(t < forest->trees && n >= 1 && n <= UINT32_MAX);
    struct arena_mark mark = arena_mark(arena);
    size_t at = t << forest->depth;
    struct grower grower = {
        .x = x,
        .d = forest->d,
        .limit = forest->limit,
        .depth = forest->depth,
        .lanes = forest->lanes,
        .offset = forest->offset + at,
        .key = forest->key + at,
        .path = forest->path + at,
        .order = ARENA_ARRAY(arena, uint32_t, n),
        .column = ARENA_ARRAY(arena, uint32_t, forest->d),
        .rng = rng_start(seed, rng_stream("forest.tree", 0, 0), t),
    };
    for (size_t i = 0; i < n; i++)
        grower.order[i] = (uint32_t)i;
    for (size_t c = 0; c < forest->d; c++)
        grower.column[c] = (uint32_t)c;
    grow(&grower, 1, 0, 0, n);
    arena_release(arena, mark);
}
