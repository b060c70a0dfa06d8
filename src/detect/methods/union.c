/* The members' best rows in turn: all their first ones, all their second ones ... (Gelman and Bergeron, Black Hat USA
 * 2025, join their detectors' picks). Score: minus the best rank that any member gives the row. The scores are those of
 * the rows of the fit. */
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
        int64_t best = rank[0];
        for (size_t m = 1; m < ensemble->members; m++)
            best = min_i64(best, rank[m]);
        out[i] = -(double)best;
    }
}

const struct detector detector_union = {
    .plugin = {.name = "union",
               .summary = "the best rows of several detectors in turn",
               .params = ensemble_specs,
               .params_size = sizeof(struct ensemble_params)},
    .fit = fit,
    .score = score,
    .featureless = true,
};
