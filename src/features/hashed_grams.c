#include "hashed_grams.h"

#include <math.h>

enum { PIECE = 256 }; /* runs hashed side by side: those that start at neighbouring bytes */

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

static void count_runs(struct str line, const struct hashed_grams *grams, uint32_t *count)
{
    size_t min_n = (size_t)min_i64(grams->min_n, grams->max_n);
    size_t max_n = (size_t)max_i64(grams->min_n, grams->max_n);
    for (size_t first = 0; first < line.n; first += PIECE) {
        uint8_t byte[PIECE + HASHED_GRAMS_MAX_N];
        uint32_t hash[PIECE], slot[PIECE];
        size_t bytes = min_size(line.n - first, PIECE + max_n - 1);
        take_bytes(line.p + first, bytes, grams->lower, byte);
        for (size_t i = 0; i < PIECE; i++)
            hash[i] = UINT32_C(0x811c9dc5);
        for (size_t n = 1; n <= max_n && n <= bytes; n++) {
            size_t runs = min_size(bytes - n + 1, PIECE);
            grow(hash, byte + n - 1, runs);
            if (n < min_n)
                continue;
            place(hash, runs, (uint32_t)grams->dims, slot);
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

void hashed_grams_row(const struct hashed_grams *grams, struct str line, float *out)
{
    size_t d = (size_t)grams->dims;
    uint32_t count[2 * HASHED_GRAMS_MAX_DIMS];
    memset(count, 0, 2 * d * sizeof *count);
    count_runs(line, grams, count);
    subtract(count, d, out);
    if (grams->sublinear)
        for (size_t i = 0; i < d; i++)
            if (out[i] != 0)
                out[i] = copysignf(1 + logf(fabsf(out[i])), out[i]);
    if (strcmp(grams->normalise, "l2") == 0)
        scale_to_one(out, d);
}
