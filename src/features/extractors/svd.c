/* Hashed runs of bytes (hashed_grams.h) brought to a few dimensions by a truncated singular value decomposition, as in
 * latent semantic analysis: a row is the hashed row's products with the leading right singular vectors of a uniform
 * sample of the lines, the `sample` lines with the lowest hash of their row. Columns are not centred. Components beyond
 * the sample's rank are all zeros. */
#include "features/extractor.h"
#include "features/linalg.h"
#include "features/row_sample.h"
#include "hashed_grams.h"

#include "comm/reduce.h"
#include "support/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_DIMS = 8192, MAX_COMPONENTS = 1024 };

struct svd {
    int64_t components, dims, min_n, max_n, sample;
    bool lower, sublinear;
};

static const struct param_spec specs[] = {
    PARAM_INT(struct svd, components, 64, 1, MAX_COMPONENTS, "columns"),
    PARAM_INT(struct svd, dims, 2048, 8, MAX_DIMS, "columns that are hashed to first"),
    PARAM_INT(struct svd, min_n, 2, 1, HASHED_GRAMS_MAX_N, "shortest run of bytes"),
    PARAM_INT(struct svd, max_n, 4, 1, HASHED_GRAMS_MAX_N, "longest run of bytes"),
    PARAM_BOOL(struct svd, lower, true, "treat ASCII upper case as lower case"),
    PARAM_BOOL(struct svd, sublinear, false, "replace a count c by 1 + ln c (the sign is kept)"),
    PARAM_INT(struct svd, sample, 16384, 2, 1 << 24, "lines the components are fitted on"),
    PARAM_END,
};

/* basis[dims * components]: one column a component. */
struct svd_basis {
    size_t components;
    const float *at;
};

static size_t width(const void *params)
{
    return (size_t)((const struct svd *)params)->components;
}

static void column(const void *params, size_t i, char out[64])
{
    ASSERT(i < width(params));
    snprintf(out, 64, "component_%zu", i);
}

static struct hashed_grams hashed(const struct svd *svd)
{
    return (struct hashed_grams){.dims = svd->dims,
                                 .min_n = svd->min_n,
                                 .max_n = svd->max_n,
                                 .lower = svd->lower,
                                 .sublinear = svd->sublinear,
                                 .normalise = "l2"};
}

static void fill(const struct svd *svd, const struct str *text, size_t n, float *spare, double *x)
{
    struct hashed_grams grams = hashed(svd);
    size_t d = (size_t)svd->dims;
    for (size_t i = 0; i < n; i++) {
        hashed_grams_row(&grams, text[i], spare);
        for (size_t c = 0; c < d; c++)
            x[i * d + c] = (double)spare[c];
    }
}

/* Eigenvectors of the d x d matrix of column products, summed over blocks. vector[d * d], leading rows first. */
static bool decompose_columns(const struct comm *comm, const struct svd *svd, const struct rows *sample,
                              struct arena *arena, double *vector, double *value, struct error *err)
{
    size_t d = (size_t)svd->dims, n_pairs = d * (d + 1) / 2;
    struct sample_part part = sample_part(comm, sample);
    struct exact acc;
    exact_start(&acc, n_pairs, 2 * SAMPLE_BLOCK, arena); /* rows have length 1 */
    float *spare = ARENA_ARRAY(arena, float, d);
    double *pair = ARENA_ARRAY(arena, double, n_pairs);
    double *x = ARENA_ARRAY(arena, double, min_size(part.n, SAMPLE_BLOCK) * d);
    for (size_t b = 0; b < part.blocks; b++) {
        size_t n = sample_part_rows(&part, b);
        fill(svd, sample->text + sample_part_first(&part, b), n, spare, x);
        linalg_gram(x, n, d, vector);
        double *to = pair;
        for (size_t i = 0; i < d; to += d - i, i++)
            memcpy(to, vector + i * d + i, (d - i) * sizeof *to);
        exact_add(&acc, pair);
    }
    TRY(exact_reduce(comm, &acc, pair, err));
    for (size_t i = 0; i < d; pair += d - i, i++)
        memcpy(vector + i * d + i, pair, (d - i) * sizeof *pair);
    return linalg_eigen(comm, vector, d, value, arena, err);
}

/* The same from the n x n matrix of row products, for fewer rows than columns: vector[n * d], value[n]. */
static bool decompose_rows(const struct comm *comm, const struct svd *svd, const struct rows *sample,
                           struct arena *arena, double *vector, double *value, struct error *err)
{
    size_t d = (size_t)svd->dims, n = sample->n;
    double *x = ARENA_ARRAY(arena, double, n *d), *turned = ARENA_ARRAY(arena, double, n *d);
    double *product = ARENA_ARRAY(arena, double, n *n);
    fill(svd, sample->text, n, ARENA_ARRAY(arena, float, d), x);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < d; c++)
            turned[c * n + i] = x[i * d + c];
    linalg_gram(turned, d, n, product);
    TRY(linalg_eigen(comm, product, n, value, arena, err));
    linalg_multiply(product, n, x, n, d, vector);
    for (size_t i = 0; i < n; i++) {
        double length = 0;
        for (size_t c = 0; c < d; c++)
            length += vector[i * d + c] * vector[i * d + c];
        for (size_t c = 0; c < d; c++)
            vector[i * d + c] /= length > 0 ? sqrt(length) : 1;
    }
    comm_bcast(comm, vector, n * d * sizeof *vector, 0);
    return true;
}

static bool prepare(const struct comm *comm, const void *params, const struct line_view *lines, struct arena *arena,
                    void **state, struct error *err)
{
    const struct svd *svd = params;
    size_t d = (size_t)svd->dims, components = (size_t)svd->components;
    float *at = ARENA_ZARRAY(arena, float, d *components);
    struct svd_basis *basis = ARENA_ARRAY(arena, struct svd_basis, 1);
    *basis = (struct svd_basis){.components = components, .at = at};
    *state = basis;

    struct arena *scratch = arena_new();
    struct feature_set set = {.d = d}; /* rows of text; their features are computed here */
    struct rows rows = {.n = lines->n, .d = d, .row = lines->row, .text = lines->text, .set = &set};
    struct rows sample = row_sample(comm, &rows, (size_t)svd->sample, 0, rng_stream("svd.sample", 0, 0), scratch);
    size_t n = min_size(sample.n, d);
    double *vector = ARENA_ARRAY(scratch, double, n *d), *value = ARENA_ARRAY(scratch, double, n);
    bool ok = n == 0 || (sample.n < d ? decompose_rows(comm, svd, &sample, scratch, vector, value, err)
                                      : decompose_columns(comm, svd, &sample, scratch, vector, value, err));
    if (ok)
        for (size_t i = 0; i < n && i < components && value[i] > value[0] * 1e-10; i++)
            for (size_t c = 0; c < d; c++)
                at[c * components + i] = (float)vector[i * d + c];
    arena_free(scratch);
    return ok;
}

VECTOR_CLONES static void add_scaled(const float *restrict axis, size_t n, float factor, float *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] += factor * axis[i];
}

static void row(const void *params, const void *state, struct str line, float *out)
{
    const struct svd *svd = params;
    const struct svd_basis *basis = state;
    struct hashed_grams grams = hashed(svd);
    float x[MAX_DIMS];
    hashed_grams_row(&grams, line, x);
    memset(out, 0, basis->components * sizeof *out);
    for (size_t c = 0; c < (size_t)svd->dims; c++)
        if (x[c] < 0 || x[c] > 0)
            add_scaled(basis->at + c * basis->components, basis->components, x[c], out);
}

const struct extractor extractor_svd = {
    .plugin = {.name = "svd",
               .summary = "hashed counts of short runs of bytes, brought to few dimensions",
               .params = specs,
               .params_size = sizeof(struct svd)},
    .width = width,
    .column = column,
    .prepare = prepare,
    .row = row,
};
