#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/table.h"

static struct hash128 key_of(uint64_t i)
{
    return hash128((struct str){(const char *)&i, sizeof(i)}, 3);
}

static void put_then_get(void **state)
{
    (void)state;
    struct table *table = table_new(0);
    bool is_new;
    uint64_t *slot = table_put(table, key_of(1), &is_new);
    assert_true(is_new);
    assert_true(*slot == 0);
    *slot = 42;
    slot = table_put(table, key_of(1), &is_new);
    assert_false(is_new);
    assert_true(*slot == 42);
    assert_true(*table_get(table, key_of(1)) == 42);
    assert_null(table_get(table, key_of(2)));
    assert_int_equal(table_count(table), 1);
    table_free(table);
    table_free(NULL);
}

static void grows_and_keeps_everything(void **state)
{
    (void)state;
    struct table *table = table_new(10);
    bool is_new;
    enum { N = 50000 };
    for (uint64_t i = 0; i < N; i++) {
        *table_put(table, key_of(i), &is_new) = i * 3;
        assert_true(is_new);
    }
    assert_int_equal(table_count(table), N);
    for (uint64_t i = 0; i < N; i++) {
        const uint64_t *value = table_get(table, key_of(i));
        assert_non_null(value);
        assert_true(*value == i * 3);
        assert_null(table_get(table, key_of(i + N)));
    }
    table_free(table);
}

static void the_zero_key_is_a_key(void **state)
{
    (void)state;
    struct table *table = table_new(0);
    struct hash128 zero = {0, 0};
    bool is_new;
    assert_null(table_get(table, zero));
    *table_put(table, zero, &is_new) = 5;
    assert_true(is_new);
    table_put(table, zero, &is_new);
    assert_false(is_new);
    assert_true(*table_get(table, zero) == 5);
    assert_int_equal(table_count(table), 1);
    table_clear(table);
    assert_null(table_get(table, zero));
    assert_true(*table_put(table, zero, &is_new) == 0);
    assert_true(is_new);
    table_free(table);
}

static void halves_may_be_equal_or_zero(void **state)
{
    (void)state;
    struct table *table = table_new(0);
    bool is_new;
    enum { N = 3000 };
    for (uint64_t i = 1; i < N; i++) {
        *table_put(table, (struct hash128){i, 0}, &is_new) = i;
        assert_true(is_new);
        *table_put(table, (struct hash128){0, i}, &is_new) = i + N;
        assert_true(is_new);
    }
    for (uint64_t i = 1; i < N; i++) {
        assert_true(*table_get(table, (struct hash128){i, 0}) == i);
        assert_true(*table_get(table, (struct hash128){0, i}) == i + N);
    }
    table_free(table);
}

static void clear_empties(void **state)
{
    (void)state;
    struct table *table = table_new(1000);
    bool is_new;
    for (uint64_t i = 0; i < 1000; i++)
        *table_put(table, key_of(i), &is_new) = 1;
    table_clear(table);
    assert_int_equal(table_count(table), 0);
    for (uint64_t i = 0; i < 1000; i++)
        assert_null(table_get(table, key_of(i)));
    assert_true(*table_put(table, key_of(0), &is_new) == 0);
    assert_true(is_new);
    table_free(table);
}

/* The owner of a key is chosen from its bits; what one rank holds must not crowd a few slots. Crowding would make this
 * quadratic and run into the time limit. */
static void keys_of_one_owner_do_not_crowd(void **state)
{
    (void)state;
    struct table *low = table_new(0), *high = table_new(0);
    bool is_new;
    for (uint64_t i = 0; i < 200000; i++) {
        struct hash128 key = key_of(i);
        *table_put(low, (struct hash128){key.hi, key.lo & ~UINT64_C(0xFFFF)}, &is_new) = i;
        *table_put(high, (struct hash128){key.hi >> 32, key.lo}, &is_new) = i;
    }
    assert_int_equal(table_count(low), 200000);
    assert_int_equal(table_count(high), 200000);
    table_free(low);
    table_free(high);
}

static void walks_every_key_once(void **state)
{
    (void)state;
    enum { N = 3000 };
    for (int with_zero = 0; with_zero < 2; with_zero++) {
        struct table *table = table_new(0), *seen = table_new(0);
        struct hash128 key;
        bool is_new;
        size_t at = 0;
        assert_false(table_next(table, &at, &key));
        if (with_zero)
            table_put(table, (struct hash128){0, 0}, &is_new);
        for (uint64_t i = 0; i < N; i++)
            table_put(table, key_of(i), &is_new);
        for (at = 0; table_next(table, &at, &key);) {
            assert_non_null(table_get(table, key));
            table_put(seen, key, &is_new);
            assert_true(is_new);
        }
        assert_int_equal(table_count(seen), table_count(table));
        assert_false(table_next(table, &at, &key));
        table_free(table);
        table_free(seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put_then_get),
        cmocka_unit_test(walks_every_key_once),
        cmocka_unit_test(grows_and_keeps_everything),
        cmocka_unit_test(the_zero_key_is_a_key),
        cmocka_unit_test(halves_may_be_equal_or_zero),
        cmocka_unit_test(clear_empties),
        cmocka_unit_test(keys_of_one_owner_do_not_crowd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
