#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/arena.h"

#include "child.h"
#include "support/memory.h"

#include <string.h>

#define MIB ((size_t)1 << 20)

static void memory_is_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    unsigned char *p[200];
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        p[i] = arena_alloc(arena, i, 7);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 64, 0);
        memset(p[i], (int)i, i * 7);
    }
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(p[i][k], i);
    }
    arena_free(arena);
    arena_free(NULL);
}

static void nothing_is_a_valid_pointer(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_int_equal(arena_used(arena), 0);
    assert_non_null(arena_alloc(arena, 0, 8));
    assert_non_null(arena_zalloc(arena, 8, 0));
    assert_non_null(arena_bytes(arena, 0));
    assert_non_null(arena_copy(arena, NULL, 0));
    assert_int_equal(arena_used(arena), 0);
    arena_free(arena);
}

static void bytes_are_packed(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *a = arena_bytes(arena, 3);
    char *b = arena_copy(arena, "xyz", 2);
    assert_ptr_equal(b, a + 3);
    assert_memory_equal(b, "xy", 2);
    assert_int_equal(arena_used(arena), 5);
    char *c = arena_printf(arena, "%s-%05d", "row", 42);
    assert_string_equal(c, "row-00042");
    assert_ptr_equal(c, b + 2);
    int64_t *d = ARENA_ARRAY(arena, int64_t, 2);
    assert_int_equal((uintptr_t)d % 64, 0);
    arena_free(arena);
}

static void zeroed_memory_is_zero_after_reuse(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t round = 0; round < 4; round++) {
        struct arena_mark mark = arena_mark(arena);
        size_t n = 1000 + round * 700000;
        arena_bytes(arena, round * 13);
        unsigned char *z = arena_zalloc(arena, n, 1);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(z[i], 0);
        memset(z, 0xFF, n);
        unsigned char *y = arena_alloc(arena, 500, 1);
        memset(y, 0xFF, 500);
        arena_release(arena, mark);
    }
    arena_free(arena);
}

static void release_gives_the_same_memory_again(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *kept = arena_copy(arena, "keep", 5);
    struct arena_mark mark = arena_mark(arena);
    size_t used = arena_used(arena);
    char *first = arena_alloc(arena, 100, 1);
    char *far = arena_alloc(arena, 3 * MIB, 1);
    assert_true(arena_used(arena) >= used + 100 + 3 * MIB);
    arena_release(arena, mark);
    assert_int_equal(arena_used(arena), used);
    assert_ptr_equal(arena_alloc(arena, 100, 1), first);
    assert_ptr_equal(arena_alloc(arena, 3 * MIB, 1), far);
    assert_string_equal(kept, "keep");
    arena_free(arena);
}

static void adopted_pages_are_handed_out_and_zeroed_when_asked(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    size_t size = 8 * HUGE_PAGE;
    char *pages = pages_map(size);
    memset(pages, 0xFF, size);
    arena_adopt(arena, pages, size);
    char *z = arena_zalloc(arena, size - 64, 1);
    assert_ptr_equal(z, pages);
    for (size_t i = 0; i < size - 64; i++)
        assert_int_equal(z[i], 0);
    assert_true(arena_bytes(arena, 65) < pages || arena_bytes(arena, 65) >= pages + size);
    arena_free(arena);
}

static void a_mark_of_the_empty_arena_releases_all(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct arena_mark mark = arena_mark(arena);
    for (int i = 0; i < 40; i++)
        memset(arena_alloc(arena, MIB / 2, 1), i, MIB / 2);
    assert_int_equal(arena_used(arena), 20 * MIB);
    arena_release(arena, mark);
    assert_int_equal(arena_used(arena), 0);
    arena_release(arena, mark);
    arena_free(arena);
}

static void blocks_too_small_are_skipped_and_kept(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct arena_mark start = arena_mark(arena);
    char *small = arena_alloc(arena, MIB, 1);
    char *second = arena_alloc(arena, 2 * MIB, 1);
    arena_release(arena, start);
    char *huge = arena_alloc(arena, 20 * MIB, 1);
    memset(huge, 1, 20 * MIB);
    bool reused = false;
    for (int i = 0; i < 8; i++) {
        char *p = arena_alloc(arena, 2 * MIB, 1);
        memset(p, 2, 2 * MIB);
        reused |= p == second || p == small;
    }
    assert_true(reused);
    for (size_t i = 0; i < 20 * MIB; i += 4096)
        assert_int_equal(huge[i], 1);
    arena_free(arena);
}

static void many_sizes_under_marks_stay_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct {
        unsigned char *p;
        size_t n;
        struct arena_mark before;
    } stack[64];
    size_t depth = 0;
    uint64_t x = 1;
    for (int step = 0; step < 3000; step++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        if (depth == ARRAY_LEN(stack) || (depth > 0 && (x >> 60) < 7)) {
            depth--;
            assert_int_equal(stack[depth].p[0], depth);
            assert_int_equal(stack[depth].p[stack[depth].n - 1], depth);
            arena_release(arena, stack[depth].before);
            continue;
        }
        size_t n = 1 + (size_t)(x >> 33) % (step % 50 == 0 ? 5 * MIB : 70000);
        stack[depth].before = arena_mark(arena);
        stack[depth].n = n;
        stack[depth].p = (x >> 32 & 1) ? arena_zalloc(arena, n, 1) : (void *)arena_bytes(arena, n);
        if (x >> 32 & 1)
            assert_true(stack[depth].p[0] == 0 && stack[depth].p[n / 2] == 0 && stack[depth].p[n - 1] == 0);
        memset(stack[depth].p, (int)depth, n);
        depth++;
    }
    arena_free(arena);
}

static void ask_overflow(void)
{
    arena_alloc(arena_new(), SIZE_MAX / 2, 3);
}

static void ask_too_much(void)
{
    arena_alloc(arena_new(), SIZE_MAX / 4, 1);
}

static void ask_nearly_all(void)
{
    arena_alloc(arena_new(), SIZE_MAX - 10, 1);
}

static void out_of_memory_ends_with_a_message(void **state)
{
    (void)state;
    void (*const asks[])(void) = {ask_overflow, ask_too_much, ask_nearly_all};
    for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
        struct child_end end = run_child(asks[i]);
        assert_true(WIFEXITED(end.status));
        assert_int_equal(WEXITSTATUS(end.status), EXIT_FAILURE);
        assert_non_null(strstr(end.text, "out of memory"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_apart),
        cmocka_unit_test(nothing_is_a_valid_pointer),
        cmocka_unit_test(bytes_are_packed),
        cmocka_unit_test(zeroed_memory_is_zero_after_reuse),
        cmocka_unit_test(adopted_pages_are_handed_out_and_zeroed_when_asked),
        cmocka_unit_test(release_gives_the_same_memory_again),
        cmocka_unit_test(a_mark_of_the_empty_arena_releases_all),
        cmocka_unit_test(blocks_too_small_are_skipped_and_kept),
        cmocka_unit_test(many_sizes_under_marks_stay_apart),
        cmocka_unit_test(out_of_memory_ends_with_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
