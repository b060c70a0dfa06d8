/* Embedding by feature hashing (Weinberger et al., ICML 2009): every run of min_n to max_n bytes adds +1 or -1, by one bit of its
 * hash, to one column chosen by other bits. The cosine of two rows then estimates that of their n-gram counts. A line shorter
 * than min_n is all zeros. Were max_n below min_n, the two change places. */
#include "features/extractor.h"

#include <math.h>
#include <stdio.h>

enum { MAX_DIMS = 65536 };

struct embedding {
    int64_t dims, min_n, max_n;
    bool lower, sublinear;
    const char *normalise;
};

static const char *const norms[] = {"l2", "none", NULL};

static const struct param_spec specs[] = {
    PARAM_INT(struct embedding, dims, 512, 8, MAX_DIMS, "columns"),
    PARAM_INT(struct embedding, min_n, 2, 1, 8, "shortest run of bytes"),
    PARAM_INT(struct embedding, max_n, 4, 1, 8, "longest run of bytes"),
    PARAM_BOOL(struct embedding, lower, true, "treat ASCII upper case as lower case"),
    PARAM_BOOL(struct embedding, sublinear, false, "replace a count c by 1 + ln c (the sign is kept)"),
    PARAM_CHOICE(struct embedding, normalise, "l2", norms, "length of a row: l2 makes it 1"),
    PARAM_END,
};

static size_t width(const void *params)
{
    return (size_t)((const struct embedding *)params)->dims;
}

static void column(const void *params, size_t i, char out[64])
{
    ASSERT(i < width(params));
    snprintf(out, 64, "gram_%zu", i);
}

/* The n last bytes of the window, n told apart by the constant; column from the product's high bits, sign from bit 32. */
static inline void add_gram(uint64_t window, unsigned n, uint64_t dims, int32_t *count)
{
    uint64_t gram = n < 8 ? window & ((UINT64_C(1) << (8 * n)) - 1) : window;
    uint64_t product = (gram + n) * (UINT64_C(0x9e3779b97f4a7c15) + ((uint64_t)n << 33));
    uint64_t high = product >> 32;
    count[high * dims >> 32] += 1 - 2 * (int32_t)(high & 1);
}

static inline uint64_t push(uint64_t window, char byte, bool lower)
{
    unsigned c = (unsigned char)byte;
    if (lower && c - 'A' < 26)
        c += 'a' - 'A';
    return window << 8 | c;
}

static inline void add_grams(struct str line, unsigned min_n, unsigned max_n, uint64_t dims, bool lower, int32_t *count)
{
    uint64_t window = 0;
    size_t head = min_size(line.n, max_n - 1);
    for (size_t i = 0; i < head; i++) {
        window = push(window, line.p[i], lower);
        for (unsigned n = min_n; n <= i + 1; n++)
            add_gram(window, n, dims, count);
    }
    for (size_t i = head; i < line.n; i++) {
        window = push(window, line.p[i], lower);
        for (unsigned n = min_n; n <= max_n; n++)
            add_gram(window, n, dims, count);
    }
}

static void scale_to_one(float *x, size_t d)
{
    enum { LANES = 8 };
    double lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= d; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (double)x[i + j] * (double)x[i + j];
    for (; i < d; i++)
        lane[i % LANES] += (double)x[i] * (double)x[i];
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    if (sum == 0)
        return;
    float factor = (float)(1.0 / sqrt(sum));
    for (i = 0; i < d; i++)
        x[i] *= factor;
}

static void row(const void *params, struct str line, float *out)
{
    const struct embedding *embedding = params;
    size_t dims = (size_t)embedding->dims;
    unsigned min_n = (unsigned)min_i64(embedding->min_n, embedding->max_n);
    unsigned max_n = (unsigned)max_i64(embedding->min_n, embedding->max_n);
    int32_t count[MAX_DIMS];
    memset(count, 0, dims * sizeof *count);
    if (min_n == 2 && max_n == 4 && embedding->lower)
        add_grams(line, 2, 4, dims, true, count); /* the usual case, unrolled by the compiler */
    else
        add_grams(line, min_n, max_n, dims, embedding->lower, count);
    for (size_t i = 0; i < dims; i++)
        out[i] = (float)count[i];
    if (embedding->sublinear)
        for (size_t i = 0; i < dims; i++)
            if (out[i] != 0)
                out[i] = copysignf(1 + logf(fabsf(out[i])), out[i]);
    if (strcmp(embedding->normalise, "l2") == 0)
        scale_to_one(out, dims);
}

const struct extractor extractor_embedding = {
    .plugin = {.name = "embedding",
               .summary = "hashed counts of short runs of bytes, for similarity",
               .params = specs,
               .params_size = sizeof(struct embedding)},
    .width = width,
    .column = column,
    .row = row,
};
