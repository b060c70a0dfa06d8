#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "scan_test.h"

#include <stdio.h>

static void test_accepted(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{}",
        " { } ",
        "{\"a\":1}\r\n",
        "{\"a\":-0.5e+10,\"b\":[],\"c\":{}}",
        "{\"a\":[[1,2],{\"x\":[null]}]}\n",
        "{\"a\" : \"\\u0000\\\\\\\"\\/\\b\\f\\n\\r\\t\"}",
        "{\"a\":\"\\ud83d\\ude00\"}",
        "{\"a\":\"\\ud83d\"}",
        "{\"\":\"\"}",
        "{\"\xF0\x9F\x98\x80\":true,\"b\":false,\"c\":null}",
        "{\n\t\"a\":\r\"b\"\n}",
        "{\"a\":1e999}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\x7F\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct scan_field out[N_NAMES];
        const char *reason;
        if (!scan(str_of(good[i]), out, &reason))
            FAIL_WITH("refused: %s: %s", good[i], reason);
    }
}

static const struct str no_object[] = {
    STR(""),
    STR(" "),
    STR("{"),
    STR("}"),
    STR("[]"),
    STR("1"),
    STR("\"a\""),
    STR("null"),
    STR("{}}"),
    STR("{}x"),
    STR("{\"a\"}"),
    STR("{\"a\":}"),
    STR("{\"a\":1,}"),
    STR("{,}"),
    STR("{\"a\":1 \"b\":2}"),
    STR("{a:1}"),
    STR("{'a':1}"),
    STR("{\"a\":01}"),
    STR("{\"a\":1.}"),
    STR("{\"a\":.5}"),
    STR("{\"a\":-}"),
    STR("{\"a\":+1}"),
    STR("{\"a\":1e}"),
    STR("{\"a\":0x1}"),
    STR("{\"a\":NaN}"),
    STR("{\"a\":tru}"),
    STR("{\"a\":truex}"),
    STR("{\"a\":\"\n\"}"),
    STR("{\"a\":\"\0\"}"),
    STR("{\"a\":\"\\x\"}"),
    STR("{\"a\":\"\\u12g4\"}"),
    STR("{\"a\":\"\\u123\"}"),
    STR("{\"a\":\"\\\"}"),
    STR("{\"a\":\"b}"),
    STR("{\"a\":\"\xC0\x80\"}"),
    STR("{\"a\":\"\xED\xA0\x80\"}"),
    STR("{\"a\":\"\xF4\x90\x80\x80\"}"),
    STR("{\"a\":\"\xE2\x82\"}"),
    STR("{\"a\":\"\xFF\"}"),
    STR("{\"a\":[1,]}"),
    STR("{\"a\":[}"),
    STR("{\"a\":[1}"),
    STR("{\"a\":{]}"),
    STR("{\"a\":[\"b\":1]}"),
    STR("{\"a\":{\"b\"}}"),
    STR("{\"a\":[,]}"),
    STR("{}\0"),
    STR("\xEF\xBB\xBF{}"),
    STR("{\\\"a\\\":1}"),
    STR("{\"a\"\\:1}"),
    STR("{\"a\":\"b\"\"c\":1}"),
    STR("{\"a\":1}{\"a\":1}"),
    STR("{\"a\":\"b\\\\\\\"}"),
    STR("{\"a\":\"\\ud83d\\u12\"}"),
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(no_object); i++) {
        struct scan_field out[N_NAMES];
        const char *reason;
        if (scan(no_object[i], out, &reason))
            FAIL_WITH("accepted: %.*s", STR_ARG(no_object[i]));
    }
}

static void test_fields(void **state)
{
    (void)state;
    struct scan_field out[N_NAMES];
    const char *reason;
    assert_true(scan(STR("{\"host\":\"a\",\"x\":{\"command_line\":\"no\"},\"command_line\":\"c\\\\d\",\"host\": 12 }"),
                     out, &reason));
    assert_int_equal(out[0].type, SCAN_STRING);
    assert_true(str_equal(out[0].raw, STR("c\\\\d")));
    assert_int_equal(out[1].type, SCAN_OTHER); /* the last of two counts */
    assert_true(str_equal(out[1].raw, STR("12")));
    assert_int_equal(out[2].type, SCAN_ABSENT);
    assert_true(scan(STR("{\"h\\u006fst\":[1, {\"a\":2}],\"n\\u00e4me\":\"\"}"), out, &reason));
    assert_true(str_equal(out[1].raw, STR("[1, {\"a\":2}]")));
    assert_true(out[2].type == SCAN_STRING && out[2].raw.n == 0);
    assert_true(scan(STR("{\"\":null}"), out, &reason));
    assert_true(out[3].type == SCAN_OTHER && str_equal(out[3].raw, STR("null")));
}

static void test_depth(void **state)
{
    (void)state;
    for (int depth = 62; depth <= 65; depth++) {
        char text[400];
        int n = snprintf(text, sizeof text, "{\"a\":");
        for (int i = 1; i < depth; i++)
            text[n++] = '[';
        for (int i = 1; i < depth; i++)
            text[n++] = ']';
        text[n++] = '}';
        struct scan_field out[N_NAMES];
        const char *reason;
        assert_int_equal(scan((struct str){text, (size_t)n}, out, &reason), depth <= 64);
    }
    size_t bomb = 1 << 20;
    char *text = malloc(bomb);
    assert_non_null(text);
    memset(text, '[', bomb);
    memcpy(text, "{\"a\":", 5);
    struct scan_field out[N_NAMES];
    const char *reason;
    assert_false(scan((struct str){text, bomb}, out, &reason));
    free(text);
}

static void unescapes(const char *raw, struct str expected)
{
    struct arena *arena = arena_new();
    struct scan_field field = {SCAN_STRING, str_of(raw)};
    struct str text;
    assert_true(scan_unescape(&field, arena, &text));
    assert_true(str_equal(text, expected));
    arena_free(arena);
}

static void test_unescape(void **state)
{
    (void)state;
    unescapes("\\\\\\\"\\/\\b\\f\\n\\r\\t", STR("\\\"/\b\f\n\r\t"));
    unescapes("a\\u0041\\u00e4\\u20AC\\u0000z", STR("aA\xC3\xA4\xE2\x82\xAC\0z"));
    unescapes("\\ud83d\\ude00", STR("\xF0\x9F\x98\x80"));
    unescapes("\\ud83d", STR("\xEF\xBF\xBD"));
    unescapes("\\ude00\\ud83d", STR("\xEF\xBF\xBD\xEF\xBF\xBD"));
    unescapes("\\ud83d\\u0041", STR("\xEF\xBF\xBD"
                                    "A"));
    unescapes("\\ud83dx", STR("\xEF\xBF\xBDx"));
    struct arena *arena = arena_new();
    static const char *const bad[] = {"\\", "\\x", "\\u12", "a\\u00g0"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct scan_field field = {SCAN_STRING, str_of(bad[i])};
        struct str text;
        assert_false(scan_unescape(&field, arena, &text));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_refused),  cmocka_unit_test(test_fields),
        cmocka_unit_test(test_depth),    cmocka_unit_test(test_unescape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
