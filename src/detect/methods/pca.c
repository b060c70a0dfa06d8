/* Principal components: the distance of a row from the subspace that holds most of the variance.
 *
 * Means, deviations and the covariance come from a uniform sample, the `sample` rows with the lowest hash of (seed,
 * row), in blocks whose sums are exact. The subspace is spanned by the `components` leading eigenvectors, or by as few
 * as hold a share `explained` of the variance; one direction at least is always left out, else nothing could be
 * strange. A column that is constant in the sample keeps its unit, so a row's distance from that constant counts in
 * full. With no variance at all the subspace is the mean. */
#include "column_scale.h"
#include "detect/detector.h"
#include "residual.h"

#include "comm/reduce.h"
#include "features/linalg.h"
#include "support/rng.h"

enum { MAX_COLUMNS = 8192 };

struct pca {
    int64_t components, sample;
    double explained;
    bool standardise;
};

static const struct param_spec specs[] = {
    PARAM_INT(struct pca, components, 0, 0, MAX_COLUMNS, "dimension of the subspace; 0: by explained"),
    PARAM_REAL(struct pca, explained, 0.95, 0, 1, "share of the variance that the subspace holds at least"),
    PARAM_BOOL(struct pca, standardise, true, "bring columns to deviation 1 first"),
    PARAM_INT(struct pca, sample, 65536, 2, 1 << 24, "rows the model is fitted on"),
    PARAM_END,
};

struct pca_model {
    struct column_scale scale;
    struct residual residual;
};

/* covariance[d * d], its upper triangle. */
static bool find_covariance(const struct comm *comm, const struct sample_part *part, const float *x,
                            const struct column_scale *scale, struct arena *arena, double *covariance,
                            struct error *err)
{
    size_t d = scale->d, n_pairs = d * (d + 1) / 2;
    struct exact acc;
    /* No entry of the sum exceeds a column's own sum of squares; 2 leaves room for rounding. */
    exact_start(&acc, n_pairs, 2 * (double)part->sample->n * (double)d * (scale->variance > 0 ? scale->variance : 1),
                arena);
    double *z = ARENA_ARRAY(arena, double, min_size(part->n, SAMPLE_BLOCK) * d);
    double *pair = ARENA_ARRAY(arena, double, n_pairs);
    for (size_t b = 0; b < part->blocks; b++) {
        size_t n = sample_part_rows(part, b);
        column_scale_real(scale, x, n, z);
        linalg_gram(z, n, d, covariance);
        double *to = pair;
        for (size_t i = 0; i < d; i++) {
            memcpy(to, covariance + i * d + i, (d - i) * sizeof *to);
            to += d - i;
        }
        exact_add(&acc, pair);
        x += n * d;
    }
    TRY(exact_reduce(comm, &acc, pair, err));
    for (size_t i = 0; i < d; i++)
        for (size_t j = i; j < d; j++)
            covariance[i * d + j] = *pair++ / (double)part->sample->n;
    return true;
}

static size_t choose_components(const struct pca *pca, const double *value, size_t d)
{
    if (pca->components > 0)
        return min_size((size_t)pca->components, d - 1);
    double total = 0, held = 0;
    for (size_t i = 0; i < d; i++)
        total += value[i] > 0 ? value[i] : 0;
    size_t components = 0;
    while (components < d - 1 && held < pca->explained * total)
        held += value[components++];
    return components;
}

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    const struct pca *pca = params;
    size_t d = rows->d;
    if (d > MAX_COLUMNS)
        return fail(err, ERROR_CONFIG,
                    "detector pca takes at most %d columns and got %zu; choose fewer dims or svd features", MAX_COLUMNS,
                    d);
    struct pca_model *fitted = ARENA_ARRAY(arena, struct pca_model, 1);
    double *basis = ARENA_ARRAY(arena, double, residual_room(d));
    struct arena *scratch = arena_new();
    struct rows sample = row_sample(comm, rows, (size_t)pca->sample, seed, rng_stream("pca.sample", 0, 0), scratch);
    struct sample_part part = sample_part(comm, &sample);
    const float *x = sample_part_fill(&part, scratch);
    double *axes = ARENA_ARRAY(scratch, double, d *d), *value = ARENA_ARRAY(scratch, double, d);
    bool ok = column_scale_fit(comm, &part, x, pca->standardise, arena, &fitted->scale, err) &&
              find_covariance(comm, &part, x, &fitted->scale, scratch, axes, err) &&
              linalg_eigen(comm, axes, d, value, scratch, err);
    if (ok)
        residual_fit(&fitted->residual, axes, d, choose_components(pca, value, d), basis);
    arena_free(scratch);
    *model = fitted;
    return ok;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    const struct pca_model *fitted = model;
    (void)rows, (void)first;
    residual_score(&fitted->residual, &fitted->scale, x, n, out);
}

const struct detector detector_pca = {
    .plugin = {.name = "pca",
               .summary = "distance from the subspace of most variance",
               .params = specs,
               .params_size = sizeof(struct pca)},
    .fit = fit,
    .score = score,
};
