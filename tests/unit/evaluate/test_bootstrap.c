#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "evaluate/evaluate.h"
#include "support/rng.h"

#include <math.h>
#include <string.h>

enum { N = 400, RESAMPLES = 400 };

struct rows {
    double score[N];
    uint8_t y[N];
};

/* Binormal scores: malicious ones are `shift` higher. */
static struct rows make_rows(uint64_t seed, double shift)
{
    struct rows rows;
    for (size_t i = 0; i < N; i++) {
        rows.y[i] = i % 4 == 0;
        rows.score[i] = rng_normal(seed, 1, i) + (rows.y[i] ? shift : 0);
    }
    return rows;
}

static void resample(const struct rows *rows, uint64_t seed, int64_t n_resamples, struct metrics *out)
{
    struct evaluate_params params = {.tpr = 0.9, .fpr = 0.05, .bootstrap = n_resamples};
    struct arena *arena = arena_new();
    struct error err;
    assert_true(evaluate_bootstrap(rows->score, rows->y, N, &params, seed, arena, out, &err));
    arena_free(arena);
}

static void test_resample_depends_on_seed_and_number_only(void **state)
{
    (void)state;
    static struct metrics all[RESAMPLES], few[10], other[10];
    struct rows rows = make_rows(1, 1);
    resample(&rows, 7, RESAMPLES, all);
    resample(&rows, 7, 10, few);
    resample(&rows, 8, 10, other);
    assert_memory_equal(all, few, sizeof(few));
    assert_memory_not_equal(all, other, sizeof(other));
    for (size_t i = 1; i < 10; i++)
        assert_true(all[i].auc != all[i - 1].auc);
}

static void test_resamples_are_paired(void **state)
{
    (void)state;
    static struct metrics a[RESAMPLES], b[RESAMPLES], c[RESAMPLES];
    struct rows rows = make_rows(1, 1), same_order = rows, nearly = rows;
    for (size_t i = 0; i < N; i++) {
        same_order.score[i] = exp(3 * rows.score[i]);
        nearly.score[i] += 0.05 * rng_normal(3, 3, i);
    }
    resample(&rows, 7, RESAMPLES, a);
    resample(&same_order, 7, RESAMPLES, b);
    assert_memory_equal(a, b, sizeof(a));
    resample(&nearly, 7, RESAMPLES, c);
    double spread = 0, paired_spread = 0;
    for (size_t i = 0; i < RESAMPLES; i++) {
        spread += (a[i].auc - a[(i + 1) % RESAMPLES].auc) * (a[i].auc - a[(i + 1) % RESAMPLES].auc);
        paired_spread += (a[i].auc - c[i].auc) * (a[i].auc - c[i].auc);
    }
    assert_true(paired_spread < spread / 20); /* the same rows are drawn: differences vary far less */
}

/* Classes keep their sizes: with constant scores nothing can vary, with one malicious row TPR is 0 or 1. */
static void test_stratified(void **state)
{
    (void)state;
    static struct metrics m[RESAMPLES];
    struct rows rows = make_rows(2, 1);
    for (size_t i = 0; i < N; i++)
        rows.score[i] = 5;
    resample(&rows, 1, RESAMPLES, m);
    for (size_t i = 0; i < RESAMPLES; i++)
        assert_true(m[i].auc == 0.5 && m[i].fpr_at_tpr == 1 && m[i].tpr_at_fpr == 0);
    rows = make_rows(3, 0);
    memset(rows.y, 0, N);
    rows.y[17] = 1;
    resample(&rows, 1, RESAMPLES, m);
    for (size_t i = 0; i < RESAMPLES; i++)
        assert_true(m[i].tpr_at_fpr == 0 || m[i].tpr_at_fpr == 1);
}

/* AUC of the binormal model is Phi(shift / sqrt 2). About 95 of 100 intervals should hold it. */
static void test_intervals_cover_the_truth(void **state)
{
    (void)state;
    static struct metrics m[RESAMPLES];
    double truth = 0.5 * erfc(-1.0 / 2), value[RESAMPLES];
    int covered = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct rows rows = make_rows(100 + seed, 1);
        double low, high;
        resample(&rows, seed, RESAMPLES, m);
        for (size_t i = 0; i < RESAMPLES; i++)
            value[i] = metric_value(&m[i], METRIC_AUC);
        evaluate_interval(value, RESAMPLES, 0.95, &low, &high);
        assert_true(high > low && high - low < 0.2);
        covered += low <= truth && truth <= high;
    }
    assert_in_range(covered, 87, 100);
}

static void test_one_class_fails(void **state)
{
    (void)state;
    struct rows rows = make_rows(1, 1);
    struct evaluate_params params = {.tpr = 0.9, .fpr = 0.05, .bootstrap = 1};
    struct arena *arena = arena_new();
    struct metrics m;
    struct error err;
    memset(rows.y, 1, N);
    assert_false(evaluate_bootstrap(rows.score, rows.y, N, &params, 0, arena, &m, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    arena_free(arena);
}

static void test_interval_by_hand(void **state)
{
    (void)state;
    double value[] = {5, 1, 4, 2, 3}, one[] = {7}, low, high;
    evaluate_interval(value, 5, 0.5, &low, &high);
    assert_true(low == 2 && high == 4);
    evaluate_interval(value, 5, 0.75, &low, &high);
    assert_true(low == 1.5 && high == 4.5);
    evaluate_interval(value, 5, 1, &low, &high);
    assert_true(low == 1 && high == 5);
    evaluate_interval(one, 1, 0.95, &low, &high);
    assert_true(low == 7 && high == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resample_depends_on_seed_and_number_only),
        cmocka_unit_test(test_resamples_are_paired),
        cmocka_unit_test(test_stratified),
        cmocka_unit_test(test_intervals_cover_the_truth),
        cmocka_unit_test(test_one_class_fails),
        cmocka_unit_test(test_interval_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
