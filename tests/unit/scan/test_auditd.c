/* Events of the audit log from records that are mixed, cut or strange. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "scan/layout.h"

#include <stdio.h>
#include <stdlib.h>

struct log {
    struct arena *arena;
    const struct layout *layout;
    void *state;
    struct event event;
    const char *reason;
};

static struct log log_start(void)
{
    static const struct field_map none = {.n_filters = 0};
    struct log log = {.arena = arena_new(), .layout = layout_find("auditd")};
    assert_non_null(log.layout);
    log.state = log.layout->form->start(log.layout, &none, log.arena);
    return log;
}

static enum read_result take(struct log *log, const char *line)
{
    log->reason = NULL;
    return log->layout->form->parse(log->state, str_of(line), log->arena, &log->event, &log->reason);
}

static bool is(struct log *log, struct str field, const char *text)
{
    return str_equal(log->layout->form->decode(field, log->arena), str_of(text));
}

static void test_arguments(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *command;
    } cases[] = {
        {"argc=1 a0=\"id\"", "id"},
        {"argc=2 a0=\"id\" a1=2D75", "id -u"},
        {"argc=2 a0=\"id\" a1=2d75", "id -u"},
        {"argc=2 a0=\"echo\" a1=\"2D75\"", "echo 2D75"},
        {"argc=2 a0=\"echo\" a1=2D7", "echo 2D7"},   /* no whole bytes: text */
        {"argc=2 a0=\"echo\" a1=2G75", "echo 2G75"}, /* no hex digits */
        {"argc=3 a0=\"a\" a1=\"\" a2=\"b c\"", "a '' 'b c'"},
        {"argc=2 a0=\"a\" a1=\"$HOME\"", "a '$HOME'"},
        {"argc=2 a0=\"a\" a1=\"~\"", "a '~'"},
        {"argc=2 a0=\"a\" a1=C3A4", "a '\xC3\xA4'"},
        {"argc=2 a0=\"a\" a1=E4", "a '\xEF\xBF\xBD'"},
        {"argc=2 a0=\"a\" a1=C3", "a '\xEF\xBF\xBD'"},
        {"argc=2 a0=\"a\" a1=620A63", "a 'b\nc'"},
        {"argc=1 a0=\"no end", "'no end'"},
        {"argc=2 a0=\"argc=9\" a1=\"a0=x\"", "argc=9 a0=x"},
        {"argc=1 a0=(null)", "'(null)'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct log log = log_start();
        char line[300];
        snprintf(line, sizeof line, "type=EXECVE msg=audit(1.5:7): %s\n", cases[i].arguments);
        assert_int_equal(take(&log, line), READ_EVENT);
        if (!is(&log, log.event.command, cases[i].command))
            FAIL_WITH("%s: %.*s", line, STR_ARG(log.layout->form->decode(log.event.command, log.arena)));
        assert_true(is(&log, log.event.time, "1.5") && log.event.platform == PLATFORM_LINUX);
        arena_free(log.arena);
    }
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *line, *reason;
    } bad[] = {
        {"hello\n", "not an audit record"},
        {"msg=audit(1.1:1): argc=1 a0=\"a\"\n", "not an audit record"},
        {"type=EXECVE msg=audit(1.1): argc=1 a0=\"a\"\n", "not an audit record"},
        {"type=EXECVE msg=audit(x:1): argc=1 a0=\"a\"\n", "not an audit record"},
        {"type=EXECVE msg=audit(1.1:1): argc=0\n", "without arguments"},
        {"type=EXECVE msg=audit(1.1:1): a0=\"a\"\n", "beginning"},
        {"type=EXECVE msg=audit(1.1:1):\n", "beginning"},
        {"type=EXECVE msg=audit(1.1:1): argc=x a0=\"a\"\n", "beginning"},
    };
    struct log log = log_start();
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(take(&log, bad[i].line), READ_BAD);
        if (strstr(log.reason, bad[i].reason) == NULL)
            FAIL_WITH("%s: %s", bad[i].line, log.reason);
    }
    assert_int_equal(take(&log, "\n"), READ_BLANK);
    assert_int_equal(take(&log, "type=USER_CMD msg=audit(1.1:2): cmd=6C73\n"), READ_OTHER);
    arena_free(log.arena);
}

/* As many events as the window holds, record by record: all are told, with their own user and program. */
static void test_window(void **state)
{
    (void)state;
    enum { N = 1024 };
    struct log log = log_start();
    char line[200], user[20], image[20];
    for (int i = 0; i < N; i++) {
        snprintf(line, sizeof line, "type=SYSCALL msg=audit(9.9:%d): success=yes auid=%d exe=\"/bin/p%d\"\n", 5 + i, i,
                 i);
        assert_int_equal(take(&log, line), READ_BLANK);
    }
    for (int i = 0; i < N; i++) {
        snprintf(line, sizeof line, "type=EXECVE msg=audit(9.9:%d): argc=2 a0=\"p\"\n", 5 + i);
        assert_int_equal(take(&log, line), READ_BLANK);
    }
    for (int i = N - 1; i >= 0; i--) {
        snprintf(line, sizeof line, "type=EXECVE msg=audit(9.9:%d): a1=\"%d\"\n", 5 + i, i);
        assert_int_equal(take(&log, line), READ_EVENT);
        snprintf(line, sizeof line, "p %d", i);
        snprintf(user, sizeof user, "%d", i);
        snprintf(image, sizeof image, "/bin/p%d", i);
        assert_true(is(&log, log.event.command, line) && is(&log, log.event.user, user) &&
                    is(&log, log.event.image, image));
    }
    arena_free(log.arena);
}

static void test_pushed_out(void **state)
{
    (void)state;
    struct log log = log_start();
    assert_int_equal(take(&log, "type=EXECVE msg=audit(1.1:10): argc=2 a0=\"a\"\n"), READ_BLANK);
    /* The same place in the window: the older event is given up, and counted once. */
    assert_int_equal(take(&log, "type=SYSCALL msg=audit(2.2:1034): success=yes exe=\"/x\"\n"), READ_BAD);
    assert_non_null(strstr(log.reason, "not complete"));
    assert_int_equal(take(&log, "type=EXECVE msg=audit(1.1:10): a1=\"b\"\n"), READ_BAD);
    assert_int_equal(take(&log, "type=EXECVE msg=audit(2.2:1034): argc=1 a0=\"x\"\n"), READ_EVENT);
    assert_true(is(&log, log.event.image, "/x"));
    /* Nodes do not disturb each other. */
    assert_int_equal(take(&log, "node=a type=SYSCALL msg=audit(1.1:1): success=no\n"), READ_BLANK);
    assert_int_equal(take(&log, "node=b type=EXECVE msg=audit(1.1:1): argc=1 a0=\"x\"\n"), READ_EVENT);
    assert_true(is(&log, log.event.host, "b"));
    assert_int_equal(take(&log, "node=a type=EXECVE msg=audit(1.1:1): argc=1 a0=\"x\"\n"), READ_NO_START);
    arena_free(log.arena);
}

/* More waiting arguments than the memory for them: the oldest event is given up, the newest is whole. */
static void test_much_waiting(void **state)
{
    (void)state;
    enum { LONG = 100000, N = 60 };
    struct log log = log_start();
    char *line = malloc(LONG + 200);
    int n_bad = 0, n_events = 0;
    assert_non_null(line);
    for (int i = 0; i < N; i++) {
        int n = snprintf(line, 100, "type=EXECVE msg=audit(1.1:%d): argc=2 a0=\"", i);
        memset(line + n, 'x', LONG);
        snprintf(line + n + LONG, 10, "\"\n");
        assert_int_equal(take(&log, line), READ_BLANK);
    }
    for (int i = 0; i < N; i++) {
        snprintf(line, 100, "type=EXECVE msg=audit(1.1:%d): a1=\"y\"\n", i);
        enum read_result result = take(&log, line);
        n_bad += result == READ_BAD;
        n_events += result == READ_EVENT;
        if (result == READ_EVENT)
            assert_int_equal(log.layout->form->decode(log.event.command, log.arena).n, LONG + 2);
    }
    assert_int_equal(n_bad + n_events, N);
    assert_in_range(n_events, 30, 45);
    free(line);
    arena_free(log.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),  cmocka_unit_test(test_bad),          cmocka_unit_test(test_window),
        cmocka_unit_test(test_pushed_out), cmocka_unit_test(test_much_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
