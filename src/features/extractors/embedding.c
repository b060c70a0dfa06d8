/* Embedding by feature hashing (Weinberger et al., ICML 2009): every run of min_n to max_n bytes adds +1 or -1, by one
 * bit of its hash, to one column chosen by other bits. The cosine of two rows then estimates that of their n-gram
 * counts. A line shorter than min_n is all zeros. Were max_n below min_n, the two change places. */
#include "features/extractor.h"

#include <math.h>
#include <stdio.h>

enum {
    MAX_DIMS = 65536,
    MAX_N = 8,
    PIECE = 256, /* runs hashed side by side: those that start at neighbouring bytes */
};

struct embedding {
    int64_t dims, min_n, max_n;
    bool lower, sublinear;
    const char *normalise;
};

static const char *const norms[] = {"l2", "none", NULL};

static const struct param_spec specs[] = {
    PARAM_INT(struct embedding, dims, 512, 8, MAX_DIMS, "columns"),
    PARAM_INT(struct embedding, min_n, 2, 1, MAX_N, "shortest run of bytes"),
    PARAM_INT(struct embedding, max_n, 4, 1, MAX_N, "longest run of bytes"),
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

VECTOR_CLONES static void take_bytes(const char *restrict p, size_t n, bool lower, uint8_t *restrict byte)
{
    uint8_t letters = lower ? 26 : 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)p[i];
        byte[i] = (uint8_t)((uint8_t)(c - 'A') < letters ? c | 0x20 : c);
    }
}

/* The hash of each run grows by its next byte. */
VECTOR_CLONES static void grow(uint32_t *restrict hash, const uint8_t *restrict byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash[i] = (hash[i] ^ byte[i]) * UINT32_C(0x9e3779b1);
}

/* Column from 16 high bits, sign from the next: minus signs count in a second block of columns. */
VECTOR_CLONES static void place(const uint32_t *restrict hash, size_t n, uint32_t dims, uint32_t *restrict slot)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t h = (hash[i] ^ hash[i] >> 15) * UINT32_C(0x2c1b3c6d);
        uint32_t minus = h >> 15 & 1;
        slot[i] = ((h >> 16) * dims >> 16) + minus * dims;
    }
}

static void count_runs(struct str line, const struct embedding *embedding, uint32_t *count)
{
    size_t min_n = (size_t)min_i64(embedding->min_n, embedding->max_n);
    size_t max_n = (size_t)max_i64(embedding->min_n, embedding->max_n);
    for (size_t first = 0; first < line.n; first += PIECE) {
        uint8_t byte[PIECE + MAX_N];
        uint32_t hash[PIECE], slot[PIECE];
        size_t bytes = min_size(line.n - first, PIECE + max_n - 1);
        take_bytes(line.p + first, bytes, embedding->lower, byte);
        for (size_t i = 0; i < PIECE; i++)
            hash[i] = UINT32_C(0x811c9dc5);
        for (size_t n = 1; n <= max_n && n <= bytes; n++) {
            size_t runs = min_size(bytes - n + 1, PIECE);
            grow(hash, byte + n - 1, runs);
            if (n < min_n)
                continue;
            place(hash, runs, (uint32_t)embedding->dims, slot);
            for (size_t i = 0; i < runs; i++)
                count[slot[i]]++;
        }
    }
}

VECTOR_CLONES static void subtract(const uint32_t *restrict count, size_t d, float *restrict out)
{
    for (size_t i = 0; i < d; i++)
        out[i] = (float)(int32_t)(count[i] - count[d + i]);
}

/* The sum of squares in lanes: a fixed order that vectors can keep. */
VECTOR_CLONES static void scale_to_one(float *x, size_t d)
{
    enum { LANES = 32 };
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

static void row(const void *params, const void *state, struct str line, float *out)
{
    (void)state;
    const struct embedding *embedding = params;
    size_t d = (size_t)embedding->dims;
    uint32_t count[2 * MAX_DIMS];
    memset(count, 0, 2 * d * sizeof *count);
    count_runs(line, embedding, count);
    subtract(count, d, out);
    if (embedding->sublinear)
        for (size_t i = 0; i < d; i++)
            if (out[i] != 0)
                out[i] = copysignf(1 + logf(fabsf(out[i])), out[i]);
    if (strcmp(embedding->normalise, "l2") == 0)
        scale_to_one(out, d);
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
