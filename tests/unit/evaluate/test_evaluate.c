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

static const struct evaluate_params points = {.tpr = 0.9, .fpr = 0.001, .bootstrap = 0};

static struct metrics metrics_of(const double *score, const uint8_t *y, size_t n, double tpr, double fpr)
{
    struct evaluate_params params = {.tpr = tpr, .fpr = fpr};
    struct arena *arena = arena_new();
    struct metrics metrics;
    struct error err;
    assert_true(evaluate(score, y, n, &params, arena, &metrics, &err));
    arena_free(arena);
    return metrics;
}

/* Every pair, and every score as a threshold. */
static struct metrics brute_force(const double *score, const uint8_t *y, size_t n, double tpr, double fpr)
{
    struct metrics metrics = {0, tpr <= 0 ? 0 : 1, 0};
    double won = 0, n_class[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        n_class[y[i]]++;
    for (size_t t = 0; t < n; t++) {
        double flagged[2] = {0, 0};
        for (size_t i = 0; i < n; i++) {
            flagged[y[i]] += score[i] >= score[t];
            if (y[t] && !y[i])
                won += score[t] > score[i] ? 1 : score[t] == score[i] ? 0.5 : 0;
        }
        if (flagged[1] / n_class[1] >= tpr && flagged[0] / n_class[0] < metrics.fpr_at_tpr)
            metrics.fpr_at_tpr = flagged[0] / n_class[0];
        if (flagged[0] / n_class[0] <= fpr && flagged[1] / n_class[1] > metrics.tpr_at_fpr)
            metrics.tpr_at_fpr = flagged[1] / n_class[1];
    }
    metrics.auc = won / (n_class[0] * n_class[1]);
    return metrics;
}

static void test_by_hand(void **state)
{
    (void)state;
    const double score[] = {0.9, 0.8, 0.7, 0.6, 0.55, 0.5};
    const uint8_t y[] = {1, 1, 0, 1, 0, 0};
    struct metrics m = metrics_of(score, y, 6, 0.9, 0.3);
    assert_true(fabs(m.auc - 8.0 / 9) < 1e-15);
    assert_true(m.fpr_at_tpr == 1.0 / 3);
    assert_true(m.tpr_at_fpr == 2.0 / 3);
    assert_true(metrics_of(score, y, 6, 0.5, 0.34).fpr_at_tpr == 0);
    assert_true(metrics_of(score, y, 6, 0.5, 0.34).tpr_at_fpr == 1);
}

static void test_ties_are_steps(void **state)
{
    (void)state;
    const double same[] = {1, 1, 1, 1};
    const uint8_t y[] = {0, 1, 0, 1};
    struct metrics m = metrics_of(same, y, 4, 0.5, 0.5);
    assert_true(m.auc == 0.5);
    assert_true(m.fpr_at_tpr == 1); /* flagging one flags all */
    assert_true(m.tpr_at_fpr == 0);
    const double zeros[] = {0.0, -0.0, -1, 1};
    m = metrics_of(zeros, y, 4, 0.5, 0.4);
    assert_true(m.auc == 3.5 / 4); /* the two zeros tie */
    assert_true(m.fpr_at_tpr == 0);
    assert_true(m.tpr_at_fpr == 0.5);
}

static void test_perfect_and_reversed(void **state)
{
    (void)state;
    const double score[] = {INFINITY, 3, -2, -INFINITY};
    const uint8_t good[] = {1, 1, 0, 0}, bad[] = {0, 0, 1, 1};
    struct metrics m = metrics_of(score, good, 4, 1, 0);
    assert_true(m.auc == 1 && m.fpr_at_tpr == 0 && m.tpr_at_fpr == 1);
    m = metrics_of(score, bad, 4, 0.1, 0.99);
    assert_true(m.auc == 0 && m.fpr_at_tpr == 1 && m.tpr_at_fpr == 0);
    assert_true(metrics_of(score, bad, 4, 0, 0).fpr_at_tpr == 0); /* nothing needs to be found */
    assert_true(metrics_of(score, bad, 4, 0, 1).tpr_at_fpr == 1);
}

static void test_shares_that_doubles_cannot_hold(void **state)
{
    (void)state;
    double score[60];
    uint8_t y[60];
    for (size_t i = 0; i < 60; i++) {
        score[i] = -(double)i;
        y[i] = i < 27 || i >= 57; /* 27 of 30 malicious rows first: exactly 0.9 */
    }
    struct metrics m = metrics_of(score, y, 60, 0.9, 0.0);
    assert_true(m.fpr_at_tpr == 0);
    assert_true(m.tpr_at_fpr == 27.0 / 30);
}

static void test_against_brute_force(void **state)
{
    (void)state;
    double score[200];
    uint8_t y[200];
    for (uint64_t round = 0; round < 300; round++) {
        size_t n = 2 + rng_below(1, round, 0, 199);
        uint64_t distinct = 1 + rng_below(1, round, 1, 30); /* few values: many ties */
        double share = rng_unit(1, round, 2);
        for (size_t i = 0; i < n; i++) {
            y[i] = rng_unit(2, round, i) < share;
            score[i] = (double)rng_below(3, round, i, distinct) + (y[i] ? 0.25 * (double)distinct : 0);
            if (round % 3 == 0)
                score[i] += rng_normal(4, round, i);
        }
        y[0] = 0;
        y[1] = 1;
        double tpr = rng_unit(5, round, 0), fpr = rng_unit(5, round, 1) / 2;
        struct metrics m = metrics_of(score, y, n, tpr, fpr), expected = brute_force(score, y, n, tpr, fpr);
        assert_true(fabs(m.auc - expected.auc) < 1e-12);
        assert_true(m.fpr_at_tpr == expected.fpr_at_tpr);
        assert_true(m.tpr_at_fpr == expected.tpr_at_fpr);
    }
}

static void test_what_cannot_be_evaluated(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct metrics m;
    struct error err;
    const double score[] = {1, 2, NAN};
    const uint8_t benign[] = {0, 0, 0}, malicious[] = {1, 1, 1}, both[] = {0, 1, 1};
    assert_false(evaluate(score, benign, 2, &points, arena, &m, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_false(evaluate(score, malicious, 2, &points, arena, &m, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_false(evaluate(score, benign, 0, &points, arena, &m, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_false(evaluate(score, both, 3, &points, arena, &m, &err));
    assert_int_equal(err.code, ERROR_NUMERIC);
    assert_non_null(strstr(err.message, "row 2"));
    assert_true(evaluate(score, both, 2, &points, arena, &m, &err));
    arena_free(arena);
}

static void test_defaults(void **state)
{
    (void)state;
    struct evaluate_params params;
    params_default(evaluate_params_spec, &params);
    assert_true(params.tpr == 0.9 && params.fpr == 0.001 && params.daily_volume == 5e7);
    assert_int_equal(params.bootstrap, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_ties_are_steps),
        cmocka_unit_test(test_perfect_and_reversed),
        cmocka_unit_test(test_shares_that_doubles_cannot_hold),
        cmocka_unit_test(test_against_brute_force),
        cmocka_unit_test(test_what_cannot_be_evaluated),
        cmocka_unit_test(test_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
