#include "forest_planes.h"

#include "forest.h"
#include "support/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 8 };

struct plane_forest plane_forest_new(size_t trees, size_t sample, size_t d, size_t terms, struct arena *arena)
{
    size_t limit = 0;
    while ((size_t)1 << limit < sample)
        limit++;
    return (struct plane_forest){
        .trees = trees,
        .d = d,
        .terms = min_size(terms, d),
        .limit = limit,
        .normal = forest_mean_path(sample),
        .tree = ARENA_ZARRAY(arena, struct plane_tree, trees),
    };
}

/* Side of the plane: weighted sum in lanes, a fixed order. */
static double along(const float *x, const uint32_t *column, const double *weight, size_t n)
{
    double lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    if (n < LANES) {
        for (; i < n; i++)
            sum += weight[i] * (double)x[column[i]];
        return sum;
    }
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += weight[i + j] * (double)x[column[i + j]];
    for (; i < n; i++)
        lane[i % LANES] += weight[i] * (double)x[column[i]];
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

/* One tree being grown, with room for every node. */
struct grower {
    const struct plane_forest *forest;
    const float *x;
    struct plane_node *node;
    uint32_t *column;
    double *weight;
    uint32_t n_terms;
    uint32_t *order; /* rows, those of a node side by side */
    uint32_t *draw;  /* [d] columns in a random order */
    struct rng_state rng;
};

static double next_normal(struct rng_state *rng)
{
    static const double pi = 3.14159265358979323846;
    double radius = sqrt(-2 * log(1 - rng_next_unit(rng))), turn = rng_next_unit(rng);
    return radius * cos(2 * pi * turn);
}

/* Splits rows first .. last - 1; false if all their columns are constant. */
static bool choose_plane(struct grower *grower, size_t first, size_t last, struct plane_node *out)
{
    size_t d = grower->forest->d;
    uint32_t begin = grower->n_terms, *draw = grower->draw;
    double threshold = 0;
    for (size_t tried = 0; tried < d && grower->n_terms - begin < grower->forest->terms; tried++) {
        size_t pick = tried + (size_t)rng_next_below(&grower->rng, d - tried);
        uint32_t c = draw[pick];
        draw[pick] = draw[tried];
        draw[tried] = c;
        double low = INFINITY, high = -INFINITY;
        for (size_t i = first; i < last; i++) {
            double value = (double)grower->x[grower->order[i] * d + c];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        if (!(low < high))
            continue;
        double weight = next_normal(&grower->rng) / (high - low);
        threshold += weight * (low + rng_next_unit(&grower->rng) * (high - low));
        grower->column[grower->n_terms] = c;
        grower->weight[grower->n_terms++] = weight;
    }
    *out = (struct plane_node){.threshold = threshold, .first = begin, .n = grower->n_terms - begin};
    return out->n > 0;
}

static bool is_beyond(const struct plane_node *node, const uint32_t *column, const double *weight, const float *x)
{
    return along(x, column + node->first, weight + node->first, node->n) > node->threshold;
}

static size_t partition(const struct grower *grower, const struct plane_node *node, size_t first, size_t last)
{
    uint32_t *order = grower->order;
    size_t middle = first;
    for (size_t i = first; i < last; i++) {
        uint32_t row = order[i];
        if (is_beyond(node, grower->column, grower->weight, grower->x + row * grower->forest->d))
            continue;
        order[i] = order[middle];
        order[middle++] = row;
    }
    return middle;
}

static void grow(struct grower *grower, size_t node, size_t level, size_t first, size_t last)
{
    struct plane_node *here = &grower->node[node];
    if (level == grower->forest->limit || last - first <= 1 || !choose_plane(grower, first, last, here)) {
        *here = (struct plane_node){.path = (double)level + forest_mean_path(last - first)};
        return;
    }
    size_t middle = partition(grower, here, first, last);
    grow(grower, 2 * node, level + 1, first, middle);
    grow(grower, 2 * node + 1, level + 1, middle, last);
}

void plane_forest_grow(struct plane_forest *forest, size_t t, const float *x, size_t n, uint64_t seed,
                       struct arena *arena)
{
    ASSERT(t < forest->trees && n >= 1 && n <= UINT32_MAX);
    size_t room = ((size_t)1 << forest->limit) * forest->terms;
    struct plane_node *node = ARENA_ZARRAY(arena, struct plane_node, (size_t)2 << forest->limit);
    struct arena *scratch = arena_new();
    struct grower grower = {
        .forest = forest,
        .x = x,
        .node = node,
        .column = ARENA_ARRAY(scratch, uint32_t, room),
        .weight = ARENA_ARRAY(scratch, double, room),
        .order = ARENA_ARRAY(scratch, uint32_t, n),
        .draw = ARENA_ARRAY(scratch, uint32_t, forest->d),
        .rng = rng_start(seed, rng_stream("forest.planes", 0, 0), t),
    };
    for (size_t i = 0; i < n; i++)
        grower.order[i] = (uint32_t)i;
    for (size_t c = 0; c < forest->d; c++)
        grower.draw[c] = (uint32_t)c;
    grow(&grower, 1, 0, 0, n);
    size_t terms = grower.n_terms;
    uint32_t *column = ARENA_ARRAY(arena, uint32_t, terms);
    double *weight = ARENA_ARRAY(arena, double, terms);
    memcpy(column, grower.column, terms * sizeof *column);
    memcpy(weight, grower.weight, terms * sizeof *weight);
    forest->tree[t] = (struct plane_tree){node, column, weight};
    arena_free(scratch);
}

static double walk(const struct plane_tree *tree, const float *x)
{
    size_t at = 1;
    while (tree->node[at].n > 0)
        at = 2 * at + is_beyond(&tree->node[at], tree->column, tree->weight, x);
    return tree->node[at].path;
}

void plane_forest_score(const struct plane_forest *forest, const float *x, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = 0;
    for (size_t t = 0; t < forest->trees; t++)
        for (size_t i = 0; i < n; i++)
            out[i] += walk(&forest->tree[t], x + i * forest->d);
    for (size_t i = 0; i < n; i++)
        out[i] = forest->normal > 0 ? exp2(-out[i] / (double)forest->trees / forest->normal) : 0.5;
}
