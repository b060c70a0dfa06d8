/* Exact gradient histograms: gradient and hessian as integers in one int64, so that sums ignore order and a sibling is
 * parent minus child. */
#ifndef TRAIN_HISTOGRAM_H
#define TRAIN_HISTOGRAM_H

#include "gbdt_bins.h"

/* A sum of rows: gradient * 2^32 + hessian, where 0 <= hessian < 2^32 and |gradient| < 2^31. */
static inline int64_t pair_make(int64_t gradient, int64_t hessian)
{
    return gradient * INT64_C(4294967296) + hessian;
}

static inline int64_t pair_hessian(int64_t pair)
{
    return pair & INT64_C(0xffffffff);
}

static inline int64_t pair_gradient(int64_t pair)
{
    return (pair - pair_hessian(pair)) / INT64_C(4294967296);
}

/* What the integers stand for, and what a split must fulfil. */
struct split_rule {
    double gradient_unit, hessian_unit; /* powers of two */
    double l2;
    int64_t min_hessian;   /* of a child; at least 1 */
    const uint8_t *column; /* [d] whether a column may be split */
};

struct split {
    double gain;           /* 0: none */
    int64_t left;          /* the left child's sum */
    uint32_t feature, bin; /* rows whose bin is at most this go left */
};

/* histogram[bins->offset[d]] of these local rows; pair[bins->n]. */
void histogram_build(const struct gbdt_bins *bins, const uint32_t *row, size_t n_rows, const int64_t *pair,
                     int64_t *histogram);
/* The best split of columns begin..end-1 of a node whose rows sum to total: highest gain, ties lowest feature, then
 * bin. */
struct split histogram_best_split(const struct gbdt_bins *bins, const int64_t *histogram, int64_t total,
                                  const struct split_rule *rule, size_t begin, size_t end);

#endif
