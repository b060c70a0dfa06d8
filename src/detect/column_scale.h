/* Columns brought to mean 0 and, if wanted, deviation 1. */
#ifndef DETECT_COLUMN_SCALE_H
#define DETECT_COLUMN_SCALE_H

#include "features/row_sample.h"

struct column_scale {
    size_t d;
    double *mean;
    double *factor;  /* 1 / deviation (of the population); 1 for a column that is constant in the sample, or if not
                        wanted: such a column weighs by its distance from that constant */
    double variance; /* mean over columns of the variance after scaling */
};

/* Of the sample whose share of this rank is x[part->n * d]: exact sums, the same on every rank. Collective. */
MUST_CHECK bool column_scale_fit(const struct comm *comm, const struct sample_part *part, const float *x,
                                 bool standardise, struct arena *arena, struct column_scale *out, struct error *err);
/* z[n * d] of x[n * d]. Local. */
void column_scale_real(const struct column_scale *scale, const float *x, size_t n, double *z);
/* The same as float, cut to +-SCALED_MOST so that sums of squares stay finite. z may be x. Local. */
#define SCALED_MOST 1e15
void column_scale_float(const struct column_scale *scale, const float *x, size_t n, float *z);

#endif
