/* k-means (Lloyd) on a uniform sample, the same bits on any number of ranks. */
#ifndef DETECT_KMEANS_FIT_H
#define DETECT_KMEANS_FIT_H

#include "column_scale.h"

/* The sample and this rank's share of it, scaled. */
struct kmeans_data {
    struct sample_part part;
    const struct column_scale *scale;
    const float *z; /* [part.n * d] */
};

struct kmeans_limits {
    size_t iterations;
    double tolerance; /* stop when the squared moves of all centroids sum to no more than this times a column's mean
                         variance */
};

/* k-means++ (Arthur and Vassilvitskii, SODA 2007): the first centroid is a uniform row, each further one a row drawn
 * with a chance that grows with its squared distance from those before. centroid[k * d]; returns how many there are:
 * fewer than k if the sample has fewer distinct rows. Collective. */
size_t kmeans_start(const struct comm *comm, const struct kmeans_data *data, size_t k, uint64_t seed,
                    struct arena *arena, double *centroid);
/* Moves centroid[k * d]. A row goes to its nearest centroid, the first of equals; a centroid without rows takes the row
 * farthest from its own centroid (several: the farthest rows in turn, ties the earlier row), or stays if every row lies
 * on its centroid. *iterations is how many were run. Collective. */
MUST_CHECK bool kmeans_lloyd(const struct comm *comm, const struct kmeans_data *data, size_t k,
                             const struct kmeans_limits *limits, struct arena *arena, double *centroid,
                             size_t *iterations, struct error *err);

#endif
