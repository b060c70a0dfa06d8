/* Trees of an extended isolation forest (Hariri, Carrasco Kind and Brunner, IEEE TKDE 2019): a node splits by a random
 * hyperplane over `terms` columns instead of by one column. Local: no other ranks here.
 *
 * A node's columns are drawn from those not constant in it and scaled to [0, 1] there, so that units do not matter; the
 * plane's normal is Gaussian and it goes through a uniform point of that box. One side may be empty: a leaf of no rows.
 */
#ifndef DETECT_FOREST_PLANES_H
#define DETECT_FOREST_PLANES_H

#include "support/arena.h"

/* A split, or a leaf if it has no terms. */
struct plane_node {
    union {
        double threshold; /* rows whose weighted sum lies beyond go to node 2k + 1, the others to 2k */
        double path;      /* length, of a leaf */
    };
    uint32_t first, n; /* terms */
};

struct plane_tree {
    const struct plane_node *node; /* [2 << limit] breadth-first from 1 */
    const uint32_t *column;        /* of each term */
    const double *weight;
};

struct plane_forest {
    size_t trees, d, terms, limit;
    double normal; /* mean path length in a random tree over the sample: c(n) */
    struct plane_tree *tree;
};

/* An empty forest for samples of `sample` >= 1 rows: limit ceil(log2(sample)). */
struct plane_forest plane_forest_new(size_t trees, size_t sample, size_t d, size_t terms, struct arena *arena);
/* Grows tree t on x[n * d]; depends on seed, t and the set of rows only, not on their order. */
void plane_forest_grow(struct plane_forest *forest, size_t t, const float *x, size_t n, uint64_t seed,
                       struct arena *arena);
/* As forest_score. A row's bits do not depend on the rows beside it. */
void plane_forest_score(const struct plane_forest *forest, const float *x, size_t n, double *out);

#endif
