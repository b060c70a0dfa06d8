#include "tree.h"

#include "comm/gather.h"
#include "comm/reduce.h"

#include <string.h>

enum {
    MAX_DEPTH = 10,
    MIN_SHARED_BINS = 1 << 14, /* bins of a level whose split search is worth a message, about 50 us */
};

/* A node that may still be split. */
struct open_node {
    uint32_t node;
    size_t begin, end;  /* its local rows: grower->row[begin .. end - 1] */
    int64_t n_rows;     /* over all ranks */
    int64_t total;      /* pair sum over all ranks */
    int64_t *histogram; /* over all ranks; NULL on the lowest level */
};

struct grower {
    const struct comm *comm;
    const struct gbdt_bins *bins;
    int64_t depth, n_global;
    size_t n_bins;                   /* of one histogram */
    size_t first_column, end_column; /* those whose splits this rank looks for */
    int64_t *histogram;              /* [max open nodes above the lowest level * n_bins] */
    size_t n_histograms;             /* in use */
    struct open_node *open, *next;
    size_t n_open, n_next;
    struct split *split;   /* [n_open] */
    int64_t *n_left;       /* [n_open] rows going left, over all ranks */
    uint32_t *row, *spare; /* [bins->n] */
    struct arena *arena;
};

static size_t width(int64_t level, int64_t n_global)
{
    return (size_t)max_i64(1, min_i64(INT64_C(1) << level, n_global));
}

size_t tree_max_nodes(int64_t depth, int64_t n_global)
{
    return min_size(((size_t)2 << depth) - 1, 2 * width(depth, n_global) * (size_t)depth + 1);
}

struct grower *grower_new(const struct comm *comm, const struct gbdt_bins *bins, int64_t depth, int64_t n_global,
                          struct arena *arena)
{
    ASSERT(depth >= 1 && depth <= MAX_DEPTH);
    struct grower *g = ARENA_ZARRAY(arena, struct grower, 1);
    size_t n_ranks = (size_t)comm_size(comm), rank = (size_t)comm_rank(comm);
    g->comm = comm;
    g->bins = bins;
    g->depth = depth;
    g->n_global = n_global;
    g->n_bins = bins->offset[bins->d];
    g->first_column = bins->d * rank / n_ranks;
    g->end_column = bins->d * (rank + 1) / n_ranks;
    g->histogram = ARENA_ARRAY(arena, int64_t, width(depth - 1, n_global) * g->n_bins);
    size_t max_open = width(depth, n_global);
    g->open = ARENA_ARRAY(arena, struct open_node, max_open);
    g->next = ARENA_ARRAY(arena, struct open_node, max_open);
    g->split = ARENA_ARRAY(arena, struct split, max_open);
    g->n_left = ARENA_ARRAY(arena, int64_t, max_open);
    g->row = ARENA_ARRAY(arena, uint32_t, bins->n);
    g->spare = ARENA_ARRAY(arena, uint32_t, bins->n);
    g->arena = arena;
    return g;
}

static void close_leaf(struct grower *g, const struct open_node *open, const struct split_rule *rule, double shrinkage,
                       struct tree *tree, double *score)
{
    double gradient = (double)pair_gradient(open->total) * rule->gradient_unit;
    double hessian = (double)pair_hessian(open->total) * rule->hessian_unit + rule->l2;
    double value = hessian > 0 ? -gradient / hessian * shrinkage : 0;
    tree->node[open->node] = (struct tree_node){.value = value};
    for (size_t k = open->begin; k < open->end; k++)
        score[g->row[k]] += value;
}

/* g->split[n_open]. Where it pays for the message, each rank looks among its own columns, then all take the best: ranks
 * hold columns in rising order, so the first of equals has the lowest feature. */
static void find_splits(struct grower *g, const struct split_rule *rule)
{
    bool shared = g->n_open * g->n_bins >= MIN_SHARED_BINS && comm_size(g->comm) > 1;
    size_t begin = shared ? g->first_column : 0, end = shared ? g->end_column : g->bins->d;
    for (size_t k = 0; k < g->n_open; k++)
        g->split[k] = histogram_best_split(g->bins, g->open[k].histogram, g->open[k].total, rule, begin, end);
    if (!shared)
        return;
    struct arena_mark mark = arena_mark(g->arena);
    size_t n_all;
    const struct split *all = gather_all(g->comm, g->split, sizeof(*all), g->n_open, -1, &n_all, g->arena);
    ASSERT(n_all == g->n_open * (size_t)comm_size(g->comm));
    memcpy(g->split, all, g->n_open * sizeof(*all));
    for (size_t k = g->n_open; k < n_all; k++)
        if (all[k].gain > g->split[k % g->n_open].gain)
            g->split[k % g->n_open] = all[k];
    arena_release(g->arena, mark);
}

/* Rows going left first, both sides in their old order; returns how many go left. */
static size_t partition(struct grower *g, const struct open_node *open, const struct split *split)
{
    const uint8_t *bin = g->bins->bin + (size_t)split->feature * g->bins->n;
    uint32_t *left = g->row + open->begin;
    size_t n_left = 0, n_right = 0, n = open->end - open->begin;
    for (size_t k = 0; k < n; k++) {
        uint32_t i = left[k];
        bool right = bin[i] > split->bin;
        left[n_left] = i;
        g->spare[n_right] = i;
        n_right += right;
        n_left += !right;
    }
    if (n_right > 0)
        memcpy(left + n_left, g->spare, n_right * sizeof(*left));
    return n_left;
}

static void add_children(struct grower *g, const struct open_node *open, const struct split *split, size_t n_left,
                         struct tree *tree)
{
    const struct gbdt_bins *bins = g->bins;
    uint32_t left = (uint32_t)tree->n_nodes;
    float threshold = bins->edge[split->feature * bins->max_edges + split->bin];
    tree->node[open->node] = (struct tree_node){.threshold = threshold, .feature = split->feature, .left = left};
    tree->n_nodes += 2;
    size_t middle = open->begin + n_left;
    g->next[g->n_next++] = (struct open_node){.node = left, .begin = open->begin, .end = middle, .total = split->left};
    g->next[g->n_next++] =
        (struct open_node){.node = left + 1, .begin = middle, .end = open->end, .total = open->total - split->left};
}

/* Histograms of the children g->next of the nodes that were split (parent[n_next / 2]): the smaller one of each pair is
 * summed over its rows, one reduction for all; the larger one takes the parent's place as the difference. */
static void make_histograms(struct grower *g, const int64_t *pair, int64_t *const *parent)
{
    size_t n_pairs = g->n_next / 2;
    int64_t *built = g->histogram + g->n_histograms * g->n_bins;
    for (size_t p = 0; p < n_pairs; p++) {
        struct open_node *small = &g->next[2 * p], *large = small + 1;
        if (small->n_rows > large->n_rows) {
            large = small;
            small = large + 1;
        }
        small->histogram = built + p * g->n_bins;
        large->histogram = parent[p];
        histogram_build(g->bins, g->row + small->begin, small->end - small->begin, pair, small->histogram);
    }
    reduce_sum_i64(g->comm, built, n_pairs * g->n_bins);
    for (size_t p = 0; p < n_pairs; p++) {
        const int64_t *small = built + p * g->n_bins;
        for (size_t b = 0; b < g->n_bins; b++)
            parent[p][b] -= small[b];
    }
    g->n_histograms += n_pairs;
}

/* Splits what can be split of g->open; the children become g->open. */
static void grow_level(struct grower *g, const int64_t *pair, const struct split_rule *rule, double shrinkage,
                       bool lowest, struct tree *tree, double *score)
{
    struct arena_mark mark = arena_mark(g->arena);
    int64_t **parent = ARENA_ARRAY(g->arena, int64_t *, g->n_open);
    find_splits(g, rule);
    g->n_next = 0;
    size_t n_splits = 0;
    for (size_t k = 0; k < g->n_open; k++) {
        const struct open_node *open = &g->open[k];
        if (g->split[k].gain <= 0) {
            close_leaf(g, open, rule, shrinkage, tree, score);
            continue;
        }
        size_t n_left = partition(g, open, &g->split[k]);
        add_children(g, open, &g->split[k], n_left, tree);
        g->next[g->n_next - 1].n_rows = open->n_rows;
        g->n_left[n_splits] = (int64_t)n_left;
        parent[n_splits++] = open->histogram;
    }
    reduce_sum_i64(g->comm, g->n_left, n_splits);
    for (size_t p = 0; p < n_splits; p++) {
        g->next[2 * p].n_rows = g->n_left[p];
        g->next[2 * p + 1].n_rows -= g->n_left[p];
    }
    if (!lowest)
        make_histograms(g, pair, parent);
    struct open_node *swap = g->open;
    g->open = g->next;
    g->next = swap;
    g->n_open = g->n_next;
    arena_release(g->arena, mark);
}

void grower_grow(struct grower *g, const int64_t *pair, const struct split_rule *rule, double shrinkage,
                 struct tree *tree, double *score)
{
    size_t n = g->bins->n;
    int64_t total = 0;
    for (size_t i = 0; i < n; i++) {
        g->row[i] = (uint32_t)i;
        total += pair[i];
    }
    reduce_sum_i64(g->comm, &total, 1);
    histogram_build(g->bins, g->row, n, pair, g->histogram);
    reduce_sum_i64(g->comm, g->histogram, g->n_bins);
    g->n_histograms = 1;
    g->open[0] = (struct open_node){.end = n, .n_rows = g->n_global, .total = total, .histogram = g->histogram};
    g->n_open = 1;
    tree->n_nodes = 1;
    for (int64_t level = 0; level < g->depth && g->n_open > 0; level++)
        grow_level(g, pair, rule, shrinkage, level + 1 == g->depth, tree, score);
    for (size_t k = 0; k < g->n_open; k++)
        close_leaf(g, &g->open[k], rule, shrinkage, tree, score);
}

double tree_value(const struct tree *tree, const float *x)
{
    const struct tree_node *node = tree->node;
    while (node->left != 0)
        node = tree->node + node->left + (x[node->feature] > node->threshold);
    return node->value;
}
