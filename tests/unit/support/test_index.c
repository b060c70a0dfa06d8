#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/index.h"

enum { N = 300000 };

static struct hash128 key_of(uint64_t i)
{
    return hash128((struct str){(const char *)&i, sizeof i}, 0);
}

static void keys_are_numbered_as_they_come(void **state)
{
    (void)state;
    struct key_index index = {0};
    bool is_new;
    assert_true(key_index_look(&index, key_of(1)) == KEY_UNKNOWN);
    for (uint64_t i = 0; i < N; i++) {
        assert_int_equal(key_index_number(&index, key_of(i), &is_new), i);
        assert_true(is_new);
        assert_int_equal(key_index_number(&index, key_of(i / 2), &is_new), i / 2);
        assert_false(is_new);
    }
    assert_int_equal(index.n, N);
    for (uint64_t i = 0; i < N; i++) {
        assert_int_equal(key_index_look(&index, key_of(i)), i);
        assert_true(key_index_look(&index, key_of(i + N)) == KEY_UNKNOWN);
    }
    key_index_free(&index);
    assert_true(index.slot == NULL && index.n == 0);
    assert_int_equal(key_index_number(&index, key_of(7), &is_new), 0); /* empty again */
    assert_true(is_new);
    key_index_free(&index);
}

/* Any hash is a key, also that of zeros; both halves tell keys apart, whichever half a rank's keys share. */
static void both_halves_count(void **state)
{
    (void)state;
    struct key_index index = {0};
    bool is_new;
    assert_int_equal(key_index_number(&index, (struct hash128){0, 0}, &is_new), 0);
    assert_int_equal(key_index_look(&index, (struct hash128){0, 0}), 0);
    for (uint64_t i = 1; i <= 1000; i++) {
        assert_int_equal(key_index_number(&index, (struct hash128){i << 32, 0}, &is_new), 2 * i - 1);
        assert_int_equal(key_index_number(&index, (struct hash128){0, i}, &is_new), 2 * i);
    }
    for (uint64_t i = 0; i < N; i++) {
        struct hash128 key = key_of(i);
        key_index_number(&index, (struct hash128){key.hi >> 8, key.lo}, &is_new);
        assert_true(is_new);
    }
    assert_int_equal(index.n, 2001 + N);
    key_index_free(&index);
}

static void values_are_found_in_batches(void **state)
{
    (void)state;
    enum { BATCH = 16 };
    struct key_index index = key_index_new(0);
    for (uint64_t i = 0; i < N; i += BATCH) {
        key_index_reserve(&index, BATCH);
        struct key_slot *before = index.slot;
        for (uint64_t k = i; k < i + BATCH; k++)
            key_index_prefetch(&index, key_of(k));
        for (uint64_t k = i; k < i + BATCH; k++) {
            struct key_slot *slot = key_index_find(&index, key_of(k));
            assert_int_equal(slot->value, 0);
            key_index_set(&index, slot, key_of(k), (uint32_t)(3 * k + 1));
        }
        assert_ptr_equal(index.slot, before);
    }
    for (uint64_t k = 0; k < N; k++)
        assert_int_equal(key_index_find(&index, key_of(k))->value, 3 * k + 1);
    struct arena *arena = arena_new();
    key_index_give(&index, arena);
    assert_true(index.slot == NULL && index.n_slots == 0);
    arena_free(arena);
}

/* Whoever knows more of keys keeps those apart that a slot cannot tell apart, also when the index grows. */
static void keys_alike_stay_apart(void **state)
{
    (void)state;
    struct key_index index = key_index_new(0);
    struct hash128 key = {UINT64_C(7) << 32, 9};
    key_index_set(&index, key_index_find(&index, key), key, 1);
    for (uint32_t value = 2; value <= 3; value++) {
        struct key_slot *slot = key_index_find(&index, key);
        while (slot->value != 0)
            slot = key_index_find_next(&index, slot, key);
        key_index_set(&index, slot, key, value);
    }
    key_index_reserve(&index, N);
    unsigned seen = 0;
    struct key_slot *slot = key_index_find(&index, key);
    for (; slot->value != 0; slot = key_index_find_next(&index, slot, key))
        seen |= 1u << slot->value;
    assert_int_equal(seen, 1u << 1 | 1u << 2 | 1u << 3);
    assert_int_equal(index.n, 3);
    key_index_free(&index);
}

static void an_arena_holds_as_many_as_were_said(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 3, 5, 1000, 70000};
    struct arena *arena = arena_new();
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct key_index index = key_index_in(arena, sizes[s]);
        struct key_slot *slot = index.slot;
        bool is_new;
        assert_true(key_index_look(&index, key_of(0)) == KEY_UNKNOWN);
        for (size_t i = 0; i < sizes[s]; i++)
            assert_int_equal(key_index_number(&index, key_of(i), &is_new), i);
        assert_ptr_equal(index.slot, slot);
        for (size_t i = 0; i < sizes[s]; i++)
            assert_int_equal(key_index_number(&index, key_of(i), &is_new), i); /* full, and still only asked */
        assert_ptr_equal(index.slot, slot);
        assert_true(key_index_look(&index, key_of(sizes[s])) == KEY_UNKNOWN);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_numbered_as_they_come),      cmocka_unit_test(both_halves_count),
        cmocka_unit_test(values_are_found_in_batches),         cmocka_unit_test(keys_alike_stay_apart),
        cmocka_unit_test(an_arena_holds_as_many_as_were_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
