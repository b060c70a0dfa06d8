/* Events of the audit log from records that are mixed, cut, far apart or strange. */
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
    const struct form *form;
    void *state;
    int64_t at;
    struct buf out;
};

static struct log log_start(void)
{
    static const struct field_map none = {.n_filters = 0};
    struct log log = {.arena = arena_new(), .form = layout_find("auditd")->form, .out = {.limit = 1 << 20}};
    log.state = log.form->start(layout_find("auditd"), &none, log.arena);
    return log;
}

static void log_end(struct log *log)
{
    arena_free(log->arena);
    buf_free(&log->out);
}

/* "command|host|user|image|time", "bad: reason" or why it is no event; blank ones are left out. */
static void show(struct log *log, enum read_result result, const struct event *event, const char *reason)
{
    if (result == READ_BLANK || result == READ_END)
        return;
    buf_add_str(&log->out, log->out.n > 0 ? STR(" ; ") : STR(""));
    if (result == READ_BAD)
        buf_printf(&log->out, "bad: %s", reason);
    if (result == READ_BAD || result != READ_EVENT) {
        buf_add_str(&log->out, str_of(result == READ_BAD ? "" : read_result_name(result)));
        return;
    }
    assert_int_equal(event->platform, PLATFORM_LINUX);
    const struct str field[] = {event->command, event->host, event->user, event->image, event->time};
    for (size_t i = 0; i < ARRAY_LEN(field); i++) {
        buf_add_str(&log->out, i > 0 ? STR("|") : STR(""));
        buf_add_str(&log->out, log->form->decode(field[i], log->arena));
    }
}

static void show_rest(struct log *log)
{
    struct event event;
    const char *reason = "";
    for (enum read_result result = READ_BLANK; result != READ_END;) {
        result = log->form->next(log->state, log->arena, &event, &reason);
        show(log, result, &event, reason);
    }
}

static void take(struct log *log, struct str line, enum record_place place)
{
    struct event event;
    const char *reason = "";
    log->form->place(log->state, log->at, place);
    enum read_result result = log->form->parse(log->state, line, log->arena, &event, &reason);
    if (place == PLACE_INSIDE)
        show(log, result, &event, reason);
    show_rest(log);
    log->at += (int64_t)line.n;
}

static void take_all(struct log *log, const char *text)
{
    for (size_t n = strlen(text), length; n > 0; text += length, n -= length) {
        length = log->form->record_length(log->state, text, n, true);
        take(log, (struct str){text, length}, PLACE_INSIDE);
    }
}

static void finish(struct log *log)
{
    log->form->end(log->state);
    show_rest(log);
}

struct row {
    const char *text, *expected;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct log log = log_start();
        take_all(&log, rows[i].text);
        finish(&log);
        buf_add_str(&log.out, STR(""));
        const char *got = log.out.n > 0 ? log.out.p : "";
        if (strcmp(got, rows[i].expected) != 0)
            FAIL_WITH("%s\nexpected %s\ngot      %s", rows[i].text, rows[i].expected, got);
        log_end(&log);
    }
}

#define EXECVE(serial, arguments) "type=EXECVE msg=audit(1.5:" #serial "): " arguments "\n"
#define SYSCALL(serial, values)   "type=SYSCALL msg=audit(1.5:" #serial "): success=yes " values "\n"
#define OTHER(serial, type)       "type=" type " msg=audit(1.5:" #serial "): x=1\n"
#define ONE(arguments, command)                                                                                        \
    {                                                                                                                  \
        EXECVE(7, arguments), command "||||1.5"                                                                        \
    }
#define WRONG(arguments, expected)                                                                                     \
    {                                                                                                                  \
        EXECVE(7, arguments), "bad: event 1.5:7: " expected                                                            \
    }

static void test_arguments(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ONE("argc=1 a0=\"id\"", "id"),
        ONE("argc=2 a0=\"id\" a1=2D75", "id -u"),
        ONE("argc=2 a0=\"id\" a1=2d75", "id -u"),
        ONE("argc=2 a0=\"echo\" a1=\"2D75\"", "echo 2D75"),
        ONE("argc=2 a0=\"echo\" a1=2D7", "echo 2D7"),   /* no whole bytes: text */
        ONE("argc=2 a0=\"echo\" a1=2G75", "echo 2G75"), /* no hex digits */
        ONE("argc=3 a0=\"a\" a1=\"\" a2=\"b c\"", "a '' 'b c'"),
        ONE("argc=2 a0=\"a\" a1=\"$HOME\"", "a '$HOME'"),
        ONE("argc=2 a0=\"a\" a1=\"~\"", "a '~'"),
        ONE("argc=2 a0=\"a\" a1=C3A4", "a '\xC3\xA4'"),
        ONE("argc=2 a0=\"a\" a1=E4", "a '\xEF\xBF\xBD'"),
        ONE("argc=2 a0=\"a\" a1=C3", "a '\xEF\xBF\xBD'"),
        ONE("argc=2 a0=\"a\" a1=620A63", "a 'b\nc'"),
        ONE("argc=1 a0=\"no end", "'no end'"),
        ONE("argc=2 a0=\"argc=9\" a1=\"a0=x\"", "argc=9 a0=x"),
        ONE("argc=1 a0=(null)", "'(null)'"),
        /* kernels leave empty arguments out */
        ONE("argc=3 a0=\"ls\" a2=\"x\"", "ls '' x"),
        ONE("argc=3 a1=\"ls\"", "'' ls ''"),
        ONE("argc=2 a0=\"sh\" a1_len=8 a1[0]=\"ab c\" a1[1]=6465", "sh 'ab cde'"),
        WRONG("argc=0", "a process without arguments"),
        WRONG("a0=\"a\"", "the beginning of its arguments is missing"),
        WRONG("", "the beginning of its arguments is missing"),
        WRONG("argc=x a0=\"a\"", "the beginning of its arguments is missing"),
        WRONG("argc=9223372036854775807 a0=\"a\"", "too many of its arguments are missing"),
        WRONG("argc=2 a0=\"sh\" a1_len=12 a1[0]=6162", "an argument is not complete"),
        WRONG("argc=3 a0=\"sh\" a1_len=12 a1[0]=6162 a2=\"x\"", "an argument is not complete"),
    };
    check(rows, ARRAY_LEN(rows));
}

static void test_lines(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"hello\n", "bad: not an audit record"},
        {"msg=audit(1.1:1): argc=1 a0=\"a\"\n", "bad: not an audit record"},
        {"type=EXECVE msg=audit(1.1): argc=1 a0=\"a\"\n", "bad: not an audit record"},
        {"type=EXECVE msg=audit(x:1): argc=1 a0=\"a\"\n", "bad: not an audit record"},
        {"\n \t\n----\n----\r\ntime->Tue Nov 14 22:13:20 2023\n", ""},
        {"type=USER_CMD msg=audit(1.1:2): cmd=6C73\n", "other kind"},
    };
    check(rows, ARRAY_LEN(rows));
}

static void test_orders(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {SYSCALL(1, "auid=7 exe=\"/bin/id\"") EXECVE(1, "argc=1 a0=\"id\"") OTHER(1, "CWD"), "id||7|/bin/id|1.5"},
        {OTHER(1, "PROCTITLE") EXECVE(1, "argc=1 a0=\"id\"") SYSCALL(1, "auid=7 exe=\"/bin/id\""), "id||7|/bin/id|1.5"},
        {OTHER(1, "CWD") EXECVE(1, "argc=1 a0=\"id\"") OTHER(1, "PATH") OTHER(1, "PROCTITLE") SYSCALL(1, "uid=7"),
         "id||7||1.5"},
        {EXECVE(1, "argc=2 a0=\"a\"") OTHER(1, "PROCTITLE") EXECVE(2, "argc=1 a0=\"b\"") OTHER(2, "EOE"),
         "a ''||||1.5 ; b||||1.5"},
        {SYSCALL(1, "uid=7") EXECVE(1, "argc=2 a0=\"a\"") EXECVE(2, "argc=1 a0=\"b\"") EXECVE(1, "a1=\"c\""),
         "a c||7||1.5 ; b||||1.5"},
        {EXECVE(1, "a2=\"c\"") EXECVE(1, "argc=3 a0=\"a\" a1_len=4 a1[0]=\"b\"") EXECVE(1, "a1[1]=\"b b\""),
         "a 'bb b' c||||1.5"},
        {"type=SYSCALL msg=audit(1.5:1): success=no exe=\"/x\"\n" EXECVE(1, "argc=1 a0=\"x\""), "not started"},
        {EXECVE(1, "argc=1 a0=\"x\"") "type=SYSCALL msg=audit(1.5:1): success=no exe=\"/x\"\n", "not started"},
        /* nodes do not disturb each other */
        {"node=a type=SYSCALL msg=audit(1.5:1): success=no\nnode=b " EXECVE(1, "argc=1 a0=\"x\"") "node=a " EXECVE(
             1, "argc=1 a0=\"y\""),
         "not started ; x|b|||1.5"},
        /* names that auditd adds */
        {"type=SYSCALL msg=audit(1.5:1): success=yes auid=0 exe=2F61\x1D"
         "ARCH=x86_64 AUID=\"unset\" UID=\"jane\"\n" EXECVE(1, "argc=1 a0=\"x\"\x1DX=\"y\""),
         "x||jane|/a|1.5"},
        /* told, and then more */
        {SYSCALL(1, "uid=7") EXECVE(1, "argc=1 a0=\"a\"") EXECVE(1, "argc=1 a0=\"a\""),
         "a||7||1.5 ; bad: arguments behind the other records of their event"},
        {"Jun  1 00:00:00 gw audispd: node=gw-1 " EXECVE(1, "argc=1 a0=\"x\""), "x|gw-1|||1.5"},
    };
    check(rows, ARRAY_LEN(rows));
}

#define AT "msg=audit(10/03/2018 13:04:03.208:1391) : "
static void test_interpreted(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"----\ntype=PROCTITLE " AT "proctitle=/bin/ls -l /etc \ntype=EXECVE " AT
         "argc=3 a0=/bin/ls a1=-l a2=/etc \ntype=SYSCALL " AT
         "arch=x86_64 syscall=execve success=yes a0=0x1 auid=ann uid=root exe=/opt/my tool key=exec \n",
         "/bin/ls -l /etc||ann|/opt/my tool|10/03/2018 13:04:03.208"},
        {"type=EXECVE " AT "argc=3 a0=sh a1=-c a2=echo 4142 x=1 a1=5 a9=6 it's\n",
         "sh -c 'echo 4142 x=1 a1=5 a9=6 it'\"'\"'s'||||10/03/2018 13:04:03.208"},
        {"type=SYSCALL " AT "success=no exit=ENOENT(No such file or directory) auid=unset uid=root exe=/bin/a\n"
         "type=EXECVE " AT "argc=1 a0=b\n",
         "not started"},
    };
    check(rows, ARRAY_LEN(rows));
}

static void skip_bytes(struct log *log, int64_t n)
{
    log->at += n;
}

/* One event if records are not too far apart, else two; what comes late is counted. */
static void test_window(void **state)
{
    (void)state;
    const int64_t window = layout_find("auditd")->form->around / 2;
    static const struct {
        int64_t more;
        const char *expected;
    } rows[] = {
        {0, "a b||7||1.5"},
        {1, "a ''||7||1.5 ; bad: event 1.5:1: the beginning of its arguments is missing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct log log = log_start();
        take_all(&log, SYSCALL(1, "uid=7"));
        take_all(&log, EXECVE(1, "argc=2 a0=\"a\""));
        log.at = window + rows[i].more + (i > 0 ? log.at : 0);
        take_all(&log, EXECVE(1, "a1=\"b\""));
        finish(&log);
        if (strcmp(log.out.p, rows[i].expected) != 0)
            FAIL_WITH("%s", log.out.p);
        log_end(&log);
    }
    struct log log = log_start();
    take_all(&log, EXECVE(1, "argc=2 a0=\"a\""));
    skip_bytes(&log, window / 2);
    take_all(&log, OTHER(1, "PATH"));
    skip_bytes(&log, window / 2);
    take_all(&log, EXECVE(1, "a1=\"b\""));
    assert_string_equal(log.out.p, "bad: arguments too far behind the first record of their event ; a ''||||1.5");
    log_end(&log);
}

/* Many events open at once, each with its own user and program. */
static void test_many(void **state)
{
    (void)state;
    enum { N = 600 };
    struct log log = log_start();
    char line[200], text[100];
    for (int i = 0; i < N; i++) {
        snprintf(line, sizeof line, "type=SYSCALL msg=audit(9.9:%d): success=yes auid=%d exe=\"/bin/p%d\"\n", 5 + i, i,
                 i);
        take_all(&log, line);
    }
    for (int i = 0; i < N; i++) {
        snprintf(line, sizeof line, "type=EXECVE msg=audit(9.9:%d): argc=2 a0=\"p\"\n", 5 + i);
        take_all(&log, line);
    }
    assert_int_equal(log.out.n, 0);
    for (int i = N - 1; i >= 0; i--) {
        snprintf(line, sizeof line, "type=EXECVE msg=audit(9.9:%d): a1=\"%d\"\n", 5 + i, i);
        snprintf(text, sizeof text, "p %d||%d|/bin/p%d|9.9", i, i, i);
        take_all(&log, line);
        assert_string_equal(log.out.p, text);
        buf_free(&log.out);
        log.out = (struct buf){.limit = 1 << 20};
    }
    log_end(&log);
}

/* Long arguments do not pile up. */
static void test_much_waiting(void **state)
{
    (void)state;
    enum { LONG = 100000, N = 600 };
    struct log log = log_start();
    char *line = malloc(LONG + 200);
    assert_non_null(line);
    size_t used = 0;
    log.out.limit = 0;
    for (int i = 0; i < N; i++) {
        int n = snprintf(line, 100, "type=EXECVE msg=audit(1.1:%d): argc=2 a0=\"", i);
        memset(line + n, 'x', LONG);
        snprintf(line + n + LONG, 10, "\"\n");
        struct event event;
        const char *reason;
        log.form->place(log.state, log.at, PLACE_INSIDE);
        struct arena *scratch = arena_new();
        assert_int_equal(log.form->parse(log.state, str_of(line), scratch, &event, &reason), READ_BLANK);
        while (log.form->next(log.state, scratch, &event, &reason) != READ_END)
            assert_true(str_starts(log.form->decode(event.command, scratch), STR("xxx")));
        arena_free(scratch);
        log.at += LONG;
        if (i == 20)
            used = arena_used(log.arena);
    }
    assert_int_equal(arena_used(log.arena), used);
    free(line);
    log_end(&log);
}

/* A piece has the events whose first record lies in it, and no other. */
static void test_pieces(void **state)
{
    (void)state;
    struct log log = log_start();
    take(&log, STR(SYSCALL(1, "uid=1")), PLACE_BEFORE);
    take(&log, STR(EXECVE(1, "argc=1 a0=\"a\"")), PLACE_INSIDE);
    take(&log, STR(SYSCALL(2, "uid=2")), PLACE_INSIDE);
    take(&log, STR(SYSCALL(3, "uid=3")), PLACE_BEHIND);
    take(&log, STR(EXECVE(2, "argc=1 a0=\"b\"")), PLACE_BEHIND);
    take(&log, STR(EXECVE(3, "argc=1 a0=\"c\"")), PLACE_BEHIND);
    assert_string_equal(log.out.p, "b||2||1.5");
    assert_false(log.form->place(log.state, log.at, PLACE_BEHIND));
    finish(&log);
    assert_string_equal(log.out.p, "b||2||1.5");
    log_end(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),    cmocka_unit_test(test_lines),  cmocka_unit_test(test_orders),
        cmocka_unit_test(test_interpreted),  cmocka_unit_test(test_window), cmocka_unit_test(test_many),
        cmocka_unit_test(test_much_waiting), cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
