#include "near.h"

#include <math.h>
#include <string.h>

void near_normalize(float *row, size_t d)
{
    double squares = 0;
    for (size_t i = 0; i < d; i++)
        squares += (double)row[i] * (double)row[i];
    if (squares == 0)
        return;
    const double length = sqrt(squares);
    for (size_t i = 0; i < d; i++)
        row[i] = (float)((double)row[i] / length);
}

struct near near_start(size_t d, struct arena *arena)
{
    return (struct near){.d = d, .arena = arena};
}

void near_keep(struct near *near, const float *row)
{
    const size_t row_bytes = near->d * sizeof(*row);
    if (near->n == near->capacity) {
        const size_t capacity = near->capacity == 0 ? 64 : 2 * near->capacity;
        float *grown = arena_alloc(near->arena, capacity, row_bytes);
        if (near->n > 0)
            memcpy(grown, near->row, near->n * row_bytes);
        near->row = grown;
        near->capacity = capacity;
    }
    memcpy(near->row + near->n * near->d, row, row_bytes);
    near->n++;
}

struct near_batch near_batch_new(size_t d, struct arena *arena)
{
    return (struct near_batch){.packed = ARENA_ARRAY(arena, float, d *NEAR_BATCH)};
}

static void raise_highest(float *restrict highest, const float *restrict sum)
{
    for (size_t j = 0; j < NEAR_BATCH; j++)
        highest[j] = sum[j] > highest[j] ? sum[j] : highest[j];
}

/* Two rows at a time hide the latency of the additions; an odd last row is taken twice, which changes no maximum. Wider
 * registers hold more of the independent sums, none is split. */
VECTOR_CLONES static void compare(const float *restrict packed, const float *restrict row, size_t n, size_t d,
                                  float *restrict highest)
{
    for (size_t k = 0; k < n; k += 2) {
        const float *restrict pair = row + k * d;
        const size_t step = k + 1 < n ? d : 0;
        float sum[2][NEAR_BATCH] = {{0}};
        for (size_t i = 0; i < d; i++)
            for (size_t r = 0; r < 2; r++) {
                const float x = pair[r * step + i];
                for (size_t j = 0; j < NEAR_BATCH; j++)
                    sum[r][j] += packed[i * NEAR_BATCH + j] * x;
            }
        raise_highest(highest, sum[0]);
        raise_highest(highest, sum[1]);
    }
}

void near_compare(const struct near *near, const float *rows, size_t n, struct near_batch *batch)
{
    ASSERT(n <= NEAR_BATCH);
    for (size_t j = 0; j < NEAR_BATCH; j++)
        batch->highest[j] = -1;
    for (size_t i = 0; i < near->d; i++)
        for (size_t j = 0; j < NEAR_BATCH; j++)
            batch->packed[i * NEAR_BATCH + j] = j < n ? rows[j * near->d + i] : 0;
    compare(batch->packed, near->row, near->n, near->d, batch->highest);
}

void near_compare_row(const struct near *near, const float *row, struct near_batch *batch)
{
    compare(batch->packed, row, 1, near->d, batch->highest);
}
