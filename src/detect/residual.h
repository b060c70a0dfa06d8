/* How far rows lie from a subspace. Local, pure: a row's bits do not depend on the rows beside it or the processor. */
#ifndef DETECT_RESIDUAL_H
#define DETECT_RESIDUAL_H

#include "column_scale.h"

/* The subspace or what it leaves out, whichever has fewer axes: the distance is |z|^2 minus the squares inside, or the
 * squares outside. */
struct residual {
    size_t d, axes;
    size_t stride; /* axes, rounded up for vectors */
    bool outside;
    const double *basis; /* [d * stride], one column an axis, zeros behind */
};

/* Doubles that residual_fit writes at most, for d columns. */
size_t residual_room(size_t d);
/* axes[d * d]: orthonormal rows; the subspace has the first `components` of them. basis[residual_room(d)] must stay. */
void residual_fit(struct residual *residual, const double *axes, size_t d, size_t components, double *basis);
/* out[n] >= 0, of the scaled rows of x[n * d]; finite for any finite x. */
void residual_score(const struct residual *residual, const struct column_scale *scale, const float *x, size_t n,
                    double *out);

#endif
