#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "evaluate/estimate.h"
#include "normal.h"

#include <math.h>
#include <string.h>

enum { SEEDS = 4, RESAMPLES = 400 };

struct made {
    double value[SEEDS];
    float resample[SEEDS][RESAMPLES];
    const float *at[SEEDS];
};

/* Values mean + seeds * N(0, 1); resamples about them with a part that seeds share and one of their own. */
static void make(uint64_t number, double mean, double seeds, double shared, double own, struct made *made)
{
    for (size_t i = 0; i < SEEDS; i++) {
        made->value[i] = mean + seeds * normal_number(number, 1, i);
        made->at[i] = made->resample[i];
        for (size_t b = 0; b < RESAMPLES; b++)
            made->resample[i][b] =
                (float)(made->value[i] + shared * normal_number(number, 2, b) + own * normal_number(number, 3 + i, b));
    }
}

static struct estimate of(const struct made *made, size_t n, size_t n_resamples, double n_clusters, double high)
{
    struct arena *arena = arena_new();
    struct estimate e = estimate_mean(made->value, made->at, n, n_resamples, n_clusters, 0, high, arena);
    assert_int_equal(arena_used(arena), 0);
    arena_free(arena);
    assert_int_equal(isnan(e.low) != 0, e.state != INTERVAL_GIVEN);
    assert_int_equal(isnan(e.high) != 0, e.state != INTERVAL_GIVEN);
    assert_int_equal(isnan(e.mean) != 0, e.state == INTERVAL_NO_VALUE);
    if (e.state == INTERVAL_GIVEN)
        assert_true(e.low <= e.mean && e.mean <= e.high && e.low >= 0 && e.high <= high);
    return e;
}

static struct estimate difference(const struct made *a, const struct made *b, size_t n, double n_clusters)
{
    struct arena *arena = arena_new();
    struct estimate e = estimate_difference(a->value, a->at, b->value, b->at, n, RESAMPLES, n_clusters, arena);
    arena_free(arena);
    return e;
}

static void test_when_there_is_no_interval(void **state)
{
    (void)state;
    static struct made made;
    make(1, 0.5, 0.02, 0.02, 0.01, &made);
    assert_int_equal(of(&made, 4, RESAMPLES, 10, 1).state, INTERVAL_GIVEN);
    assert_int_equal(of(&made, 3, RESAMPLES, 10, 1).state, INTERVAL_GIVEN);
    assert_int_equal(of(&made, 2, RESAMPLES, 100, 1).state, INTERVAL_FEW_SEEDS);
    assert_int_equal(of(&made, 0, RESAMPLES, 100, 1).state, INTERVAL_NO_VALUE);
    assert_int_equal(of(&made, 4, RESAMPLES, 9.99, 1).state, INTERVAL_FEW_CLUSTERS);
    assert_int_equal(of(&made, 4, RESAMPLES, NAN, 1).state, INTERVAL_FEW_CLUSTERS);
    assert_int_equal(of(&made, 4, 0, 100, 1).state, INTERVAL_FEW_RESAMPLES);
    assert_int_equal(of(&made, 4, 49, 100, 1).state, INTERVAL_FEW_RESAMPLES);
    assert_int_equal(of(&made, 4, 50, 100, 1).state, INTERVAL_GIVEN);
    for (int s = INTERVAL_GIVEN; s <= INTERVAL_NO_VARIATION; s++)
        assert_int_equal(interval_state_text((enum interval_state)s)[0] == '\0', s == INTERVAL_GIVEN);
}

static void test_seeds_without_a_value_do_not_count(void **state)
{
    (void)state;
    static struct made made, without;
    make(2, 0.5, 0.02, 0.02, 0.01, &made);
    without = made;
    memcpy(without.at, made.at, sizeof made.at);
    without.value[1] = NAN;
    without.at[1] = NULL; /* must not be read */
    struct estimate e = of(&without, SEEDS, RESAMPLES, 50, 1);
    assert_int_equal(e.n_seeds, 3);
    assert_true(fabs(e.mean - (made.value[0] + made.value[2] + made.value[3]) / 3) < 1e-15);
    struct estimate d = difference(&made, &without, SEEDS, 50);
    assert_int_equal(d.n_seeds, 3);
    without.value[2] = NAN;
    assert_int_equal(of(&without, SEEDS, RESAMPLES, 50, 1).state, INTERVAL_FEW_SEEDS);
    assert_int_equal(difference(&without, &made, SEEDS, 50).state, INTERVAL_FEW_SEEDS);
    for (size_t i = 0; i < SEEDS; i++)
        without.value[i] = NAN;
    assert_int_equal(of(&without, SEEDS, RESAMPLES, 50, 1).n_seeds, 0);
    assert_int_equal(difference(&without, &made, SEEDS, 50).state, INTERVAL_NO_VALUE);
}

static void test_resamples_without_a_value_do_not_count(void **state)
{
    (void)state;
    static struct made made;
    make(3, 0.5, 0.02, 0.02, 0.01, &made);
    for (size_t b = 0; b < 200; b++)
        made.resample[b % SEEDS][b] = NAN;
    struct estimate e = of(&made, SEEDS, RESAMPLES, 50, 1);
    assert_int_equal(e.state, INTERVAL_GIVEN);
    made.resample[0][300] = NAN; /* less than half now */
    assert_int_equal(of(&made, SEEDS, RESAMPLES, 50, 1).state, INTERVAL_FEW_RESAMPLES);
}

/* Far from the bounds the interval is m -+ h, whose parts are known. */
static void test_width(void **state)
{
    (void)state;
    static struct made made, none;
    make(4, 0.5, 0, 0.001, 0, &made); /* lines alone */
    double t = 1.9842 * sqrt(100.0 / 99);
    struct estimate e = of(&made, SEEDS, RESAMPLES, 100, 1);
    assert_true(fabs((e.high - e.low) / (2 * t * 0.001) - 1) < 0.1);
    make(5, 0.5, 0.001, 0, 0, &made); /* seeds alone: t(3) */
    for (size_t i = 0; i < SEEDS; i++)
        made.value[i] = 0.5 + 0.001 * ((double)i - 1.5);
    e = of(&made, SEEDS, RESAMPLES, 100, 1);
    assert_true(fabs((e.high - e.low) / (2 * 3.18245 * 0.001 * sqrt(5.0 / 3) / 2) - 1) < 0.002);
    make(6, 0, 0, 0, 0, &none);
    struct estimate d = difference(&made, &none, SEEDS, 100);
    assert_true(fabs(d.high - d.low - (e.high - e.low)) < 1e-5 && d.mean == e.mean);
    e = of(&made, 3, RESAMPLES, 100, 1); /* t(2) */
    assert_true(fabs((e.high - e.low) / (2 * 4.30265 * 0.001 / sqrt(3)) - 1) < 0.002);
    make(7, 0.5, 0.001, 0, 0.001, &made); /* lines x seeds alone are counted once */
    double whole = 0;
    for (uint64_t k = 0; k < 200; k++) {
        make(1000 + k, 0.5, 0.001, 0, 0.001, &made);
        e = of(&made, SEEDS, RESAMPLES, 100, 1);
        whole += (e.high - e.low) / 200;
    }
    assert_true(whole < 2 * 3.18245 * 0.001 / 2);
}

static void test_at_the_bounds(void **state)
{
    (void)state;
    static struct made made;
    double unseen = 1 - pow(0.025, 1.0 / 40);
    make(8, 0, 0, 0, 0, &made);
    struct estimate e = of(&made, SEEDS, RESAMPLES, 40, 1);
    assert_true(e.mean == 0 && e.low == 0 && fabs(e.high - unseen) < 1e-15);
    e = of(&made, SEEDS, RESAMPLES, 40, 5e7);
    assert_true(e.low == 0 && fabs(e.high / 5e7 - unseen) < 1e-15);
    assert_int_equal(of(&made, SEEDS, RESAMPLES, 40, INFINITY).state, INTERVAL_NO_VARIATION);
    make(8, 1, 0, 0, 0, &made);
    e = of(&made, SEEDS, RESAMPLES, 40, 1);
    assert_true(e.mean == 1 && e.high == 1 && fabs(e.low - (1 - unseen)) < 1e-15);
    for (double near = 1e-3; near > 1e-100; near /= 1e30) { /* no overflow, however near */
        make(9, 0, 0, 0, 0, &made);
        made.value[0] = near;
        e = of(&made, SEEDS, RESAMPLES, 40, 1);
        assert_int_equal(e.state, INTERVAL_GIVEN);
        e = of(&made, SEEDS, RESAMPLES, 40, INFINITY);
        assert_int_equal(e.state, INTERVAL_GIVEN);
        assert_true(e.high > 4 * near);
    }
}

static void test_nothing_varied(void **state)
{
    (void)state;
    static struct made made, other;
    make(10, 0.1, 0, 0, 0, &made);
    make(11, 0.3, 0, 0, 0, &other);
    assert_int_equal(of(&made, SEEDS, RESAMPLES, 40, 1).state, INTERVAL_NO_VARIATION);
    assert_int_equal(difference(&made, &made, SEEDS, 40).state, INTERVAL_NO_VARIATION);
    assert_int_equal(difference(&made, &other, SEEDS, 40).state, INTERVAL_NO_VARIATION);
    make(12, 0.1, 0.01, 0.01, 0.01, &made);
    struct estimate e = difference(&made, &made, SEEDS, 40);
    assert_true(e.mean == 0 && e.state == INTERVAL_NO_VARIATION);
}

/* What two arms share cancels, seed by seed and draw by draw. */
static void test_differences_are_paired(void **state)
{
    (void)state;
    static struct made a, b;
    make(13, 0.5, 0.05, 0.05, 0.02, &a);
    b = a;
    memcpy(b.at, (const float *[]){b.resample[0], b.resample[1], b.resample[2], b.resample[3]}, sizeof b.at);
    for (size_t i = 0; i < SEEDS; i++) {
        b.value[i] -= 0.1 + 0.001 * normal_number(14, 1, i);
        for (size_t k = 0; k < RESAMPLES; k++)
            b.resample[i][k] -= 0.1F;
    }
    struct estimate e = difference(&a, &b, SEEDS, 50), back = difference(&b, &a, SEEDS, 50);
    assert_true(fabs(e.mean - 0.1) < 0.002 && e.high - e.low < 0.01 && e.low < 0.1 && e.high > 0.1);
    assert_true(e.low == -back.high && e.high == -back.low);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when_there_is_no_interval),
        cmocka_unit_test(test_seeds_without_a_value_do_not_count),
        cmocka_unit_test(test_resamples_without_a_value_do_not_count),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_at_the_bounds),
        cmocka_unit_test(test_nothing_varied),
        cmocka_unit_test(test_differences_are_paired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
