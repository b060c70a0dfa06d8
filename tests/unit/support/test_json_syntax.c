#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "json_test.h"

static void refuse(const char *text, bool comments, const char *message)
{
    struct json_doc *doc;
    struct error err;
    assert_false(json_parse(str_of(text), "t.json", comments, &doc, &err));
    assert_string_equal(err.message, message);
    assert_int_equal(err.code, comments ? ERROR_CONFIG : ERROR_INPUT);
}

static void syntax_errors_have_places(void **state)
{
    (void)state;
    refuse("", true, "t.json:1:1: the text ends where a value is expected");
    refuse("  ", true, "t.json:1:3: the text ends where a value is expected");
    refuse("{\"a\": 1,\n \"b\" 2}", true, "t.json:2:6: ':' is expected here");
    refuse("{\"a\": 1\n \"b\": 2}", true, "t.json:2:2: ',' or '}' is expected here");
    refuse("[1 2]", true, "t.json:1:4: ',' or ']' is expected here");
    refuse("[1,]", true, "t.json:1:4: a value is expected here");
    refuse("{\"a\":1,}", true, "t.json:1:8: a key in double quotes is expected here");
    refuse("{a:1}", true, "t.json:1:2: a key in double quotes is expected here");
    refuse("[1", true, "t.json:1:3: ',' or ']' is expected here");
    refuse("1 2", true, "t.json:1:3: nothing may follow the value");
    refuse("{} // ok\n x", true, "t.json:2:2: nothing may follow the value");
    refuse("nullx", true, "t.json:1:5: nothing may follow the value");
    refuse("[\"\xC3\xA9\", nul]", true, "t.json:1:7: a value is expected here");
    refuse("01", true, "t.json:1:1: a number cannot start with 0");
    refuse("-", true, "t.json:1:1: this is not a number");
    refuse("[1.]", true, "t.json:1:2: this is not a number");
    refuse("1e", true, "t.json:1:1: this is not a number");
    refuse("+1", true, "t.json:1:1: a value is expected here");
    refuse("NaN", true, "t.json:1:1: a value is expected here");
    refuse("[1e999]", true, "t.json:1:2: this number is too long or too large");
    refuse("\"ab", true, "t.json:1:1: this string has no end");
    refuse("\"a\nb\"", true, "t.json:1:3: a control character must be escaped in a string");
    refuse("\"\\x\"", true, "t.json:1:2: this escape is not one of JSON's");
    refuse("\"\\u12g4\"", true, "t.json:1:2: \\u needs four hexadecimal digits");
    refuse("\"\\u0000\"", true, "t.json:1:2: \\u0000 is not allowed");
    refuse("\"\\uD800\"", true, "t.json:1:2: this half of a surrogate pair stands alone");
    refuse("\"\\uD800\\u0041\"", true, "t.json:1:2: this half of a surrogate pair stands alone");
    refuse("\"\\uDC00\"", true, "t.json:1:2: this half of a surrogate pair stands alone");
    refuse("{\"\xFF\": 1}", true, "t.json:1:3: a key must be valid UTF-8");
    refuse("\"\\", true, "t.json:1:2: this escape is not one of JSON's");
    refuse("\"\\u", true, "t.json:1:2: \\u needs four hexadecimal digits");
    struct json_doc *doc;
    struct error err;
    assert_false(json_parse(STR("[1]\0"), "t.json", true, &doc, &err));
    assert_string_equal(err.message, "t.json:1:4: a zero byte is not text");
    assert_false(json_parse((struct str){NULL, 0}, "t.json", false, &doc, &err));
}

static void comments_are_for_configs(void **state)
{
    (void)state;
    struct json_doc *doc = parse("// head\n{/* a\n\" */ \"a // b\": \"/* no */\", // tail \"\n\"c\\\"//\": 1 /**/}//");
    struct str s;
    assert_true(json_as_str(json_get(json_root(doc), "a // b"), &s) && str_equal(s, STR("/* no */")));
    int64_t i;
    assert_true(json_as_i64(json_get(json_root(doc), "c\"//"), &i) && i == 1);
    json_free(doc);
    refuse("// x\n1", false, "t.json:1:1: a value is expected here");
    refuse("[1,\n /* x", true, "t.json:2:2: this comment has no end");
    refuse("[1, /*/ 2]", true, "t.json:1:5: this comment has no end");
    refuse("[1 / 2]", true, "t.json:1:4: ',' or ']' is expected here");
    refuse("1/", true, "t.json:1:2: nothing may follow the value");
    refuse("/* a\n b */ x", true, "t.json:2:7: a value is expected here");
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    check_dump("\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}");
    refuse("\xEF\xBB\xBFx", true, "t.json:1:1: a value is expected here");
}

static void duplicate_keys_are_refused(void **state)
{
    (void)state;
    refuse("{\"a\": 1, \"b\": {\"k\": 1,\n \"j\": 2, \"k\": 3}}", true,
           "t.json:2:10: the key k is there twice; keep one");
    refuse("{\"a\": 1, \"\\u0061\": 2}", false, "t.json:1:10: the key a is there twice; keep one");
    check_dump("{\"a\": {\"a\": 1}, \"A\": [{\"a\": 1}, {\"a\": 2}]}", "{\"A\":[{\"a\":1},{\"a\":2}],\"a\":{\"a\":1}}");
}

static void depth_is_limited(void **state)
{
    (void)state;
    char text[4001];
    for (size_t depth = 63; depth <= 66; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        struct json_doc *doc = NULL;
        struct error err;
        assert_int_equal(json_parse((struct str){text, 2 * depth}, "t", false, &doc, &err), depth <= 64);
        if (depth <= 64)
            json_free(doc);
        else
            assert_string_equal(err.message, "t:1:65: values are nested too deeply");
    }
    memset(text, '[', sizeof(text));
    struct json_doc *doc;
    struct error err;
    assert_false(json_parse((struct str){text, sizeof(text)}, "t", false, &doc, &err));
}

/* Whatever is cut from or changed in a document: an error or a value, never a crash. */
static void mangled_text_is_survived(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,-2.5e3,\"\\u00e9\\uD83D\\uDE00\\n\"],/*c*/\"b\":{\"c\":null,\"d\":true}}//e";
    char changed[sizeof(text)];
    struct json_doc *doc;
    struct error err;
    size_t n_ok = 0;
    for (size_t n = 0; n < sizeof(text); n++) {
        if (json_parse((struct str){text, n}, "t", true, &doc, &err)) {
            json_free(doc);
            n_ok++;
        }
    }
    assert_int_equal(n_ok, 3); /* whole, and with "//e" cut to "//" or nothing */
    static const char put[] = "\"\\/{}[],:*0-e\n\x80u";
    for (size_t i = 0; i + 1 < sizeof(text); i++) {
        for (size_t k = 0; k < sizeof(put); k++) {
            memcpy(changed, text, sizeof(text));
            changed[i] = put[k];
            if (!json_parse((struct str){changed, sizeof(text) - 1}, "t", true, &doc, &err)) {
                assert_memory_equal(err.message, "t:", 2);
                continue;
            }
            struct buf buf = {.limit = 1000};
            json_dump(json_root(doc), &buf);
            buf_free(&buf);
            for (size_t m = 0; m < json_count(json_root(doc)); m++)
                json_fail(doc, json_at(json_root(doc), m), &err, "x");
            json_free(doc);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax_errors_have_places),
        cmocka_unit_test(comments_are_for_configs),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(duplicate_keys_are_refused),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(mangled_text_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
