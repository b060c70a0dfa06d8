/* Scoring of a forest: rows in lanes, columns of lanes. The top levels of a tree are compared column by column, without
 * branches or gathers, by whatever vectors the processor has; the rest is walked eight rows abreast. Keys are integers
 * and path lengths are summed in tree order, so every processor gives the same sums. */
#include "forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* column[c * lanes + i] = key of row i, column c, in tiles that vectors can turn; lanes past n repeat the last row. */
VECTOR_CLONES static void fill_columns(const float *restrict x, size_t n, size_t d, size_t lanes,
                                       uint32_t *restrict column)
{
    enum { TILE = 16 };
    for (size_t i = 0; i < lanes; i += TILE) {
        const float *row[TILE];
        for (size_t j = 0; j < TILE; j++)
            row[j] = x + min_size(i + j, n - 1) * d;
        size_t c = 0;
        for (; c + TILE <= d; c += TILE) {
            uint32_t tile[TILE][TILE], turned[TILE][TILE];
            for (size_t j = 0; j < TILE; j++)
                for (size_t k = 0; k < TILE; k++)
                    tile[j][k] = forest_key(row[j][c + k]);
            for (size_t k = 0; k < TILE; k++)
                for (size_t j = 0; j < TILE; j++)
                    turned[k][j] = tile[j][k];
            for (size_t k = 0; k < TILE; k++)
                memcpy(&column[(c + k) * lanes + i], turned[k], sizeof turned[k]);
        }
        for (; c < d; c++)
            for (size_t j = 0; j < TILE; j++)
                column[c * lanes + i + j] = forest_key(row[j][c]);
    }
}

/* node[lanes]: the node on level FOREST_TOP that each row reaches. */
VECTOR_CLONES static void descend_top(const uint32_t *restrict offset, const uint32_t *restrict key,
                                      const uint32_t *restrict column, size_t lanes, uint32_t *restrict node)
{
    const uint32_t *c1 = column + offset[1], *c2 = column + offset[2], *c3 = column + offset[3];
    const uint32_t *c4 = column + offset[4], *c5 = column + offset[5], *c6 = column + offset[6],
                   *c7 = column + offset[7];
    const uint32_t *c8 = column + offset[8], *c9 = column + offset[9], *c10 = column + offset[10];
    const uint32_t *c11 = column + offset[11], *c12 = column + offset[12], *c13 = column + offset[13];
    const uint32_t *c14 = column + offset[14], *c15 = column + offset[15];
    for (size_t i = 0; i < lanes; i++) {
        uint32_t b4 = c4[i] > key[4], b5 = c5[i] > key[5], b6 = c6[i] > key[6], b7 = c7[i] > key[7];
        uint32_t b8 = c8[i] > key[8], b9 = c9[i] > key[9], b10 = c10[i] > key[10], b11 = c11[i] > key[11];
        uint32_t b12 = c12[i] > key[12], b13 = c13[i] > key[13], b14 = c14[i] > key[14], b15 = c15[i] > key[15];
        uint32_t b1 = c1[i] > key[1], b2 = c2[i] > key[2], b3 = c3[i] > key[3];
        uint32_t second = b1 ? b3 : b2;
        uint32_t third_left = b2 ? b5 : b4, third_right = b3 ? b7 : b6;
        uint32_t fourth_left = b2 ? (b5 ? b11 : b10) : (b4 ? b9 : b8);
        uint32_t fourth_right = b3 ? (b7 ? b15 : b14) : (b6 ? b13 : b12);
        uint32_t third = b1 ? third_right : third_left, fourth = b1 ? fourth_right : fourth_left;
        node[i] = 16 + 8 * b1 + 4 * second + 2 * third + fourth;
    }
}

/* 2 * node + (key < value): one compare and one add with carry. */
static inline uint64_t child(uint64_t node, uint32_t key, uint32_t value)
{
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    unsigned long long sum;
    __builtin_ia32_addcarryx_u64(key < value, node, node, &sum);
    return sum;
#else
    return 2 * node + (key < value);
#endif
}

/* The levels below, and the path lengths added to sum[lanes]. */
static void descend_rest(const struct forest *forest, size_t at, const uint32_t *column, const uint32_t *node,
                         double *sum)
{
    const uint32_t *offset = forest->offset + at, *key = forest->key + at;
    const float *path = forest->path + at - ((size_t)1 << forest->depth);
    for (size_t i = 0; i < forest->lanes; i += 8) {
        const uint32_t *lane = column + i;
        uint64_t k0 = node[i], k1 = node[i + 1], k2 = node[i + 2], k3 = node[i + 3];
        uint64_t k4 = node[i + 4], k5 = node[i + 5], k6 = node[i + 6], k7 = node[i + 7];
        for (size_t level = FOREST_TOP; level < forest->depth; level++) {
            k0 = child(k0, key[k0], lane[offset[k0]]);
            k1 = child(k1, key[k1], lane[(size_t)offset[k1] + 1]);
            k2 = child(k2, key[k2], lane[(size_t)offset[k2] + 2]);
            k3 = child(k3, key[k3], lane[(size_t)offset[k3] + 3]);
            k4 = child(k4, key[k4], lane[(size_t)offset[k4] + 4]);
            k5 = child(k5, key[k5], lane[(size_t)offset[k5] + 5]);
            k6 = child(k6, key[k6], lane[(size_t)offset[k6] + 6]);
            k7 = child(k7, key[k7], lane[(size_t)offset[k7] + 7]);
        }
        sum[i] += (double)path[k0];
        sum[i + 1] += (double)path[k1];
        sum[i + 2] += (double)path[k2];
        sum[i + 3] += (double)path[k3];
        sum[i + 4] += (double)path[k4];
        sum[i + 5] += (double)path[k5];
        sum[i + 6] += (double)path[k6];
        sum[i + 7] += (double)path[k7];
    }
}

void forest_score(const struct forest *forest, const float *x, size_t n, double *out)
{
    size_t lanes = forest->lanes, d = forest->d;
    uint32_t *column = malloc((d + 1) * lanes * sizeof *column);
    ASSERT(column != NULL);
    for (size_t first = 0; first < n; first += lanes) {
        size_t here = min_size(lanes, n - first);
        uint32_t node[FOREST_LANES];
        double sum[FOREST_LANES] = {0};
        fill_columns(x + first * d, here, d, lanes, column);
        for (size_t t = 0; t < forest->trees; t++) {
            size_t at = t << forest->depth;
            descend_top(forest->offset + at, forest->key + at, column, lanes, node);
            descend_rest(forest, at, column, node, sum);
        }
        for (size_t i = 0; i < here; i++)
            out[first + i] = forest->normal > 0 ? exp2(-sum[i] / (double)forest->trees / forest->normal) : 0.5;
    }
    free(column);
}
