#include "text_spread.h"

#include "comm/exchange.h"
#include "comm/reduce.h"
#include "support/index.h"
#include "support/sort.h"

#include <float.h>
#include <math.h>

/* The value that `below` others come before. The key is found byte by byte from the top. */
static double select_value(const struct comm *comm, const double *value, const uint64_t *key, size_t n, int64_t below)
{
    uint64_t found = 0, known = 0; /* known: the bits of found that are set already */
    for (int shift = 56; shift >= 0; shift -= 8) {
        int64_t count[256] = {0};
        for (size_t i = 0; i < n; i++)
            if ((key[i] & known) == found)
                count[key[i] >> shift & 255]++;
        reduce_sum_i64(comm, count, 256);
        uint64_t byte = 0;
        for (; count[byte] <= below; byte++)
            below -= count[byte];
        found |= byte << shift;
        known |= UINT64_C(255) << shift;
    }
    double result = -DBL_MAX;
    for (size_t i = 0; i < n; i++)
        if (key[i] == found)
            result = value[i];
    reduce_max_f64(comm, &result, 1);
    return result;
}

static double median_all(const struct comm *comm, const double *value, uint64_t *key, size_t n, int64_t n_global)
{
    for (size_t i = 0; i < n; i++)
        key[i] = sort_key_f64(value[i]);
    return select_value(comm, value, key, n, (n_global - 1) / 2);
}

struct spread spread_all(const struct comm *comm, const double *value, size_t n, struct arena *arena)
{
    int64_t n_global = (int64_t)n;
    reduce_sum_i64(comm, &n_global, 1);
    if (n_global == 0)
        return (struct spread){0, 0};
    struct arena_mark mark = arena_mark(arena);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n);
    double *deviation = ARENA_ARRAY(arena, double, n);
    double median = median_all(comm, value, key, n, n_global);
    for (size_t i = 0; i < n; i++)
        deviation[i] = fabs(value[i] - median);
    double mad = median_all(comm, deviation, key, n, n_global);
    arena_release(arena, mark);
    return (struct spread){median, mad};
}

static int by_group_then_value(const void *a, const void *b)
{
    const struct group_value *x = a, *y = b;
    int order = hash128_compare(x->group, y->group);
    return order != 0 ? order : (x->value > y->value) - (x->value < y->value);
}

/* Of values that rise: the smallest deviations are found by walking outwards from the median. */
static struct spread spread_sorted(const struct group_value *value, size_t n)
{
    size_t middle = (n - 1) / 2, below = middle, above = middle + 1; /* below: values left of it are yet to be passed */
    double median = value[middle].value, deviation = 0;
    for (size_t passed = 0; passed < middle; passed++) {
        double down = below > 0 ? median - value[below - 1].value : INFINITY;
        double up = above < n ? value[above].value - median : INFINITY;
        deviation = fmin(down, up);
        if (down < up)
            below--;
        else
            above++;
    }
    return (struct spread){median, deviation};
}

static int *owners(const struct comm *comm, const struct hash128 *group, size_t n, size_t stride, struct arena *arena)
{
    int *dest = ARENA_ARRAY(arena, int, n);
    const char *at = (const char *)group;
    for (size_t i = 0; i < n; i++) {
        struct hash128 hash;
        memcpy(&hash, at + i * stride, sizeof hash);
        dest[i] = exchange_owner(hash.hi, comm_size(comm));
    }
    return dest;
}

void spread_groups(const struct comm *comm, const struct group_value *value, size_t n, const struct hash128 *group,
                   size_t n_groups, struct spread *out)
{
    struct arena *scratch = arena_new();
    struct exchange values, asked;
    exchange_records(comm, value, sizeof *value, n, owners(comm, &value->group, n, sizeof *value, scratch), scratch,
                     &values);
    exchange_records(comm, group, sizeof *group, n_groups, owners(comm, group, n_groups, sizeof *group, scratch),
                     scratch, &asked);
    struct group_value *sorted = values.records;
    sort_stable(sorted, values.n, sizeof *sorted, by_group_then_value, scratch);
    struct spread *spread = ARENA_ARRAY(scratch, struct spread, values.n);
    struct key_index index = {0};
    for (size_t first = 0, end; first < values.n; first = end) {
        for (end = first + 1; end < values.n && hash128_equal(sorted[end].group, sorted[first].group);)
            end++;
        bool is_new;
        spread[key_index_number(&index, sorted[first].group, &is_new)] = spread_sorted(sorted + first, end - first);
    }
    struct spread *answer = ARENA_ARRAY(scratch, struct spread, asked.n);
    const struct hash128 *wanted = asked.records;
    for (size_t i = 0; i < asked.n; i++) {
        size_t place = key_index_look(&index, wanted[i]);
        answer[i] = place != KEY_UNKNOWN ? spread[place] : (struct spread){0, 0};
    }
    exchange_reply(comm, &asked, answer, sizeof *answer, out, scratch);
    key_index_free(&index);
    arena_free(scratch);
}
