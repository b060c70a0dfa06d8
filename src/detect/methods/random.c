/* A number from the row id alone: the baseline that every other detector must beat. */
#include "detect/detector.h"
#include "support/rng.h"

struct random_model {
    uint64_t seed, stream;
};

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    (void)comm, (void)rows, (void)params, (void)err;
    struct random_model *fitted = ARENA_ARRAY(arena, struct random_model, 1);
    *fitted = (struct random_model){seed, rng_stream("detector.random", 0, 0)};
    *model = fitted;
    return true;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    const struct random_model *fitted = model;
    (void)x;
    for (size_t i = 0; i < n; i++)
        out[i] = rng_unit(fitted->seed, fitted->stream, (uint64_t)rows->row[first + i]);
}

const struct detector detector_random = {
    .plugin = {.name = "random", .summary = "uniform scores from the row id: the baseline"},
    .fit = fit,
    .score = score,
    .featureless = true,
};
