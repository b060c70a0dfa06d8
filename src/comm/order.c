#include "comm/order.h"

#include "comm/exchange.h"
#include "comm/gather.h"
#include "comm/reduce.h"
#include "support/sort.h"

/* Samples a rank gives for the choice of ranges: with 256, a range is at most about 1/256 of all rows off its share. */
enum { SAMPLES = 256 };

struct item {
    uint64_t key;
    int64_t row;
    uint64_t index; /* where it stood on the rank that sorts it */
};

/* A sample stands for `weight` items of its rank. */
struct sample {
    struct item item;
    uint64_t weight;
};

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int compare_samples(const void *a, const void *b)
{
    return compare_items(&((const struct sample *)a)->item, &((const struct sample *)b)->item);
}

/* limit[r], r < n_ranks - 1: the first item beyond the range of rank r. The same on every rank; ranges are about even,
 * and the places do not depend on them. */
static struct item *choose_limits(const struct comm *comm, const struct item *sorted, size_t n, struct arena *arena)
{
    const size_t n_ranks = (size_t)comm_size(comm), n_own = min_size(n, SAMPLES);
    struct sample *own = ARENA_ARRAY(arena, struct sample, n_own);
    struct item *limit = ARENA_ARRAY(arena, struct item, n_ranks);
    uint64_t total = 0, before = 0;
    size_t n_all, r = 0;

    for (size_t k = 0; k < n_own; k++) {
        const size_t first = n * k / n_own, end = n * (k + 1) / n_own;
        own[k] = (struct sample){sorted[first], end - first};
    }
    struct sample *all = gather_all(comm, own, sizeof(*own), n_own, -1, &n_all, arena);
    sort_stable(all, n_all, sizeof(*all), compare_samples, arena);
    for (size_t k = 0; k < n_all; k++)
        total += all[k].weight;
    for (size_t k = 0; k < n_all; k++) {
        for (; r + 1 < n_ranks && before >= total / n_ranks * (r + 1) + 1; r++)
            limit[r] = all[k].item;
        before += all[k].weight;
    }
    for (; r + 1 < n_ranks; r++) /* nothing is as large */
        limit[r] = (struct item){.key = UINT64_MAX, .row = INT64_MAX};
    return limit;
}

/* answer[j]: place of the j-th item that arrived here. */
static int64_t *number_arrived(const struct comm *comm, struct item *item, size_t n, struct arena *arena)
{
    int64_t *answer = ARENA_ARRAY(arena, int64_t, n);
    const int64_t before = reduce_scan_i64(comm, (int64_t)n);

    for (size_t j = 0; j < n; j++)
        item[j].index = j;
    sort_stable(item, n, sizeof(*item), compare_items, arena);
    for (size_t k = 0; k < n; k++)
        answer[item[k].index] = before + (int64_t)k;
    return answer;
}

void order_places(const struct comm *comm, const uint64_t *key, const int64_t *row, size_t n, struct arena *arena,
                  int64_t *place)
{
    const struct arena_mark mark = arena_mark(arena);
    struct item *item = ARENA_ARRAY(arena, struct item, n);
    int *dest = ARENA_ARRAY(arena, int, n), r = 0;
    int64_t *sorted_place = ARENA_ARRAY(arena, int64_t, n);
    struct exchange here;

    for (size_t i = 0; i < n; i++)
        item[i] = (struct item){key != NULL ? key[i] : 0, row[i], i};
    sort_stable(item, n, sizeof(*item), compare_items, arena);
    const struct item *limit = choose_limits(comm, item, n, arena);
    for (size_t k = 0; k < n; k++) {
        while (r + 1 < comm_size(comm) && compare_items(&item[k], &limit[r]) >= 0)
            r++;
        dest[k] = r;
    }
    exchange_records(comm, item, sizeof(*item), n, dest, arena, &here);
    const int64_t *answer = number_arrived(comm, here.records, here.n, arena);
    exchange_reply(comm, &here, answer, sizeof(*answer), sorted_place, arena);
    for (size_t k = 0; k < n; k++)
        place[item[k].index] = sorted_place[k];
    arena_release(arena, mark);
}
