#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/log.h"

#include "child.h"

#include <string.h>

static void say_all(void)
{
    log_job(LOG_ERROR, "e %d", 1);
    log_job(LOG_WARN, "w");
    log_job(LOG_INFO, "i");
    log_job(LOG_DEBUG, "d");
}

static void at_default(void)
{
    say_all();
    log_rank(LOG_INFO, "here");
}

static void at_debug(void)
{
    log_setup(LOG_DEBUG, 0, 3);
    say_all();
}

static void at_quiet(void)
{
    log_setup(LOG_QUIET, 0, 3);
    say_all();
    log_rank(LOG_ERROR, "e");
    log_job(LOG_QUIET, "never");
}

static void at_rank_two(void)
{
    log_setup(LOG_WARN, 2, 3);
    say_all();
    log_rank(LOG_WARN, "late");
    log_rank(LOG_INFO, "hidden");
}

static void hostile(void)
{
    log_job(LOG_INFO, "%s", "a\nb\x1B]0;x\x07 \xC3\xA9\xFE");
}

static void endless(void)
{
    static char text[20000];
    memset(text, 1, sizeof(text) - 1);
    log_job(LOG_INFO, "%s", text);
    memset(text, 'y', sizeof(text) - 1);
    log_rank(LOG_ERROR, "%s", text);
    log_job(LOG_INFO, "after");
}

static void levels_choose_lines(void **state)
{
    (void)state;
    assert_string_equal(run_child(at_default).text, "error: e 1\nwarning: w\ni\n[rank 0/1] here\n");
    assert_string_equal(run_child(at_debug).text, "error: e 1\nwarning: w\ni\ndebug: d\n");
    assert_string_equal(run_child(at_quiet).text, "");
    log_setup(LOG_WARN, 0, 1);
    assert_int_equal(log_get_level(), LOG_WARN);
    log_setup(LOG_INFO, 0, 1);
}

static void only_rank_0_speaks_for_the_job(void **state)
{
    (void)state;
    assert_string_equal(run_child(at_rank_two).text, "[rank 2/3] warning: late\n");
}

static void a_message_is_one_safe_line(void **state)
{
    (void)state;
    assert_string_equal(run_child(hostile).text, "a\\x0Ab\\x1B]0;x\\x07 \xC3\xA9\\xFE\n");
}

static void a_long_message_is_cut_and_keeps_its_line_end(void **state)
{
    (void)state;
    struct child_end end = run_child(endless);
    assert_int_equal(end.status, 0);
    size_t lines = 0;
    for (size_t i = 0; i < end.n; i++)
        lines += end.text[i] == '\n';
    assert_int_equal(lines, 3);
    assert_memory_equal(end.text, "\\x01\\x01", 8);
    assert_string_equal(end.text + end.n - 8, "y\nafter\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_choose_lines),
        cmocka_unit_test(only_rank_0_speaks_for_the_job),
        cmocka_unit_test(a_message_is_one_safe_line),
        cmocka_unit_test(a_long_message_is_cut_and_keeps_its_line_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
