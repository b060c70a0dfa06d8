#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/str.h"

#include <float.h>
#include <stdlib.h>

static void comparison_is_by_unsigned_bytes_then_length(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("\x80")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_true(str_compare((struct str){NULL, 0}, STR("a")) < 0);
    assert_int_equal(str_compare(STR("a\0b"), STR("a\0b")), 0);
    assert_true(str_compare(STR("a\0b"), STR("a\0c")) < 0);
    assert_true(str_equal((struct str){NULL, 0}, STR("")));
    assert_false(str_equal(STR("a"), STR("b")));
}

static void prefixes(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_true(str_starts(STR("abc"), STR("")));
    assert_false(str_starts(STR("a"), STR("ab")));
}

static void finding(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("aabaab"), STR("aab"), 0), 0);
    assert_int_equal(str_find(STR("aabaab"), STR("aab"), 1), 3);
    assert_true(str_find(STR("aabaab"), STR("aab"), 4) == SIZE_MAX);
    assert_int_equal(str_find(STR("abc"), STR(""), 3), 3);
    assert_true(str_find(STR("abc"), STR(""), 4) == SIZE_MAX);
    assert_int_equal(str_find(STR("x\0y"), STR("\0y"), 0), 1);
    assert_true(str_find((struct str){NULL, 0}, STR("a"), 0) == SIZE_MAX);
    assert_true(str_find(STR("ab"), STR("abc"), SIZE_MAX) == SIZE_MAX);
}

static void whole_numbers(void **state)
{
    (void)state;
    int64_t x = 77;
    assert_true(str_to_i64(STR("0"), &x) && x == 0);
    assert_true(str_to_i64(STR("-0"), &x) && x == 0);
    assert_true(str_to_i64(STR("007"), &x) && x == 7);
    assert_true(str_to_i64(STR("9223372036854775807"), &x) && x == INT64_MAX);
    assert_true(str_to_i64(STR("-9223372036854775808"), &x) && x == INT64_MIN);
    x = 77;
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x1",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999",
                                      "1e3"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(str_to_i64(str_of(bad[i]), &x));
    assert_false(str_to_i64(STR("1\0"), &x));
    assert_int_equal(x, 77);
}

static void real_numbers(void **state)
{
    (void)state;
    double x = 77;
    assert_true(str_to_f64(STR("0.1"), &x) && x >= 0.1 && x <= 0.1);
    assert_true(str_to_f64(STR("-1.5e3"), &x) && x >= -1500 && x <= -1500);
    assert_true(str_to_f64(STR("1E-2"), &x) && x >= 0.01 && x <= 0.01);
    assert_true(str_to_f64(STR("5."), &x) && x >= 5 && x <= 5);
    assert_true(str_to_f64(STR(".5"), &x) && x >= 0.5 && x <= 0.5);
    assert_true(str_to_f64(STR("1.7976931348623157e308"), &x) && x >= DBL_MAX);
    assert_true(str_to_f64(STR("5e-324"), &x) && x > 0);
    assert_true(str_to_f64(STR("1e-9999"), &x) && x >= 0 && x <= 0);
    assert_true(str_to_f64((struct str){"12345", 2}, &x) && x >= 12 && x <= 12);
    x = 77;
    static const char *const bad[] = {"",    ".",   "-",   "+1",    " 1",    "1 ", "1e", "1e+", "0x1p3",
                                      "nan", "inf", "1,5", "1.2.3", "1e999", "e5", "1f", "-.e1"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(str_to_f64(str_of(bad[i]), &x));
    char *huge = malloc(100000);
    assert_non_null(huge);
    memset(huge, '1', 100000);
    assert_false(str_to_f64((struct str){huge, 100000}, &x));
    free(huge);
    assert_true(x >= 77 && x <= 77);
}

static void a_buffer_grows_and_stays_terminated(void **state)
{
    (void)state;
    struct buf buf = {.limit = 1 << 20};
    assert_int_equal(buf_str(&buf).n, 0);
    buf_add(&buf, NULL, 0);
    assert_string_equal(buf.p, "");
    for (int i = 0; i < 10000; i++) {
        buf_printf(&buf, "%d,", i % 10);
        assert_int_equal(buf.p[buf.n], '\0');
    }
    assert_int_equal(buf.n, 20000);
    assert_memory_equal(buf.p + 19996, "8,9,", 5);
    assert_false(buf.full);
    buf_free(&buf);
    assert_null(buf.p);
    buf_add_str(&buf, STR("again"));
    assert_true(str_equal(buf_str(&buf), STR("again")));
    buf_free(&buf);
}

static void a_full_buffer_drops_what_follows(void **state)
{
    (void)state;
    struct buf buf = {.limit = 5};
    buf_add_str(&buf, STR("abc"));
    buf_add_str(&buf, STR("de"));
    assert_false(buf.full);
    buf_add_str(&buf, STR("f"));
    assert_true(buf.full);
    assert_string_equal(buf.p, "abcde");
    buf_free(&buf);

    buf.limit = 4;
    buf_add_str(&buf, STR("abc"));
    buf_printf(&buf, "%s", "too long");
    buf_add_str(&buf, STR("d"));
    assert_true(buf.full);
    assert_string_equal(buf.p, "abc");
    buf_free(&buf);
    assert_false(buf.full);

    struct buf none = {.limit = 0};
    buf_add_str(&none, STR("x"));
    assert_true(none.full);
    buf_free(&none);
    struct buf endless = {.limit = SIZE_MAX};
    buf_add_str(&endless, STR("x"));
    assert_false(endless.full);
    buf_free(&endless);
}

static void check_json(struct str given, const char *expected)
{
    struct buf buf = {.limit = 1000};
    buf_add_json_string(&buf, given);
    assert_string_equal(buf.p, expected);
    buf_free(&buf);
}

static void json_strings(void **state)
{
    (void)state;
    check_json((struct str){NULL, 0}, "\"\"");
    check_json(STR("plain"), "\"plain\"");
    check_json(STR("C:\\a \"b\""), "\"C:\\\\a \\\"b\\\"\"");
    check_json(STR("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"");
    check_json(STR("\0\x01\x1F\x7F"), "\"\\u0000\\u0001\\u001f\\u007f\"");
    check_json(STR("\xC2\x80\xC2\x9F\xC2\xA0"), "\"\\u0080\\u009f\xC2\xA0\"");
    check_json(STR("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\"");
    check_json(STR("a\xFF\xC3"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
    check_json(STR("\xC3\"x"), "\"\xEF\xBF\xBD\\\"x\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparison_is_by_unsigned_bytes_then_length),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(finding),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(real_numbers),
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(a_full_buffer_drops_what_follows),
        cmocka_unit_test(json_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
