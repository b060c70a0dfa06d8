/* What is found in a buffer that was indexed in one go is what is found line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/scan/scan_private.h"
#include "support/rng.h"

enum { N_NAMES = 3 };

static const struct str names[N_NAMES] = {{"command_line", 12}, {"a", 1}, {"user", 4}};

static void add_line(struct rng_state *rng, struct buf *out)
{
    static const char *const piece[] = {"{",    "}",    "{\"a\":1}", "\"a\"", ":",        ",",    "\"",         "\\\\",
                                        "\\\"", "\\n",  "\\u00e4",   "\\x",   "\xC3\xA4", "\x80", " ",          "\t",
                                        "\r",   "\x01", "12",        "null",  "[1,2]",    "x\ty", "{\"b\":{}}", "abc"};
    static const char *const value[] = {"\"cmd /c dir\"",
                                        "\"C:\\\\a\\\\b \\\"x\\\"\"",
                                        "12",
                                        "-1.5e3",
                                        "null",
                                        "\"\"",
                                        "\"\xC3\xA4\"",
                                        "true",
                                        "{}",
                                        "\"\\ud800\"",
                                        "01",
                                        "\"\\q\"",
                                        "[]",
                                        "\"\t\"",
                                        "\"\x80\""};
    static const char *const key[] = {"command_line", "a", "user", "other", "\\u0061", "a b"};
    bool wild = rng_next_below(rng, 8) == 0, spaced = rng_next_below(rng, 4) == 0;
    uint64_t n = rng_next_below(rng, 8), kinds = rng_next_below(rng, 3) == 0 ? ARRAY_LEN(value) : 7;
    if (wild) {
        for (; n > 0; n--)
            buf_add_str(out, str_of(piece[rng_next_below(rng, ARRAY_LEN(piece))]));
    } else {
        buf_add_str(out, spaced ? STR("{ ") : STR("{"));
        for (uint64_t k = 0; k < n; k++)
            buf_printf(out, "%s\"%s\"%s%s", k > 0 ? (spaced ? " , " : ",") : "",
                       key[rng_next_below(rng, ARRAY_LEN(key))], spaced ? " : " : ":",
                       value[rng_next_below(rng, kinds)]);
        buf_add_str(out, spaced ? STR(" }  ") : STR("}"));
    }
    buf_add_str(out, rng_next_below(rng, 4) == 0 ? STR("\r\n") : STR("\n"));
}

static void check_line(struct scan_lines *lines, struct str record, const struct scan_names *list)
{
    struct scan_field got[N_NAMES], expected[N_NAMES];
    const char *got_reason = NULL, *expected_reason = NULL;
    struct str trimmed = record;
    while (trimmed.n > 0 && ascii_blank(trimmed.p[trimmed.n - 1]))
        trimmed.n--;
    bool ok = scan_lines_record(lines, record, list, got, &got_reason);
    bool expected_ok = scan_full(trimmed, names, N_NAMES, expected, &expected_reason);
    assert_int_equal(ok, expected_ok);
    if (!ok)
        assert_string_equal(got_reason, expected_reason);
    for (size_t i = 0; i < N_NAMES && ok; i++) {
        assert_int_equal(got[i].type, expected[i].type);
        assert_int_equal(got[i].raw.n, expected[i].raw.n);
        if (got[i].type != SCAN_ABSENT)
            assert_ptr_equal(got[i].raw.p, expected[i].raw.p);
    }
}

/* Bytes from `from` on, as a stream would hand them out. Some lines are passed over. */
static void check_buffer(struct scan_lines *lines, const char *p, size_t n, const struct scan_names *list,
                         struct rng_state *rng)
{
    scan_lines_look(lines, p, n);
    for (size_t at = 0; at < n;) {
        const char *end = memchr(p + at, '\n', n - at);
        size_t length = end != NULL ? (size_t)(end - p) + 1 - at : n - at;
        size_t got = scan_lines_length(lines, p + at);
        assert_int_equal(got, end != NULL ? length : 0);
        if (rng_next_below(rng, 8) > 0)
            check_line(lines, (struct str){p + at, length}, list);
        at += length;
    }
}

static void lines_are_found_as_one_by_one(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct scan_lines *lines = scan_lines_new(arena);
    struct scan_names list;
    struct buf text = {.limit = SIZE_MAX};
    scan_names_start(&list, names, N_NAMES);
    for (uint64_t i = 0; i < 4000; i++) {
        struct rng_state rng = rng_start(5, 1, i);
        text.n = 0;
        for (uint64_t k = rng_next_below(&rng, 30); k > 0; k--)
            add_line(&rng, &text);
        /* In a block of its own size, cut anywhere. */
        size_t n = text.n > 0 ? (size_t)rng_next_below(&rng, text.n + 1) : 0;
        char *copy = test_malloc(n + 1);
        memcpy(copy, text.n > 0 ? text.p : "", n);
        check_buffer(lines, copy, n, &list, &rng);
        test_free(copy);
    }
    buf_free(&text);
    arena_free(arena);
}

/* A buffer of more than is indexed, and more newlines or quotes than there is room for. */
static void what_was_not_indexed_is_read_all_the_same(void **state)
{
    (void)state;
    static char p[400 * 1024];
    static const char *const line[] = {"{\"a\":1}\n", "\n", "{\"\":\"\",\"\":\"\",\"\":\"\",\"a\":\"\"}\n"};
    struct scan_names list;
    scan_names_start(&list, names, N_NAMES);
    for (size_t k = 0; k < ARRAY_LEN(line); k++) {
        struct arena *arena = arena_new();
        struct scan_lines *lines = scan_lines_new(arena);
        size_t n = strlen(line[k]), known = 0, total = 0;
        for (total = 0; total + n <= sizeof p; total += n)
            memcpy(p + total, line[k], n);
        scan_lines_look(lines, p, total);
        for (size_t at = 0; at < total; at += n) {
            size_t length = scan_lines_length(lines, p + at);
            assert_true(length == n || (length == 0 && at > 0));
            known += length;
            check_line(lines, (struct str){p + at, n}, &list);
        }
        assert_true(known >= 8192 && known <= 256 * 1024);
        /* Lines of another place, and back again. */
        check_line(lines, (struct str){p, n}, &list);
        assert_int_equal(scan_lines_length(lines, p), n);
        check_line(lines, (struct str){line[k], n}, &list);
        assert_int_equal(scan_lines_length(lines, line[k]), 0);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_found_as_one_by_one),
        cmocka_unit_test(what_was_not_indexed_is_read_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
