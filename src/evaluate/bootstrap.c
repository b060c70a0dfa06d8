#include "evaluate/roc.h"

#include "support/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool evaluate_bootstrap(const double *score, const uint8_t *y, size_t n, const struct evaluate_params *params,
                        uint64_t seed, struct arena *arena, struct metrics *out, struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct ranking ranking;
    TRY(ranking_make(score, y, n, arena, &ranking, err));
    uint32_t *count[2];
    for (int c = 0; c < 2; c++)
        count[c] = ARENA_ARRAY(arena, uint32_t, ranking.n_groups);
    for (int64_t i = 0; i < params->bootstrap; i++) {
        for (uint64_t c = 0; c < 2; c++) {
            struct rng_state rng = rng_start(seed, rng_stream("bootstrap", c, 0), (uint64_t)i);
            size_t n_class = ranking.n_class[c];
            memset(count[c], 0, ranking.n_groups * sizeof(count[c][0]));
            for (size_t k = 0; k < n_class; k++)
                count[c][ranking.group[c][rng_next_below(&rng, n_class)]]++;
        }
        out[i] = ranking_metrics(&ranking, count, params);
    }
    arena_release(arena, mark);
    return true;
}

static int compare_f64(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* value[n] rising; share in [0, 1]. */
static double quantile(const double *value, size_t n, double share)
{
    double place = share * (double)(n - 1);
    size_t below = min_size((size_t)floor(place), n - 1);
    size_t above = min_size(below + 1, n - 1);
    return value[below] + (place - (double)below) * (value[above] - value[below]);
}

void evaluate_interval(double *value, size_t n, double level, double *low, double *high)
{
    ASSERT(n > 0 && level >= 0 && level <= 1);
    qsort(value, n, sizeof(value[0]), compare_f64);
    *low = quantile(value, n, (1 - level) / 2);
    *high = quantile(value, n, (1 + level) / 2);
}
