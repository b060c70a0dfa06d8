#include "kmeans_score.h"

#include "column_scale.h"

enum {
    LANES = 32, /* centroids side by side */
    ABREAST = 4 /* rows that share one load of them */
};

struct centroids centroids_new(const double *centroid, size_t k, size_t d, struct arena *arena)
{
    ASSERT(k >= 1 && k <= UINT32_MAX - LANES);
    size_t stride = (k + LANES - 1) / LANES * LANES;
    float *at = ARENA_ARRAY(arena, float, d *stride);
    /* No row is farther from a true centroid than from the fillers, and a tie goes to the lower number. */
    static const float far_away = (float)(3 * SCALED_MOST);
    for (size_t c = 0; c < d; c++)
        for (size_t j = 0; j < stride; j++)
            at[c * stride + j] = j < k ? (float)centroid[j * d + c] : far_away;
    return (struct centroids){.k = k, .d = d, .stride = stride, .at = at};
}

/* square[ABREAST][LANES]: from each row to each centroid of the tile. */
VECTOR_CLONES static void tile_squares(const float *const row[ABREAST], size_t d, const float *restrict at,
                                       size_t stride, float square[restrict ABREAST][LANES])
{
    float sum[ABREAST][LANES] = {{0}};
    const float *a = row[0], *b = row[1], *e = row[2], *f = row[3];
    for (size_t c = 0; c < d; c++) {
        const float *centroid = at + c * stride;
        for (size_t j = 0; j < LANES; j++) {
            float off0 = a[c] - centroid[j], off1 = b[c] - centroid[j];
            float off2 = e[c] - centroid[j], off3 = f[c] - centroid[j];
            sum[0][j] += off0 * off0;
            sum[1][j] += off1 * off1;
            sum[2][j] += off2 * off2;
            sum[3][j] += off3 * off3;
        }
    }
    memcpy(square, sum, sizeof sum);
}

VECTOR_CLONES static void keep_nearest(const float *restrict square, uint32_t first, float *restrict best,
                                       uint32_t *restrict which)
{
    for (uint32_t j = 0; j < LANES; j++) {
        bool nearer = square[j] < best[j];
        best[j] = nearer ? square[j] : best[j];
        which[j] = nearer ? first + j : which[j];
    }
}

static size_t first_nearest(const float *best, const uint32_t *which)
{
    size_t at = 0;
    for (size_t j = 1; j < LANES; j++)
        if (best[j] < best[at] || (best[j] <= best[at] && which[j] < which[at]))
            at = j;
    return at;
}

void centroids_nearest(const struct centroids *centroids, const float *z, size_t n, uint32_t *nearest, float *square)
{
    size_t d = centroids->d;
    for (size_t first = 0; first < n; first += ABREAST) {
        size_t here = min_size(n - first, ABREAST);
        const float *row[ABREAST];
        for (size_t r = 0; r < ABREAST; r++)
            row[r] = z + (first + min_size(r, here - 1)) * d;
        float best[ABREAST][LANES], tile[ABREAST][LANES];
        uint32_t which[ABREAST][LANES];
        tile_squares(row, d, centroids->at, centroids->stride, best);
        for (size_t r = 0; r < ABREAST; r++)
            for (uint32_t j = 0; j < LANES; j++)
                which[r][j] = j;
        for (size_t at = LANES; at < centroids->stride; at += LANES) {
            tile_squares(row, d, centroids->at + at, centroids->stride, tile);
            for (size_t r = 0; r < ABREAST; r++)
                keep_nearest(tile[r], (uint32_t)at, best[r], which[r]);
        }
        for (size_t r = 0; r < here; r++) {
            size_t at = first_nearest(best[r], which[r]);
            nearest[first + r] = which[r][at];
            square[first + r] = best[r][at];
        }
    }
}
