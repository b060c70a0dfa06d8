#include "comm/topk.h"

#include "comm/agree.h"
#include "comm/reduce.h"
#include "comm_private.h"
#include "support/rng.h"
#include "support/sort.h"

#include <math.h>
#include <string.h>

/* A candidate; lower keys are better, ties go to the lower row. */
struct entry {
    uint64_t key;
    int64_t row;
    int32_t rank;
    uint32_t local;
};

/* The k best of what was offered, in O(k) memory and constant expected time an offer: candidates gather behind the k
 * best so far, and a selection throws out the worse part when the room is full. */
struct pool {
    struct entry *item;
    struct entry worst; /* of the k kept, once a selection has run */
    size_t n, capacity, k;
    bool cut;
    struct rng_state rng;
};

static bool entry_before(const struct entry *a, const struct entry *b)
{
    return a->key != b->key ? a->key < b->key : a->row < b->row;
}

static int entry_compare(const void *a, const void *b)
{
    return entry_before(a, b) ? -1 : entry_before(b, a);
}

/* Falling scores as rising keys, and back. */
static uint64_t score_key(double score)
{
    double normal = score + 0.0; /* -0 becomes 0 */
    uint64_t bits;

    memcpy(&bits, &normal, sizeof(bits));
    return bits >> 63 ? bits : ~(bits | (UINT64_C(1) << 63));
}

static double key_score(uint64_t key)
{
    uint64_t bits = key >> 63 ? key : ~key & ~(UINT64_C(1) << 63);
    double score;

    memcpy(&score, &bits, sizeof(score));
    return score;
}

/* Moves the k best of n to the front, the worst of them at k - 1 (1 <= k <= n). Drawn pivots: no usual order is slow.
 */
static void select_best(struct entry *item, size_t n, size_t k, struct rng_state *rng)
{
    int64_t low = 0, high = (int64_t)n - 1, target = (int64_t)k - 1;

    while (low < high) {
        struct entry pivot = item[low + (int64_t)rng_next_below(rng, (uint64_t)(high - low + 1))];
        int64_t i = low, j = high;
        while (i <= j) {
            while (entry_before(&item[i], &pivot))
                i++;
            while (entry_before(&pivot, &item[j]))
                j--;
            if (i <= j) {
                struct entry swap = item[i];
                item[i++] = item[j];
                item[j--] = swap;
            }
        }
        if (target <= j)
            high = j;
        else if (target >= i)
            low = i;
        else
            return;
    }
}

static struct pool pool_start(size_t k, size_t n_local, struct arena *arena)
{
    struct pool pool = {.k = min_size(k, n_local), .rng = rng_start(0, 0, 0)};
    size_t room = pool.k > 1024 ? pool.k : 1024;

    pool.capacity = min_size(n_local, pool.k + room);
    pool.item = ARENA_ARRAY(arena, struct entry, pool.capacity);
    return pool;
}

static void pool_cut(struct pool *pool)
{
    if (pool->n <= pool->k)
        return;
    select_best(pool->item, pool->n, pool->k, &pool->rng);
    pool->n = pool->k;
    pool->worst = pool->item[pool->k - 1];
    pool->cut = true;
}

static inline void pool_offer(struct pool *pool, struct entry entry)
{
    if (pool->cut && !entry_before(&entry, &pool->worst))
        return;
    if (pool->n == pool->capacity)
        pool_cut(pool);
    pool->item[pool->n++] = entry;
}

/* The k best of two sorted lists. */
static size_t merge_best(const struct entry *a, size_t n_a, const struct entry *b, size_t n_b, size_t k,
                         struct entry *out)
{
    size_t i = 0, j = 0, n = min_size(n_a + n_b, k);

    for (size_t m = 0; m < n; m++) {
        bool from_a = j == n_b || (i < n_a && entry_before(&a[i], &b[j]));
        out[m] = from_a ? a[i++] : b[j++];
    }
    return n;
}

/* Up a binary tree to rank 0, then down to all: the k best of all ranks, which has no fewer. item[n]: this rank's,
 * sorted. */
static const struct entry *merge_ranks(const struct comm *comm, const struct entry *item, size_t n, size_t k,
                                       struct arena *arena)
{
    struct entry *mine = ARENA_ARRAY(arena, struct entry, k), *foreign = ARENA_ARRAY(arena, struct entry, k);
    struct entry *merged = ARENA_ARRAY(arena, struct entry, k);
    uint64_t count = min_size(n, k), n_foreign;

    if (count > 0)
        memcpy(mine, item, count * sizeof(*mine));
    for (int step = 1; step < comm->size && comm->rank % step == 0; step *= 2) {
        if (comm->rank % (2 * step) != 0) {
            transfer_send(comm, &count, sizeof(count), comm->rank - step);
            transfer_send(comm, mine, count * sizeof(*mine), comm->rank - step);
        } else if (comm->rank + step < comm->size) {
            struct entry *swap = mine;
            transfer_recv(comm, &n_foreign, sizeof(n_foreign), comm->rank + step);
            transfer_recv(comm, foreign, n_foreign * sizeof(*foreign), comm->rank + step);
            count = merge_best(mine, count, foreign, n_foreign, k, merged);
            mine = merged;
            merged = swap;
        }
    }
    comm_bcast(comm, mine, k * sizeof(*mine), 0);
    return mine;
}

/* The k best of the pools of all ranks. */
static const struct entry *pool_merge(const struct comm *comm, struct pool *pool, size_t k, struct arena *arena)
{
    pool_cut(pool);
    sort_stable(pool->item, pool->n, sizeof(*pool->item), entry_compare, arena);
    return merge_ranks(comm, pool->item, pool->n, k, arena);
}

/* Rows that the result will have, and room for them. */
static void list_start(const struct comm *comm, size_t n_local, size_t k, struct arena *arena, struct ranked_list *out)
{
    int64_t n_global = (int64_t)n_local;

    ASSERT(n_local <= UINT32_MAX);
    reduce_sum_i64(comm, &n_global, 1);
    out->n = min_size(k, (size_t)n_global);
    out->item = ARENA_ARRAY(arena, struct ranked, out->n);
}

static void list_fill(struct ranked_list *out, const struct entry *item, bool scored)
{
    for (size_t i = 0; i < out->n; i++) {
        const struct entry *e = &item[i];
        out->item[i] = (struct ranked){scored ? key_score(e->key) : 0, e->row, e->rank, e->local};
    }
}

bool topk_best(const struct comm *comm, const double *score, const int64_t *row, size_t n_local, size_t k,
               struct arena *arena, struct ranked_list *out, struct error *err)
{
    struct arena_mark mark;
    struct pool pool;
    bool ok = true;

    for (size_t i = 0; i < n_local && ok; i++) {
        if (isnan(score[i]))
            ok = fail(err, ERROR_NUMERIC, "the score of row %" PRId64 " is not a number", row[i]);
    }
    TRY(agree(comm, ok, err));
    list_start(comm, n_local, k, arena, out);
    mark = arena_mark(arena);
    pool = pool_start(out->n, n_local, arena);
    for (size_t i = 0; i < n_local && pool.k > 0; i++)
        pool_offer(&pool, (struct entry){score_key(score[i]), row[i], comm->rank, (uint32_t)i});
    list_fill(out, pool_merge(comm, &pool, out->n, arena), true);
    arena_release(arena, mark);
    return true;
}

void topk_sample(const struct comm *comm, const uint64_t *key, const int64_t *row, size_t n_local, size_t k,
                 struct arena *arena, struct ranked_list *out)
{
    struct arena_mark mark;
    struct pool pool;

    list_start(comm, n_local, k, arena, out);
    mark = arena_mark(arena);
    pool = pool_start(out->n, n_local, arena);
    for (size_t i = 0; i < n_local && pool.k > 0; i++)
        pool_offer(&pool, (struct entry){key[i], row[i], comm->rank, (uint32_t)i});
    list_fill(out, pool_merge(comm, &pool, out->n, arena), false);
    arena_release(arena, mark);
}
