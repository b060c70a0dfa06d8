/* Multiplicities of clusters, for many resamples side by side. */
#ifndef EVALUATE_DRAWS_H
#define EVALUATE_DRAWS_H

#include "evaluate/judge.h"

enum { LANES = 32 }; /* resamples that one pass over the lines serves */

/* Resample first + (LANES * b + lane) * step stands in that lane of block b; lanes beyond the last stay zero. */
struct draws {
    size_t n_resamples, first, step, n_blocks;
    size_t n_lines;
    size_t n_clusters[2];        /* of each class */
    uint32_t *cluster;           /* [n_lines] dense numbers, the benign class's first */
    uint8_t *times;              /* [n_blocks][clusters of both classes][LANES] */
    uint32_t (*total)[2][LANES]; /* [n_blocks] lines of each class, repeats counted */
};

/* One resample, in lane 0, that holds each line once. */
struct draws draws_plain(const struct judged *set, struct arena *arena);

static inline const uint8_t *draws_block(const struct draws *draws, size_t block)
{
    return draws->times + block * (draws->n_clusters[0] + draws->n_clusters[1]) * LANES;
}

#endif
