#include "residual.h"

#include <math.h>
#include <stdlib.h>

enum {
    LANES = 16, /* axes side by side */
    ABREAST = 4 /* rows that share one load of the basis */
};

size_t residual_room(size_t d)
{
    return d * (d / 2 + LANES);
}

void residual_fit(struct residual *residual, const double *axes, size_t d, size_t components, double *basis)
{
    ASSERT(components <= d);
    bool outside = d - components <= components;
    size_t n = outside ? d - components : components, stride = (n + LANES - 1) / LANES * LANES;
    const double *first = axes + (outside ? components * d : 0);
    for (size_t c = 0; c < d; c++)
        for (size_t i = 0; i < stride; i++)
            basis[c * stride + i] = i < n ? first[i * d + c] : 0;
    *residual = (struct residual){.d = d, .axes = n, .stride = stride, .outside = outside, .basis = basis};
}

/* square[ABREAST] += the squared lengths of z's rows along LANES axes. */
VECTOR_CLONES static void add_along(const double *restrict z, size_t d, const double *restrict basis, size_t stride,
                                    double *restrict square)
{
    double along[ABREAST][LANES] = {{0}};
    for (size_t c = 0; c < d; c++) {
        const double *axis = basis + c * stride;
        for (size_t i = 0; i < LANES; i++) {
            along[0][i] += z[c] * axis[i];
            along[1][i] += z[d + c] * axis[i];
            along[2][i] += z[2 * d + c] * axis[i];
            along[3][i] += z[3 * d + c] * axis[i];
        }
    }
    for (size_t r = 0; r < ABREAST; r++)
        for (size_t i = 0; i < LANES; i++)
            square[r] += along[r][i] * along[r][i];
}

/* The sum of squares in lanes: a fixed order that vectors can keep. */
VECTOR_CLONES static double length_squared(const double *z, size_t d)
{
    double lane[LANES] = {0}, sum = 0;
    size_t c = 0;
    for (; c + LANES <= d; c += LANES)
        for (size_t i = 0; i < LANES; i++)
            lane[i] += z[c + i] * z[c + i];
    for (; c < d; c++)
        lane[c % LANES] += z[c] * z[c];
    for (size_t i = 0; i < LANES; i++)
        sum += lane[i];
    return sum;
}

void residual_score(const struct residual *residual, const struct column_scale *scale, const float *x, size_t n,
                    double *out)
{
    size_t d = residual->d;
    double *z = calloc(ABREAST * d, sizeof *z);
    ASSERT(z != NULL);
    for (size_t first = 0; first < n; first += ABREAST) {
        size_t here = min_size(n - first, ABREAST);
        double square[ABREAST] = {0};
        column_scale_real(scale, x + first * d, here, z);
        for (size_t at = 0; at < residual->stride; at += LANES)
            add_along(z, d, residual->basis + at, residual->stride, square);
        for (size_t r = 0; r < here; r++) {
            double rest = residual->outside ? square[r] : length_squared(z + r * d, d) - square[r];
            out[first + r] = rest > 0 ? sqrt(rest) : 0;
        }
    }
    free(z);
}
