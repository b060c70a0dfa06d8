#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "normal.h"
#include "support/rng.h"

#include <math.h>

/* Random123's kat_vectors for philox4x32-10: the first two words of each answer. */
static void known_answers(void **state)
{
    (void)state;
    assert_true(rng_u64(0, 0, 0) == UINT64_C(0xE169C58D6627E8D5));
    assert_true(rng_u64(UINT64_MAX, UINT64_MAX, UINT64_MAX) == UINT64_C(0x41C83B0E408F276D));
    assert_true(rng_u64(UINT64_C(0x299F31D0A4093822), UINT64_C(0x85A308D3243F6A88), UINT64_C(0x0370734413198A2E)) ==
                UINT64_C(0x94FDCCEBD16CFE09));
}

static void every_argument_counts(void **state)
{
    (void)state;
    uint64_t base = rng_u64(1, 2, 3);
    for (int bit = 0; bit < 64; bit++) {
        uint64_t flip = UINT64_C(1) << bit;
        assert_in_range(__builtin_popcountll(base ^ rng_u64(1 ^ flip, 2, 3)), 12, 52);
        assert_in_range(__builtin_popcountll(base ^ rng_u64(1, 2 ^ flip, 3)), 12, 52);
        assert_in_range(__builtin_popcountll(base ^ rng_u64(1, 2, 3 ^ flip)), 12, 52);
    }
}

static void units_fill_the_interval(void **state)
{
    (void)state;
    enum { N = 100000 };
    int count[10] = {0};
    double sum = 0;
    for (uint64_t i = 0; i < N; i++) {
        double u = rng_unit(9, 1, i);
        assert_true(u >= 0 && u < 1);
        count[(int)(u * 10)]++;
        sum += u;
    }
    assert_true(fabs(sum / N - 0.5) < 0.005);
    for (int k = 0; k < 10; k++)
        assert_in_range(count[k], N / 10 - 500, N / 10 + 500);
}

static void below_stays_below_and_is_even(void **state)
{
    (void)state;
    int count[7] = {0};
    for (uint64_t i = 0; i < 70000; i++) {
        count[rng_below(4, 2, i, 7)]++;
        assert_true(rng_below(4, 2, i, 1) == 0);
        assert_true(rng_below(4, 2, i, UINT64_MAX) < UINT64_MAX);
    }
    for (int k = 0; k < 7; k++)
        assert_in_range(count[k], 9500, 10500);
}

static void normals_have_the_moments(void **state)
{
    (void)state;
    enum { N = 200000 };
    double sum = 0, square = 0, fourth = 0, largest = 0;
    for (uint64_t i = 0; i < N; i++) {
        double x = normal_number(2, 5, i);
        assert_true(isfinite(x));
        sum += x;
        square += x * x;
        fourth += x * x * x * x;
        largest = fmax(largest, fabs(x));
    }
    assert_true(fabs(sum / N) < 0.01);
    assert_true(fabs(square / N - 1) < 0.02);
    assert_true(fabs(fourth / N - 3) < 0.15);
    assert_true(largest > 4 && largest < 7);
}

static void streams_differ(void **state)
{
    (void)state;
    uint64_t stream[] = {rng_stream("split", 0, 0),  rng_stream("split", 0, 1), rng_stream("split", 1, 0),
                         rng_stream("sample", 0, 0), rng_stream("", 0, 0),      rng_stream("split", 1, 1)};
    for (size_t i = 0; i < ARRAY_LEN(stream); i++) {
        for (size_t j = 0; j < i; j++)
            assert_true(stream[i] != stream[j]);
    }
    assert_true(rng_stream("split", 1, 0) == stream[2]);
}

static void the_sequence_is_splitmix64(void **state)
{
    (void)state;
    struct rng_state rng = {0};
    assert_true(rng_next(&rng) == UINT64_C(0xE220A8397B1DCDAF));
    assert_true(rng_next(&rng) == UINT64_C(0x6E789E6AA1B965F4));
    assert_true(rng_next(&rng) == UINT64_C(0x06C45D188009454F));
    struct rng_state a = rng_start(1, 2, 3), b = rng_start(1, 2, 3), c = rng_start(1, 2, 4);
    assert_true(rng_next(&a) == rng_next(&b));
    assert_true(rng_next(&a) != rng_next(&c));
    int count[5] = {0};
    for (int i = 0; i < 50000; i++) {
        count[rng_next_below(&a, 5)]++;
        double u = rng_next_unit(&a);
        assert_true(u >= 0 && u < 1);
    }
    for (int k = 0; k < 5; k++)
        assert_in_range(count[k], 9500, 10500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(every_argument_counts),
        cmocka_unit_test(units_fill_the_interval),
        cmocka_unit_test(below_stays_below_and_is_even),
        cmocka_unit_test(normals_have_the_moments),
        cmocka_unit_test(streams_differ),
        cmocka_unit_test(the_sequence_is_splitmix64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
