#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/error.h"

#include "child.h"

#include <signal.h>
#include <string.h>

static void fail_sets_everything(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE, .rank = 7};
    assert_false(fail(&err, ERROR_INPUT, "row %d of %s", 3, "a.jsonl"));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_int_equal(err.rank, -1);
    assert_string_equal(err.message, "row 3 of a.jsonl");
}

static void hostile_text_is_escaped(void **state)
{
    (void)state;
    struct error err;
    fail(&err, ERROR_INPUT, "%s", "a\x1B[2J\n\x7F\xC2\x9B\xFFz");
    assert_string_equal(err.message, "a\\x1B[2J\\x0A\\x7F\\xC2\\x9B\\xFFz");
    fail(&err, ERROR_INPUT, "%s", "na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x98\x80");
    assert_string_equal(err.message, "na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x98\x80");
    /* overlong, surrogate, beyond U+10FFFF, cut short */
    fail(&err, ERROR_INPUT, "%s", "\xC0\xAF \xED\xA0\x80 \xF4\x90\x80\x80 \xE2\x82");
    assert_string_equal(err.message, "\\xC0\\xAF \\xED\\xA0\\x80 \\xF4\\x90\\x80\\x80 \\xE2\\x82");
}

static void long_text_is_cut_at_a_character(void **state)
{
    (void)state;
    struct error err;
    for (size_t lead = 0; lead < 4; lead++) {
        char text[3000];
        memset(text, 'x', lead);
        for (size_t i = lead; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "\xE2\x82\xAC", 4);
        fail(&err, ERROR_IO, "%s", text);
        size_t n = strlen(err.message);
        assert_in_range(n, sizeof(err.message) - 4, sizeof(err.message) - 1);
        assert_int_equal((n - lead) % 3, 0);
        assert_memory_equal(err.message, text, n);
    }
    char controls[3000];
    memset(controls, 1, sizeof(controls) - 1);
    controls[sizeof(controls) - 1] = '\0';
    fail(&err, ERROR_IO, "%s", controls);
    assert_int_equal(strlen(err.message), (sizeof(err.message) - 1) / 4 * 4);
}

static void a_message_may_be_built_from_itself(void **state)
{
    (void)state;
    struct error err;
    fail(&err, ERROR_IO, "inner");
    fail(&err, ERROR_CONFIG, "outer (%s)", err.message);
    assert_string_equal(err.message, "outer (inner)");
}

static void context_goes_before(void **state)
{
    (void)state;
    struct error err;
    fail(&err, ERROR_NETWORK, "no answer");
    err.rank = 2;
    assert_false(error_context(&err, "server %s\n", "a"));
    assert_false(error_context(&err, "labels"));
    assert_string_equal(err.message, "labels: server a\\x0A: no answer");
    assert_int_equal(err.code, ERROR_NETWORK);
    assert_int_equal(err.rank, 2);
    for (int i = 0; i < 500; i++)
        error_context(&err, "context %d", i);
    assert_in_range(strlen(err.message), 1000, sizeof(err.message) - 1);
    assert_memory_equal(err.message, "context 499: context 498: ", 26);
}

static void context_of_no_error_is_nothing(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE, .message = ""};
    assert_false(error_context(&err, "context"));
    assert_string_equal(err.message, "");
    assert_int_equal(err.code, ERROR_NONE);
}

static int n_calls;

static bool answer(bool value)
{
    n_calls++;
    return value;
}

static bool try_two(bool first, bool second)
{
    TRY(answer(first));
    TRY(answer(second));
    return true;
}

static void try_leaves_at_the_first_failure(void **state)
{
    (void)state;
    n_calls = 0;
    assert_false(try_two(false, true));
    assert_int_equal(n_calls, 1);
    assert_false(try_two(true, false));
    assert_true(try_two(true, true));
    assert_int_equal(n_calls, 5);
}

static void break_assertion(void)
{
    signal(SIGABRT, SIG_DFL);
    ASSERT(1 + 1 == 3);
}

static void a_broken_assertion_aborts_with_its_place(void **state)
{
    (void)state;
    struct child_end end = run_child(break_assertion);
    assert_true(WIFSIGNALED(end.status));
    assert_int_equal(WTERMSIG(end.status), SIGABRT);
    assert_non_null(strstr(end.text, "1 + 1 == 3"));
    assert_non_null(strstr(end.text, "test_error.c:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_sets_everything),
        cmocka_unit_test(hostile_text_is_escaped),
        cmocka_unit_test(long_text_is_cut_at_a_character),
        cmocka_unit_test(a_message_may_be_built_from_itself),
        cmocka_unit_test(context_goes_before),
        cmocka_unit_test(context_of_no_error_is_nothing),
        cmocka_unit_test(try_leaves_at_the_first_failure),
        cmocka_unit_test(a_broken_assertion_aborts_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
