#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/exact.h"
#include "support/rng.h"

#include <float.h>
#include <math.h>
#include <string.h>

__extension__ typedef __int128 wide;

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

/* value / unit by another way: the 53 bits of the mantissa shifted, halves to even. */
static wide reference(double value, double unit)
{
    int exponent, unit_exponent;
    double fraction = frexp(value, &exponent);
    frexp(unit, &unit_exponent);
    int64_t mantissa = (int64_t)ldexp(fraction, 53);
    int shift = exponent - 53 - (unit_exponent - 1);
    if (shift >= 0)
        return (wide)mantissa * ((wide)1 << shift);
    if (shift < -60)
        return 0;
    wide size = mantissa < 0 ? -(wide)mantissa : mantissa, down = size >> -shift;
    wide rest = size - (down << -shift), half = (wide)1 << (-shift - 1);
    if (rest > half || (rest == half && (down & 1)))
        down++;
    return mantissa < 0 ? -down : down;
}

static void rounding_matches_integer_arithmetic(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const double bounds[] = {1, 0.75, 3, 1e-300, 1e300, 1000, DBL_MIN, 5e-324, 0x1p1023};
    for (size_t b = 0; b < ARRAY_LEN(bounds); b++) {
        struct exact acc;
        exact_start(&acc, 1, bounds[b], arena);
        assert_true(acc.bound >= bounds[b]);
        for (uint64_t i = 0; i < 20000; i++) {
            int down = (int)rng_below(1, 2, i, 120);
            double value = ldexp(acc.bound * (2 * rng_unit(1, 3, i) - 1), -down);
            exact_clear(&acc);
            exact_add_one(&acc, 0, value);
            assert_false(acc.broken);
            assert_true(acc.sum[0] == reference(value, acc.unit));
        }
    }
    arena_free(arena);
}

static void halves_go_to_even(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct exact acc;
    exact_start(&acc, 1, 1, arena);
    for (int64_t twice = -9; twice <= 9; twice++) {
        exact_clear(&acc);
        exact_add_one(&acc, 0, (double)twice * acc.unit / 2);
        int64_t expected = twice / 2;
        if (twice % 2 != 0 && expected % 2 != 0)
            expected += twice > 0 ? 1 : -1;
        assert_true(acc.sum[0] == expected);
    }
    arena_free(arena);
}

static void the_bound_itself_fits(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct exact acc;
    exact_start(&acc, 2, 5, arena);
    assert_true(same(acc.bound, 8) && same(acc.unit, ldexp(1, 3 - 89)));
    exact_add(&acc, (double[]){8, -8});
    exact_add(&acc, (double[]){8, -5});
    double out[2];
    struct error err;
    assert_true(exact_value(&acc, out, &err));
    assert_true(same(out[0], 16) && same(out[1], -13));
    exact_start(&acc, 1, 4, arena);
    assert_true(same(acc.bound, 4));
    arena_free(arena);
}

static void order_and_grouping_do_not_matter(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { N = 5000 };
    struct exact forward, backward, part[3];
    exact_start(&forward, 1, 1, arena);
    exact_start(&backward, 1, 1, arena);
    for (int k = 0; k < 3; k++)
        exact_start(&part[k], 1, 1, arena);
    double *value = ARENA_ARRAY(arena, double, N);
    double naive_forward = 0, naive_backward = 0;
    for (uint64_t i = 0; i < N; i++)
        value[i] = (rng_unit(5, 0, i) - 0.5) * pow(10, -(double)rng_below(5, 1, i, 20));
    for (size_t i = 0; i < N; i++) {
        exact_add_one(&forward, 0, value[i]);
        exact_add(&backward, &value[N - 1 - i]);
        exact_add(&part[i % 7 % 3], &value[i]);
        naive_forward += value[i];
        naive_backward += value[N - 1 - i];
    }
    assert_false(same(naive_forward, naive_backward)); /* else the test shows nothing */
    assert_true(forward.sum[0] == backward.sum[0]);
    assert_true(forward.sum[0] == part[0].sum[0] + part[1].sum[0] + part[2].sum[0]);
    double out;
    struct error err;
    assert_true(exact_value(&forward, &out, &err));
    assert_true(fabs(out - naive_forward) < 1e-12);
    arena_free(arena);
}

static void cancellation_is_exact(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct exact acc;
    exact_start(&acc, 1, 1e6, arena);
    exact_add_one(&acc, 0, 1e6);
    exact_add_one(&acc, 0, 0x1p-60);
    exact_add_one(&acc, 0, -1e6);
    double out;
    struct error err;
    assert_true(exact_value(&acc, &out, &err));
    assert_true(same(out, 0x1p-60));
    arena_free(arena);
}

static void broken_addends_are_told(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const double bad[] = {NAN, INFINITY, -INFINITY, 8.000001, -9, DBL_MAX};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct exact acc;
        exact_start(&acc, 2, 5, arena);
        double out[2];
        struct error err;
        exact_add(&acc, (double[]){1, bad[i]});
        exact_add(&acc, (double[]){1, 1});
        assert_true(acc.broken);
        assert_false(exact_value(&acc, out, &err));
        assert_int_equal(err.code, ERROR_NUMERIC);
        exact_clear(&acc);
        assert_true(exact_value(&acc, out, &err));
        assert_true(same(out[0], 0) && same(out[1], 0));
        exact_add_one(&acc, 0, bad[i]);
        assert_false(exact_value(&acc, out, &err));
    }
    arena_free(arena);
}

static void no_sums_and_huge_sums(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct exact acc;
    struct error err;
    double out;
    exact_start(&acc, 0, 1, arena);
    exact_add(&acc, NULL);
    assert_true(exact_value(&acc, &out, &err));
    exact_start(&acc, 1, 0x1p1023, arena);
    exact_add_one(&acc, 0, 0x1p1023);
    assert_true(exact_value(&acc, &out, &err));
    assert_true(same(out, 0x1p1023));
    exact_add_one(&acc, 0, 0x1p1023);
    assert_false(exact_value(&acc, &out, &err));
    assert_int_equal(err.code, ERROR_NUMERIC);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounding_matches_integer_arithmetic),
        cmocka_unit_test(halves_go_to_even),
        cmocka_unit_test(the_bound_itself_fits),
        cmocka_unit_test(order_and_grouping_do_not_matter),
        cmocka_unit_test(cancellation_is_exact),
        cmocka_unit_test(broken_addends_are_told),
        cmocka_unit_test(no_sums_and_huge_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
