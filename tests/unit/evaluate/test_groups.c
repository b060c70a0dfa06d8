#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "evaluate/judge.h"
#include "support/rng.h"

#include <math.h>

enum { N = 240, GROUPS = 7 };

static double score[N];
static uint8_t y[N];
static uint32_t group[N];

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) < 1e-12;
}

/* Group 0 is empty, 1 has benign lines only, 2 malicious ones only; many ties. */
static void make(void)
{
    for (size_t i = 0; i < N; i++) {
        group[i] = 1 + (uint32_t)rng_below(1, 1, i, GROUPS - 1);
        y[i] = group[i] == 1 ? 0 : group[i] == 2 ? 1 : rng_unit(1, 2, i) < 0.3;
        score[i] = (double)rng_below(1, 3, i, 12) + 3 * y[i];
    }
}

static void test_groups_are_judged_as_sets(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct judged set = {.n = N, .y = y};
    struct scored test = {&set, score};
    struct group_value out[GROUPS], blind[GROUPS];
    const double threshold = 5;
    make();
    judge_groups(&test, threshold, group, GROUPS, arena, out);
    judge_groups(&test, NAN, group, GROUPS, arena, blind);
    for (uint32_t g = 0; g < GROUPS; g++) {
        double n[2] = {0}, flagged[2] = {0}, won = 0;
        for (size_t i = 0; i < N; i++) {
            if (group[i] != g)
                continue;
            n[y[i]]++;
            flagged[y[i]] += score[i] >= threshold;
            for (size_t k = 0; k < N; k++)
                if (group[k] == g && y[i] && !y[k])
                    won += score[i] > score[k] ? 1 : score[i] == score[k] ? 0.5 : 0;
        }
        assert_int_equal(out[g].n_benign, (int64_t)n[0]);
        assert_int_equal(out[g].n_malicious, (int64_t)n[1]);
        assert_true(same(out[g].fpr, n[0] > 0 ? flagged[0] / n[0] : NAN));
        assert_true(same(out[g].tpr, n[1] > 0 ? flagged[1] / n[1] : NAN));
        assert_true(same(out[g].auc, n[0] * n[1] > 0 ? won / (n[0] * n[1]) : NAN));
        assert_true(isnan(blind[g].fpr) && isnan(blind[g].tpr) && same(blind[g].auc, out[g].auc));
    }
    assert_int_equal(arena_used(arena), 0);
    arena_free(arena);
}

static void test_nothing_to_judge(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct judged set = {.n = 0};
    struct scored test = {&set, score};
    struct group_value out[2];
    judge_groups(&test, 0, group, 0, arena, out);
    judge_groups(&test, 0, group, 2, arena, out);
    for (size_t g = 0; g < 2; g++)
        assert_true(out[g].n_benign == 0 && out[g].n_malicious == 0 && isnan(out[g].fpr) && isnan(out[g].auc));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_are_judged_as_sets),
        cmocka_unit_test(test_nothing_to_judge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
