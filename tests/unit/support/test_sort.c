#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/rng.h"
#include "support/sort.h"

#include <float.h>
#include <math.h>
#include <string.h>

struct __attribute__((packed)) item {
    unsigned char key;
    uint32_t index;
};

static int by_key(const void *a, const void *b)
{
    const struct item *left = a, *right = b;
    return (left->key > right->key) - (left->key < right->key);
}

static void the_merge_sort_is_stable(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const size_t sizes[] = {0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 100, 1000, 4097};
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        for (uint64_t n_keys = 1; n_keys <= 256; n_keys *= 4) {
            size_t n = sizes[s], used = arena_used(arena);
            struct item items[4097];
            int count[256] = {0};
            for (size_t i = 0; i < n; i++) {
                items[i] = (struct item){(unsigned char)rng_below(n, n_keys, i, n_keys), (uint32_t)i};
                count[items[i].key]++;
            }
            sort_stable(items, n, sizeof(items[0]), by_key, arena);
            assert_int_equal(arena_used(arena), used);
            for (size_t i = 0; i < n; i++)
                count[items[i].key]--;
            for (size_t i = 1; i < n; i++) {
                assert_true(items[i - 1].key <= items[i].key);
                if (items[i - 1].key == items[i].key)
                    assert_true(items[i - 1].index < items[i].index);
            }
            for (int k = 0; k < 256; k++)
                assert_int_equal(count[k], 0);
        }
    }
    sort_stable(NULL, 0, 8, by_key, arena);
    arena_free(arena);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static void sorted_and_reversed_input(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { N = 3000 };
    uint64_t up[N], down[N];
    for (uint64_t i = 0; i < N; i++) {
        up[i] = i;
        down[i] = N - 1 - i;
    }
    sort_stable(up, N, sizeof(up[0]), by_number, arena);
    sort_stable(down, N, sizeof(down[0]), by_number, arena);
    for (uint64_t i = 0; i < N; i++)
        assert_true(up[i] == i && down[i] == i);
    arena_free(arena);
}

static void check_order(const uint64_t *key, size_t n, struct arena *arena)
{
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, n);
    bool *seen = ARENA_ZARRAY(arena, bool, n);
    size_t used = arena_used(arena);
    sort_order_u64(key, n, order, arena);
    assert_int_equal(arena_used(arena), used);
    for (size_t i = 0; i < n; i++) {
        assert_true(order[i] < n && !seen[order[i]]);
        seen[order[i]] = true;
        if (i > 0) {
            uint64_t last = key[order[i - 1]], here = key[order[i]];
            assert_true(last < here || (last == here && order[i - 1] < order[i]));
        }
    }
}

static void the_radix_sort_orders_with_ties_by_index(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const size_t sizes[] = {0, 1, 2, 63, 64, 65, 66, 1000, 20000};
    static const uint64_t masks[] = {0, 1, 0xFF, 0x7FF, 0xFFF, UINT64_C(0xFF) << 56, UINT64_C(1) << 63, UINT64_MAX};
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        for (size_t m = 0; m < ARRAY_LEN(masks); m++) {
            struct arena_mark mark = arena_mark(arena);
            uint64_t *key = ARENA_ARRAY(arena, uint64_t, sizes[s]);
            for (size_t i = 0; i < sizes[s]; i++)
                key[i] = rng_u64(1, m, i) & masks[m];
            check_order(key, sizes[s], arena);
            arena_release(arena, mark);
        }
    }
    arena_free(arena);
}

static void keys_order_as_doubles_do(void **state)
{
    (void)state;
    const double rising[] = {-INFINITY, -DBL_MAX, -1.5, -1,  -DBL_MIN, -5e-324, 0,
                             5e-324,    DBL_MIN,  1,    1.5, DBL_MAX,  INFINITY};
    for (size_t i = 0; i < ARRAY_LEN(rising); i++) {
        for (size_t j = 0; j < ARRAY_LEN(rising); j++)
            assert_int_equal(sort_key_f64(rising[i]) < sort_key_f64(rising[j]), i < j);
    }
    assert_true(sort_key_f64(-0.0) == sort_key_f64(0.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_merge_sort_is_stable),
        cmocka_unit_test(sorted_and_reversed_input),
        cmocka_unit_test(the_radix_sort_orders_with_ties_by_index),
        cmocka_unit_test(keys_order_as_doubles_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
