#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "support/connect.h"
#include "support/rng.h"

enum { N = 500 };

static void test_by_hand(void **state)
{
    (void)state;
    uint32_t parent[6];
    const uint32_t expected[6] = {0, 1, 0, 3, 1, 0};
    connect_start(parent, 6);
    connect_pair(parent, 5, 2);
    connect_pair(parent, 4, 1);
    connect_pair(parent, 1, 1);
    connect_pair(parent, 2, 0);
    connect_pair(parent, 5, 0);
    connect_finish(parent, 6);
    assert_memory_equal(parent, expected, sizeof expected);
    connect_start(parent, 0);
    connect_finish(parent, 0);
}

/* The lowest number spreads over pairs until nothing changes. */
static void test_any_order_of_pairs(void **state)
{
    (void)state;
    static uint32_t lowest[N], parent[N];
    for (uint64_t round = 0; round < 50; round++) {
        uint64_t n_pairs = rng_below(1, round, 0, N);
        uint32_t a[N], b[N];
        for (size_t i = 0; i < n_pairs; i++) {
            a[i] = (uint32_t)rng_below(2, round, i, N);
            b[i] = (uint32_t)rng_below(3, round, i, N);
        }
        connect_start(lowest, N);
        for (bool moved = true; moved;) {
            moved = false;
            for (size_t i = 0; i < n_pairs; i++) {
                uint32_t least = lowest[a[i]] < lowest[b[i]] ? lowest[a[i]] : lowest[b[i]];
                moved = moved || lowest[a[i]] != least || lowest[b[i]] != least;
                lowest[a[i]] = lowest[b[i]] = least;
            }
        }
        for (int way = 0; way < 4; way++) {
            connect_start(parent, N);
            for (size_t i = 0; i < n_pairs; i++) {
                size_t k = way & 1 ? n_pairs - 1 - i : i;
                connect_pair(parent, way & 2 ? a[k] : b[k], way & 2 ? b[k] : a[k]);
            }
            connect_finish(parent, N);
            assert_memory_equal(parent, lowest, sizeof lowest);
        }
    }
}

static void test_long_chains(void **state)
{
    (void)state;
    enum { LONG = 200000 };
    static uint32_t parent[LONG];
    connect_start(parent, LONG);
    for (uint32_t i = LONG - 1; i > 0; i--)
        connect_pair(parent, i, i - 1);
    connect_finish(parent, LONG);
    for (size_t i = 0; i < LONG; i++)
        assert_int_equal(parent[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_any_order_of_pairs),
        cmocka_unit_test(test_long_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
