/* The nearest centroid of a row. Local, pure: a row's bits do not depend on the rows beside it or the processor. */
#ifndef DETECT_KMEANS_SCORE_H
#define DETECT_KMEANS_SCORE_H

#include "support/arena.h"

struct centroids {
    size_t k, d;
    size_t stride;   /* k, rounded up for vectors */
    const float *at; /* [d * stride], one column a centroid, far-away ones behind */
};

/* From centroid[k * d], sizes at most SCALED_MOST (column_scale.h). */
struct centroids centroids_new(const double *centroid, size_t k, size_t d, struct arena *arena);
/* nearest[n], the first of equals, and the squared distances square[n] of the rows z[n * d], summed in column order. */
void centroids_nearest(const struct centroids *centroids, const float *z, size_t n, uint32_t *nearest, float *square);

#endif
