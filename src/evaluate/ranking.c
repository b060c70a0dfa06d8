#include "ranking.h"

#include "support/sort.h"

#include <math.h>

static bool check_lines(const struct scored *scored, struct error *err)
{
    const struct judged *set = scored->set;
    size_t n_class[2] = {0, 0};
    if (set->n >= UINT32_MAX / 2)
        return fail(err, ERROR_INPUT, "%zu lines are too many to judge at once; judge a sample of them", set->n);
    for (size_t i = 0; i < set->n; i++) {
        if (isnan(scored->score[i]))
            return fail(err, ERROR_NUMERIC, "the score of line %zu is not a number", i);
        ASSERT(set->y[i] <= 1);
        n_class[set->y[i]]++;
    }
    if (n_class[0] == 0 || n_class[1] == 0)
        return fail(err, ERROR_INPUT,
                    "%zu benign and %zu malicious lines: judging needs both classes; add lines of the missing one",
                    n_class[0], n_class[1]);
    return true;
}

bool ranking_make(const struct scored *scored, struct arena *arena, struct ranking *out, struct error *err)
{
    size_t n = scored->set->n;
    TRY(check_lines(scored, err));
    *out = (struct ranking){.n = n,
                            .line = ARENA_ARRAY(arena, uint32_t, n),
                            .key = ARENA_ARRAY(arena, uint64_t, n),
                            .end = ARENA_ARRAY(arena, uint32_t, n)};
    struct arena_mark mark = arena_mark(arena);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n);
    for (size_t i = 0; i < n; i++)
        key[i] = ~sort_key_f64(scored->score[i]);
    sort_order_u64(key, n, out->line, arena);
    for (size_t i = 0; i < n; i++) {
        out->key[i] = key[out->line[i]];
        if (i > 0 && out->key[i] != out->key[i - 1])
            out->end[out->n_steps++] = (uint32_t)i;
    }
    out->end[out->n_steps++] = (uint32_t)n;
    arena_release(arena, mark);
    return true;
}

size_t ranking_flagged(const struct ranking *ranking, double threshold)
{
    uint64_t key = ~sort_key_f64(threshold);
    size_t low = 0, high = ranking->n; /* lines before low are flagged, those from high on are not */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranking->key[middle] <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The product may be rounded either way: start one beside it, and compare shares. */
uint32_t fewest_of(uint32_t n, double share)
{
    uint32_t k = (uint32_t)(share * (double)n);
    k -= k > 0;
    while (k < n && (double)k / (double)n < share)
        k++;
    return k;
}

uint32_t most_of(uint32_t n, double share)
{
    uint32_t k = (uint32_t)(share * (double)n);
    k += k < n;
    while (k > 0 && (double)k / (double)n > share)
        k--;
    return k;
}
