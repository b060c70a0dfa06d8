/* One regression tree of gradient boosting, grown level by level on rows spread over ranks. */
#ifndef TRAIN_TREE_H
#define TRAIN_TREE_H

#include "histogram.h"

struct tree_node {
    double value;    /* of a leaf */
    float threshold; /* x[feature] <= threshold goes to node `left`, else to the next one */
    uint32_t feature;
    uint32_t left; /* 0: a leaf */
};

struct tree {
    size_t n_nodes;
    struct tree_node *node; /* [n_nodes] node 0 is the root */
};

/* Nodes of a tree at most. */
size_t tree_max_nodes(int64_t depth, int64_t n_global);

struct grower; /* buffers that serve tree after tree */

/* depth: 1 .. 10 levels of splits. n_global: rows on all ranks. Collective. */
struct grower *grower_new(const struct comm *comm, const struct gbdt_bins *bins, int64_t depth, int64_t n_global,
                          struct arena *arena);
/* Collective. pair[bins->n]: each row's gradient and hessian in the rule's units, whose sums over all ranks keep to the
 * bounds of a pair. Leaves are -gradient / (hessian + l2) * shrinkage. tree->node has room for tree_max_nodes; the tree
 * is the same on every rank. Adds each local row's leaf value to score[bins->n]. */
void grower_grow(struct grower *grower, const int64_t *pair, const struct split_rule *rule, double shrinkage,
                 struct tree *tree, double *score);
/* The leaf value that x[d] falls to. */
double tree_value(const struct tree *tree, const float *x);

#endif
