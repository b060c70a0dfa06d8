#include "design.h"

#include "comm/reduce.h"

#include <math.h>

enum { LANES = 8 }; /* independent sums: a fixed order that still fills vector units */

static const double max_density = 0.3; /* a stored non-zero costs about three times a dense value */

static void arrange_nonzeros(struct design *out, size_t n_nonzero, struct arena *arena)
{
    out->first = ARENA_ARRAY(arena, size_t, out->n + 1);
    out->column = ARENA_ARRAY(arena, uint32_t, n_nonzero);
    out->value = ARENA_ARRAY(arena, float, n_nonzero);
    size_t k = 0;
    for (size_t i = 0; i < out->n; i++) {
        out->first[i] = k;
        for (size_t j = 0; j < out->d; j++) {
            float value = out->x[i * out->d + j];
            if (value != 0) {
                out->column[k] = (uint32_t)j;
                out->value[k++] = value;
            }
        }
    }
    out->first[out->n] = k;
}

void design_make(const struct comm *comm, const struct dataset *data, struct arena *arena, struct design *out)
{
    ASSERT(data->d <= UINT32_MAX);
    *out = (struct design){.n = data->n, .d = data->d, .x = data->x, .max = ARENA_ZARRAY(arena, double, data->d)};
    int64_t n_nonzero = 0;
    for (size_t i = 0; i < out->n; i++)
        for (size_t j = 0; j < out->d; j++) {
            double size = fabs((double)out->x[i * out->d + j]);
            ASSERT(isfinite(size));
            n_nonzero += size > 0;
            out->max[j] = out->max[j] > size ? out->max[j] : size;
        }
    reduce_max_f64(comm, out->max, out->d);
    int64_t n_all = n_nonzero;
    reduce_sum_i64(comm, &n_all, 1);
    if ((double)n_all < max_density * (double)data->plan.n_global * (double)out->d)
        arrange_nonzeros(out, (size_t)n_nonzero, arena);
}

double dense_dot(const float *x, const double *w, size_t d)
{
    double lane[LANES] = {0};
    size_t j = 0;
    for (; j + LANES <= d; j += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += (double)x[j + k] * w[j + k];
    for (size_t k = 0; j + k < d; k++)
        lane[k] += (double)x[j + k] * w[j + k];
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

double design_dot(const struct design *design, size_t i, const double *w)
{
    if (!design->first)
        return dense_dot(design->x + i * design->d, w, design->d);
    enum { CHAINS = 4 };
    double chain[CHAINS] = {0};
    const uint32_t *column = design->column + design->first[i];
    const float *value = design->value + design->first[i];
    size_t n = design->first[i + 1] - design->first[i], j = 0;
    for (; j + CHAINS <= n; j += CHAINS)
        for (size_t k = 0; k < CHAINS; k++)
            chain[k] += (double)value[j + k] * w[column[j + k]];
    for (size_t k = 0; j + k < n; k++)
        chain[k] += (double)value[j + k] * w[column[j + k]];
    return (chain[0] + chain[1]) + (chain[2] + chain[3]);
}

void design_add(const struct design *design, size_t i, double factor, double *sum)
{
    if (!design->first) {
        const float *x = design->x + i * design->d;
        for (size_t j = 0; j < design->d; j++)
            sum[j] += factor * (double)x[j];
        return;
    }
    for (size_t k = design->first[i]; k < design->first[i + 1]; k++)
        sum[design->column[k]] += factor * (double)design->value[k];
}

void design_add_squares(const struct design *design, size_t i, double factor, double *sum)
{
    if (!design->first) {
        const float *x = design->x + i * design->d;
        for (size_t j = 0; j < design->d; j++)
            sum[j] += factor * ((double)x[j] * (double)x[j]);
        return;
    }
    for (size_t k = design->first[i]; k < design->first[i + 1]; k++) {
        double value = (double)design->value[k];
        sum[design->column[k]] += factor * (value * value);
    }
}
