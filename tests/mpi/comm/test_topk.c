#include "mpi_test.h"

#include "comm/topk.h"
#include "deal.h"
#include "normal.h"
#include "support/hash.h"

#include <math.h>
#include <string.h>

enum score_kind { SCORE_RANDOM, SCORE_TIED, SCORE_EQUAL, SCORE_RISING, SCORE_FALLING, SCORE_EXTREME, SCORE_COUNT };

static double score_of(enum score_kind kind, int64_t row)
{
    static const double extreme[] = {INFINITY, -INFINITY, 0.0, -0.0, 5e-324, -5e-324, 1.7e308, -1.7e308, 1, -1};

    switch (kind) {
    case SCORE_TIED:
        return (double)rng_below(1, 0, (uint64_t)row, 5);
    case SCORE_EQUAL:
        return 1;
    case SCORE_RISING:
        return (double)row;
    case SCORE_FALLING:
        return -(double)row;
    case SCORE_EXTREME:
        return extreme[row % 10];
    default:
        return normal_number(2, 0, (uint64_t)row);
    }
}

static int best_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

struct job {
    enum score_kind kind;
    enum deal deal;
    size_t n, k;
};

/* The k best by sorting everything. */
static struct ranked *best_by_sorting(const struct job *job, struct arena *arena)
{
    struct ranked *all = ARENA_ZARRAY(arena, struct ranked, job->n + 1);

    for (size_t i = 0; i < job->n; i++)
        all[i] = (struct ranked){.score = score_of(job->kind, (int64_t)i), .row = (int64_t)i};
    qsort(all, job->n, sizeof(*all), best_first);
    return all;
}

static bool topk_right(const struct comm *comm, const struct job *job)
{
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, job->n);
    size_t n_local = deal_rows(comm, job->deal, job->n, row);
    double *score = ARENA_ARRAY(arena, double, n_local);
    struct ranked *expected = best_by_sorting(job, arena);
    struct ranked_list list;
    struct error err;
    bool right;

    for (size_t i = 0; i < n_local; i++)
        score[i] = score_of(job->kind, row[i]);
    right = topk_best(comm, score, row, n_local, job->k, arena, &list, &err);
    right = right && list.n == min_size(job->n, job->k);
    for (size_t i = 0; i < list.n && right; i++) {
        const struct ranked *item = &list.item[i];
        right = item->row == expected[i].row && item->score == expected[i].score &&
                item->rank == deal_owner(job->deal, item->row, comm_size(comm));
        if (item->rank == comm_rank(comm))
            right = right && item->local < n_local && row[item->local] == item->row;
    }
    arena_free(arena);
    return right;
}

static void test_best(void **state)
{
    const struct comm *world = *state;
    static const size_t sizes[] = {0, 1, 4, 3000}, ks[] = {0, 1, 3, 1500, 5000};

    for (int kind = 0; kind < SCORE_COUNT; kind++) {
        for (int deal = 0; deal < DEAL_COUNT; deal++) {
            bool right = true;
            for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
                for (size_t k = 0; k < ARRAY_LEN(ks); k++) {
                    struct job job = {(enum score_kind)kind, (enum deal)deal, sizes[s], ks[k]};
                    bool one = topk_right(world, &job);
                    right = right && one;
                }
            }
            assert_all(world, right);
        }
    }
}

static void test_k_beyond_everything(void **state)
{
    const struct comm *world = *state;
    struct job job = {SCORE_TIED, DEAL_SCATTERED, 50, SIZE_MAX};

    assert_all(world, topk_right(world, &job));
}

/* Many more rows than k in every order: the local cut throws out rows many times. */
static void test_long(void **state)
{
    const struct comm *world = *state;

    for (int kind = 0; kind < SCORE_COUNT; kind++) {
        struct job job = {(enum score_kind)kind, DEAL_IN_TURN, 40000, 20};
        assert_all(world, topk_right(world, &job));
        job.deal = DEAL_ALL_ON_LAST;
        job.k = 2000;
        assert_all(world, topk_right(world, &job));
    }
}

static void test_nan(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    int last = comm_size(world) - 1;
    double score[] = {1, comm_rank(world) == last ? NAN : 2, 3};
    int64_t row[] = {comm_rank(world) * 3, comm_rank(world) * 3 + 1, comm_rank(world) * 3 + 2};
    struct ranked_list list;
    struct error err;
    bool ok = topk_best(world, score, row, 3, 2, arena, &list, &err);
    char name[32];

    snprintf(name, sizeof(name), "row %d ", last * 3 + 1);
    arena_free(arena);
    assert_all(world, !ok && err.code == ERROR_NUMERIC && err.rank == last && strstr(err.message, name) != NULL);
}

/* However many rows there are, a rank sends O(k) of them, and its arena does not keep more than the list. */
static void test_cost(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    size_t n = 50000, k = 10;
    double *score = ARENA_ARRAY(arena, double, n);
    int64_t *row = ARENA_ARRAY(arena, int64_t, n), sent;
    struct ranked_list list;
    struct error err;
    size_t used;
    bool ok;

    for (size_t i = 0; i < n; i++) {
        row[i] = (int64_t)i * comm_size(world) + comm_rank(world);
        score[i] = score_of(SCORE_RANDOM, row[i]);
    }
    used = arena_used(arena);
    sent = comm_bytes_sent(world);
    ok = topk_best(world, score, row, n, k, arena, &list, &err);
    sent = comm_bytes_sent(world) - sent;
    used = arena_used(arena) - used;
    arena_free(arena);
    assert_all(world, ok && sent > 0 && sent <= 2 * (int64_t)(k * sizeof(struct ranked)) + 64);
    assert_all(world, used <= k * sizeof(struct ranked) + 64);
}

struct sample_job {
    enum deal deal;
    size_t n, k;
    uint64_t key_limit;
};

static uint64_t sample_digest(const struct comm *comm, void *context)
{
    const struct sample_job *job = context;
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, job->n);
    size_t n_local = deal_rows(comm, job->deal, job->n, row);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n_local), digest;
    struct ranked_list list;

    for (size_t i = 0; i < n_local; i++)
        key[i] = rng_below(11, 0, (uint64_t)row[i], job->key_limit);
    topk_sample(comm, key, row, n_local, job->k, arena, &list);
    digest = list.n;
    for (size_t i = 0; i < list.n; i++) {
        uint64_t k = rng_below(11, 0, (uint64_t)list.item[i].row, job->key_limit), before = 0;
        if (i > 0)
            before = rng_below(11, 0, (uint64_t)list.item[i - 1].row, job->key_limit);
        ASSERT(list.item[i].score == 0);
        ASSERT(i == 0 || before < k || (before == k && list.item[i - 1].row < list.item[i].row));
        digest = hash_mix(digest + (uint64_t)list.item[i].row);
    }
    arena_free(arena);
    return digest;
}

static void test_sample(void **state)
{
    const struct comm *world = *state;
    static const uint64_t limits[] = {UINT64_MAX, 7, 1};

    for (size_t l = 0; l < ARRAY_LEN(limits); l++) {
        struct sample_job job = {DEAL_IN_TURN, 5000, 256, limits[l]};
        uint64_t digest = sample_digest(world, &job);
        for (int deal = 0; deal < DEAL_COUNT; deal++) {
            job.deal = (enum deal)deal;
            assert_all(world, sample_digest(world, &job) == digest);
        }
        assert_same_on_any_ranks(world, sample_digest, &job);
    }
}

/* With as many places as rows, the sample is all rows; with one place, it is the row of the lowest key. */
static void test_sample_ends(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    int64_t row = comm_rank(world), lowest = comm_size(world) - 1;
    uint64_t key = 100 - (uint64_t)row;
    struct ranked_list all, one, none;

    topk_sample(world, &key, &row, 1, 99, arena, &all);
    topk_sample(world, &key, &row, 1, 1, arena, &one);
    topk_sample(world, &key, &row, 0, 5, arena, &none);
    assert_all(world, all.n == (size_t)comm_size(world) && all.item[0].row == lowest && all.item[all.n - 1].row == 0);
    assert_all(world, one.n == 1 && one.item[0].row == lowest && one.item[0].rank == lowest && none.n == 0);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best),        cmocka_unit_test(test_k_beyond_everything),
        cmocka_unit_test(test_long),        cmocka_unit_test(test_nan),
        cmocka_unit_test(test_cost),        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_sample_ends),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
