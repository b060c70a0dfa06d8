/* The lines seen least often come first: -ln count. Rows without counts are seen once. */
#include "detect/detector.h"

#include <math.h>

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    (void)comm, (void)rows, (void)params, (void)seed, (void)arena, (void)err;
    *model = NULL;
    return true;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    (void)model, (void)x;
    const int64_t *count = rows->lines != NULL ? rows->lines->count : NULL;
    for (size_t i = 0; i < n; i++)
        out[i] = count != NULL ? -log((double)count[first + i]) : 0;
}

const struct detector detector_frequency = {
    .plugin = {.name = "frequency", .summary = "the lines seen least often"},
    .fit = fit,
    .score = score,
    .featureless = true,
};
