/* Minus the mean of the ranks that the members give a row. The scores are those of the rows of the fit. */
#include "ensemble.h"

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    struct ensemble *ensemble;
    TRY(ensemble_fit(comm, rows, params, seed, arena, &ensemble, err));
    *model = ensemble;
    return true;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    (void)x;
    const struct ensemble *ensemble = model;
    ASSERT(rows->n == ensemble->n);
    for (size_t i = 0; i < n; i++) {
        const int64_t *rank = ensemble->rank + (first + i) * ensemble->members;
        int64_t sum = 0;
        for (size_t m = 0; m < ensemble->members; m++)
            sum += rank[m];
        out[i] = -(double)sum / (double)ensemble->members;
    }
}

const struct detector detector_rankmean = {
    .plugin = {.name = "rankmean",
               .summary = "mean rank over several detectors",
               .params = ensemble_specs,
               .params_size = sizeof(struct ensemble_params)},
    .fit = fit,
    .score = score,
    .featureless = true,
};
