/* Embedding by feature hashing (hashed_grams.h). */
#include "features/extractor.h"
#include "hashed_grams.h"

#include <stdio.h>

static const char *const norms[] = {"l2", "none", NULL};

static const struct param_spec specs[] = {
    PARAM_INT(struct hashed_grams, dims, 512, 8, HASHED_GRAMS_MAX_DIMS, "columns"),
    PARAM_INT(struct hashed_grams, min_n, 2, 1, HASHED_GRAMS_MAX_N, "shortest run of bytes"),
    PARAM_INT(struct hashed_grams, max_n, 4, 1, HASHED_GRAMS_MAX_N, "longest run of bytes"),
    PARAM_BOOL(struct hashed_grams, lower, true, "treat ASCII upper case as lower case"),
    PARAM_BOOL(struct hashed_grams, sublinear, false, "replace a count c by 1 + ln c (the sign is kept)"),
    PARAM_CHOICE(struct hashed_grams, normalise, "l2", norms, "length of a row: l2 makes it 1"),
    PARAM_END,
};

static size_t width(const void *params)
{
    return (size_t)((const struct hashed_grams *)params)->dims;
}

static void column(const void *params, size_t i, char out[64])
{
    ASSERT(i < width(params));
    snprintf(out, 64, "gram_%zu", i);
}

static void row(const void *params, const void *state, struct str line, float *out)
{
    (void)state;
    hashed_grams_row(params, line, out);
}

const struct extractor extractor_embedding = {
    .plugin = {.name = "embedding",
               .summary = "hashed counts of short runs of bytes, for similarity",
               .params = specs,
               .params_size = sizeof(struct hashed_grams)},
    .width = width,
    .column = column,
    .row = row,
};
