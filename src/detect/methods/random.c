/* A number from the row id alone: the baseline that every other detector must beat. */
#include "detect/detector.h"
#include "detect/need_rows.h"
#include "support/rng.h"

struct random_model {
    uint64_t seed, stream;
};

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    (void)params;
    int64_t n_global;
    TRY(need_rows(comm, rows, &n_global, err));
    struct random_model *fitted = ARENA_ARRAY(arena, struct random_model, 1);
    *fitted = (struct random_model){seed, rng_stream("detector.random", 0, 0)};
    *model = fitted;
    return true;
}

static void score(const void *model, const float *x, const int64_t *row, size_t n, size_t d, double *out)
{
    const struct random_model *fitted = model;
    (void)x;
    (void)d;
    for (size_t i = 0; i < n; i++)
        out[i] = rng_unit(fitted->seed, fitted->stream, (uint64_t)row[i]);
}

const struct detector detector_random = {
    .plugin = {.name = "random", .summary = "uniform scores from the row id: the baseline"},
    .fit = fit,
    .score = score,
};
