#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "coverage_test.h"

#include <stdio.h>

/* 93 % should be covered in each cell. Of N simulations a share of sqrt(.93 * .07 / N) is one deviation; a cell at 93 %
 * falls below 93 % less three of them once in a thousand. */
enum { N = 240, RESAMPLES = 64, COUNTS = 3 };

static void check(const struct coverage_design *design)
{
    struct arena *arena = arena_new();
    struct coverage_run run;
    const double least = 0.93 - 3 * sqrt(0.93 * 0.07 / N);
    coverage_all(design, 1, N, COUNTS, RESAMPLES, arena, &run);
    for (size_t s = 0; s < COUNTS; s++)
        for (size_t k = 0; k < COVERAGE_METRICS; k++)
            for (size_t a = 0; a < COVERAGE_ARMS; a++) {
                double width, covered = coverage_of(&run, s, k, a, &width);
                if (covered < least)
                    print_error("%zu clusters, %zu seeds, %s%s: %.3f\n", design->clusters, coverage_seeds[s],
                                metrics[coverage_metrics[k]].name, a ? " difference" : "", covered);
                assert_true(covered >= least);
                assert_true(width < 1);
            }
    arena_free(arena);
}

static void test_lines_vary(void **state)
{
    (void)state;
    check(&(struct coverage_design){.clusters = 20, .skewed = true, .seeds = 0.2, .shift = 2.5});
}

static void test_both_vary(void **state)
{
    (void)state;
    check(&(struct coverage_design){.clusters = 10, .skewed = false, .seeds = 1, .shift = 2.5});
}

static void test_seeds_vary(void **state)
{
    (void)state;
    check(&(struct coverage_design){.clusters = 50, .skewed = true, .seeds = 4, .shift = 2.5});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_vary),
        cmocka_unit_test(test_both_vary),
        cmocka_unit_test(test_seeds_vary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
