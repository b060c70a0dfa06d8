/* This rank's training rows, arranged for repeated products with a vector. */
#ifndef TRAIN_DESIGN_H
#define TRAIN_DESIGN_H

#include "train/classifier.h"

struct design {
    size_t n, d;
    const float *x;   /* [n * d], borrowed; used if first is NULL */
    size_t *first;    /* [n + 1] where each row's non-zeros begin, or NULL: dense */
    uint32_t *column; /* [first[n]] rising within a row */
    float *value;     /* [first[n]] */
    double *max;      /* [d] largest absolute value of each column over all ranks */
};

/* Collective. Keeps only the non-zeros if they are few among all ranks' values: an arrangement adds in another order,
 * so all ranks must use the same one. */
void design_make(const struct comm *comm, const struct dataset *data, struct arena *arena, struct design *out);
/* Row i times w[d]. */
double design_dot(const struct design *design, size_t i, const double *w);
/* sum[d] += factor * row i. */
void design_add(const struct design *design, size_t i, double factor, double *sum);
/* sum[d] += factor * (row i, squared). */
void design_add_squares(const struct design *design, size_t i, double factor, double *sum);
/* x[d] times w[d], in a fixed order. */
double dense_dot(const float *x, const double *w, size_t d);

#endif
