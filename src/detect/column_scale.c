#include "column_scale.h"

#include "comm/reduce.h"

#include <math.h>

VECTOR_CLONES static void widen(const float *restrict x, size_t d, double *restrict most)
{
    for (size_t c = 0; c < d; c++) {
        double size = fabs((double)x[c]);
        most[c] = size > most[c] ? size : most[c];
    }
}

VECTOR_CLONES static void add_values(const float *restrict x, size_t d, const double *restrict unit,
                                     double *restrict sum)
{
    for (size_t c = 0; c < d; c++)
        sum[c] += (double)x[c] * unit[c];
}

VECTOR_CLONES static void add_squares(const float *restrict x, size_t d, const double *restrict mean,
                                      const double *restrict unit, double *restrict sum)
{
    for (size_t c = 0; c < d; c++) {
        double off = ((double)x[c] - mean[c]) * (unit[c] * 0.5);
        sum[c] += off * off;
    }
}

/* unit[d]: powers of two that bring each column into [-1, 1], so that large columns cost small ones no bits. */
static void find_units(const struct comm *comm, const struct sample_part *part, const float *x, double *unit)
{
    size_t d = part->sample->d;
    for (size_t c = 0; c < d; c++)
        unit[c] = 0;
    for (size_t i = 0; i < part->n; i++)
        widen(x + i * d, d, unit);
    reduce_max_f64(comm, unit, d);
    for (size_t c = 0; c < d; c++) {
        int exponent;
        frexp(unit[c], &exponent);
        unit[c] = ldexp(1, -exponent);
    }
}

/* sum[d]: of the columns in units, or of their squared distances from mean in doubled units. */
static bool sum_columns(const struct comm *comm, const struct sample_part *part, const float *x, const double *unit,
                        const double *mean, struct arena *arena, double *sum, struct error *err)
{
    size_t d = part->sample->d;
    struct exact acc;
    exact_start(&acc, d, SAMPLE_BLOCK, arena);
    double *partial = ARENA_ARRAY(arena, double, d);
    for (size_t b = 0; b < part->blocks; b++) {
        size_t n = sample_part_rows(part, b);
        memset(partial, 0, d * sizeof *partial);
        for (size_t i = 0; i < n; i++, x += d) {
            if (mean == NULL)
                add_values(x, d, unit, partial);
            else
                add_squares(x, d, mean, unit, partial);
        }
        exact_add(&acc, partial);
    }
    return exact_reduce(comm, &acc, sum, err);
}

bool column_scale_fit(const struct comm *comm, const struct sample_part *part, const float *x, bool standardise,
                      struct arena *arena, struct column_scale *out, struct error *err)
{
    size_t d = part->sample->d;
    double n = (double)part->sample->n;
    *out =
        (struct column_scale){.d = d, .mean = ARENA_ARRAY(arena, double, d), .factor = ARENA_ARRAY(arena, double, d)};
    struct arena_mark mark = arena_mark(arena);
    double *unit = ARENA_ARRAY(arena, double, d), *sum = ARENA_ARRAY(arena, double, d);
    find_units(comm, part, x, unit);
    TRY(sum_columns(comm, part, x, unit, NULL, arena, sum, err));
    for (size_t c = 0; c < d; c++)
        out->mean[c] = sum[c] / n / unit[c];
    TRY(sum_columns(comm, part, x, unit, out->mean, arena, sum, err));
    for (size_t c = 0; c < d; c++) {
        double deviation = sqrt(sum[c] / n) / (unit[c] * 0.5);
        bool scaled = standardise && deviation > 0;
        out->factor[c] = scaled ? 1 / deviation : 1;
        out->variance += scaled ? 1 : deviation * deviation;
    }
    out->variance /= (double)d;
    arena_release(arena, mark);
    return true;
}

VECTOR_CLONES static void scale_real(const float *restrict x, size_t d, const double *restrict mean,
                                     const double *restrict factor, double *restrict z)
{
    for (size_t c = 0; c < d; c++)
        z[c] = ((double)x[c] - mean[c]) * factor[c];
}

void column_scale_real(const struct column_scale *scale, const float *x, size_t n, double *z)
{
    for (size_t i = 0; i < n; i++)
        scale_real(x + i * scale->d, scale->d, scale->mean, scale->factor, z + i * scale->d);
}

VECTOR_CLONES static void scale_float(const float *x, size_t d, const double *restrict mean,
                                      const double *restrict factor, float *z)
{
    for (size_t c = 0; c < d; c++) {
        double value = ((double)x[c] - mean[c]) * factor[c];
        value = value < SCALED_MOST ? value : SCALED_MOST;
        value = value > -SCALED_MOST ? value : -SCALED_MOST;
        z[c] = (float)value;
    }
}

void column_scale_float(const struct column_scale *scale, const float *x, size_t n, float *z)
{
    for (size_t i = 0; i < n; i++)
        scale_float(x + i * scale->d, scale->d, scale->mean, scale->factor, z + i * scale->d);
}
