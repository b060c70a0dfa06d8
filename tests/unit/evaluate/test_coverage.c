/* A part of the coverage simulation with fixed seeds: `bash experiments/coverage/run.sh` makes all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "coverage_test.h"

#include <stdio.h>

enum { SIMULATIONS = 200, RESAMPLES = 100, TRUTH = 2000, SEEDS = 10 };

/* Three standard errors below the 93 % that every cell of the full simulation must reach. */
static const double least = 0.93 - 0.054;

static void check_design(size_t clusters, bool skewed, double by_seeds)
{
    const struct coverage_design design = {clusters, skewed, by_seeds, 1.5};
    struct arena *arena = arena_new();
    struct coverage_count count = {0};
    double truth[COVERAGE_ARMS][METRIC_COUNT];
    coverage_truth(&design, TRUTH, arena, truth);
    for (size_t i = 0; i < SIMULATIONS; i++)
        coverage_count(&design, i, SEEDS, RESAMPLES, truth, arena, &count);
    for (size_t s = 0; coverage_seeds[s] <= SEEDS; s++)
        for (size_t k = 0; k < COVERAGE_METRICS; k++) {
            double mean = (double)count.mean[s][k] / SIMULATIONS, gap = (double)count.difference[s][k] / SIMULATIONS;
            if (mean < least || gap < least)
                print_error("%zu clusters, %zu seeds, %s: mean %.3f, difference %.3f\n", clusters, coverage_seeds[s],
                            metrics[coverage_metrics[k]].name, mean, gap);
            assert_true(mean >= least && gap >= least);
        }
    arena_free(arena);
}

static void test_few_clusters(void **state)
{
    (void)state;
    check_design(10, true, 0.3);
}

static void test_lines_and_seeds(void **state)
{
    (void)state;
    check_design(50, true, 1);
}

static void test_mostly_seeds(void **state)
{
    (void)state;
    check_design(50, false, 3);
}

/* What a percentile of three seeds, or t over seeds alone, would miss. */
static void test_no_interval_without_seeds_or_clusters(void **state)
{
    (void)state;
    const double value[3] = {0.2, 0.3, 0.4};
    const float draws[3] = {0.25F, 0.3F, 0.35F};
    const float *resample[3] = {draws, draws, draws};
    struct arena *arena = arena_new();
    struct estimate two = estimate_mean(value, resample, 2, 3, 50, 0, 1, arena);
    struct estimate nine = estimate_mean(value, resample, 3, 3, 9.9, 0, 1, arena);
    struct estimate good = estimate_mean(value, resample, 3, 3, 10, 0, 1, arena);
    assert_int_equal(two.state, INTERVAL_FEW_SEEDS);
    assert_int_equal(nine.state, INTERVAL_FEW_CLUSTERS);
    assert_true(isnan(two.low) && isnan(two.high) && isnan(nine.low) && isnan(nine.high));
    assert_true(fabs(two.mean - 0.25) < 1e-12 && fabs(nine.mean - 0.3) < 1e-12);
    assert_int_equal(good.state, INTERVAL_GIVEN);
    assert_true(0 < good.low && good.low < 0.3 && 0.3 < good.high && good.high < 1);
    arena_free(arena);
}

static void test_bounds_and_missing_seeds(void **state)
{
    (void)state;
    const double none[3] = {NAN, NAN, NAN}, zero[4] = {0, 0, 0, NAN};
    const float draws[2] = {0, 0};
    const float *resample[4] = {draws, draws, draws, draws};
    struct arena *arena = arena_new();
    struct estimate e = estimate_mean(none, resample, 3, 2, 50, 0, 1, arena);
    assert_int_equal(e.state, INTERVAL_NO_VALUE);
    e = estimate_mean(zero, resample, 4, 2, 50, 0, 1, arena);
    assert_int_equal(e.n_seeds, 3);
    assert_true(e.mean == 0 && e.low == 0 && fabs(e.high - (1 - pow(0.025, 1 / 50.0))) < 1e-12);
    e = estimate_difference(zero, resample, zero, resample, 4, 2, 50, arena);
    assert_true(e.mean == 0 && e.low == 0 && e.high == 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_few_clusters), cmocka_unit_test(test_lines_and_seeds),
                                       cmocka_unit_test(test_mostly_seeds),
                                       cmocka_unit_test(test_no_interval_without_seeds_or_clusters),
                                       cmocka_unit_test(test_bounds_and_missing_seeds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
