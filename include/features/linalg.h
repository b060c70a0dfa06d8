/* Dense linear algebra by OpenBLAS, on one thread. The last bits of a result depend on the processor (linalg_library
 * names the kernels in use) and on the shape of the call: for the same bits on any number of ranks, call it on whole
 * fixed blocks and sum the blocks exactly. Matrices are row-major. */
#ifndef FEATURES_LINALG_H
#define FEATURES_LINALG_H

#include "comm/comm.h"

/* Library, version and the kernels chosen for this processor, such as "OpenBLAS 0.3.21 ... Cooperlake ...". Local. */
const char *linalg_library(void);
/* gram[d * d] = x' x for x[n * d]: the upper triangle is written, the rest left alone. Local. */
void linalg_gram(const double *x, size_t n, size_t d, double *gram);
/* out[m * n] = y x' for y[m * d] and x[n * d]: entry (j, i) is the product of rows y_j and x_i. Local. */
void linalg_products(const float *y, size_t m, const float *x, size_t n, size_t d, float *out);
/* out[m * d] = y x for y[m * n] and x[n * d]. Local. */
void linalg_multiply(const double *y, size_t m, const double *x, size_t n, size_t d, double *out);
/* Eigenvalues value[d], falling, and eigenvectors of the symmetric matrix whose upper triangle is in a[d * d]: row i of
 * a becomes the i-th vector, of length 1, its entry of greatest size positive (the first of equals). Rank 0 computes,
 * all get its bits, so that ranks on different processors agree. Collective; a of other ranks is only written. */
MUST_CHECK bool linalg_eigen(const struct comm *comm, double *a, size_t d, double *value, struct arena *arena,
                             struct error *err);

#endif
