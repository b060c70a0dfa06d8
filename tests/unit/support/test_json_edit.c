#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/json.h"

static struct json_doc *parse(const char *text, const char *name)
{
    struct json_doc *doc = NULL;
    struct error err = {.message = ""};
    assert_true(json_parse(str_of(text), name, true, &doc, &err));
    return doc;
}

static void check_place(const struct json_doc *doc, const char *path, const char *expected)
{
    struct error err;
    const struct json *node = json_path(json_root(doc), path);
    assert_non_null(node);
    assert_false(json_fail(doc, node, &err, "bad"));
    assert_string_equal(err.message, expected);
}

static void what_is_laid_over_keeps_its_file_and_line(void **state)
{
    (void)state;
    struct error err;
    struct json_doc *base = parse("{\n\"a\": 1,\n\"b\": {\"k\": 2},\n\"c\": 3}", "base.json");
    struct json_doc *over = parse("{\"base\": \"base.json\",\n\n\"b\": {\n  \"k\": 5, \"l\": [1, 2]}}", "over.json");
    json_lay_over(base, over, "base");
    json_free(over);
    assert_null(json_get(json_root(base), "base"));
    check_place(base, "a", "base.json:2:6: bad");
    check_place(base, "b", "over.json:3:6: bad");
    check_place(base, "b.k", "over.json:4:8: bad");
    static const char *const known[] = {"a", "b", "cc"};
    assert_false(json_known_keys(base, json_root(base), known, 3, &err));
    assert_string_equal(err.message, "base.json:4:1: c is not known here; known are: a, b, cc");
    static const char *const inner[] = {"k"};
    assert_false(json_known_keys(base, json_get(json_root(base), "b"), inner, 1, &err));
    assert_string_equal(err.message, "over.json:4:11: l is not known here; known are: k");
    /* a setting within, and another layer over both */
    assert_true(json_set(base, "b.k", "7", &err));
    check_place(base, "b.k", "--set b.k: bad");
    check_place(base, "b.l", "over.json:4:16: bad");
    struct json_doc *top = parse("{\"b\": {\"k\": 9}}", "top.json");
    json_lay_over(base, top, "base");
    json_free(top);
    check_place(base, "b.k", "top.json:1:13: bad");
    struct json_doc *copy = json_clone(base);
    json_free(base);
    check_place(copy, "b.k", "top.json:1:13: bad");
    json_free(copy);
}

static void what_is_copied_keeps_its_place(void **state)
{
    (void)state;
    struct error err;
    struct json_doc *doc =
        parse("{\"d\": {\"k\": 1},\n \"sweep\": {\"d\": [\"x\",\n {\"k\": 3}],\n \"n.m\": [4]}}", "t.json");
    const struct json *value = json_at(json_path(json_root(doc), "sweep.d"), 1);
    assert_true(json_put(doc, "d", value, &err));
    assert_true(json_put(doc, "n.m", json_at(json_get(json_get(json_root(doc), "sweep"), "n.m"), 0), &err));
    check_place(doc, "d", "t.json:3:2: bad");
    check_place(doc, "d.k", "t.json:3:8: bad");
    check_place(doc, "n.m", "t.json:4:10: bad");
    check_place(doc, "n", "t.json:4:10: bad"); /* made on the way */
    struct json_doc *copy = json_clone(doc);
    check_place(copy, "d.k", "t.json:3:8: bad");
    json_free(copy);
    assert_true(json_set(doc, "sweep.d", "[1, {\"k\": 8}]", &err));
    assert_true(json_put(doc, "d", json_at(json_path(json_root(doc), "sweep.d"), 1), &err));
    check_place(doc, "d.k", "--set sweep.d: bad");
    assert_false(json_put(doc, "d.k.z", json_root(doc), &err));
    assert_string_equal(err.message, "d.k.z: k is not an object in t.json");
    json_free(doc);
}

static void a_backslash_makes_a_dot_part_of_a_key(void **state)
{
    (void)state;
    struct error err;
    double number;
    struct json_doc *doc = parse("{\"w\": {\"a.b\": 1, \"c\\\\d\": 2}}", "t.json");
    assert_true(json_as_f64(json_path(json_root(doc), "w.a\\.b"), &number) && number > 0);
    assert_true(json_as_f64(json_path(json_root(doc), "w.c\\\\d"), &number) && number > 1);
    assert_true(json_as_f64(json_path(json_root(doc), "w.c\\d"), &number) && number > 1);
    assert_null(json_path(json_root(doc), "w.a.b"));
    assert_true(json_set(doc, "w.process\\.name", "x", &err));
    assert_true(json_set(doc, "w.a\\.b", "5", &err));
    check_place(doc, "w.a\\.b", "--set w.a\\.b: bad");
    struct buf out = {.limit = 1000};
    json_dump(json_root(doc), &out);
    assert_string_equal(out.p, "{\"w\":{\"a.b\":5,\"c\\\\d\":2,\"process.name\":\"x\"}}");
    buf_free(&out);
    json_remove(doc, "w.a\\.b");
    assert_null(json_path(json_root(doc), "w.a\\.b"));
    assert_false(json_set(doc, "w.a\\..", "1", &err));
    /* a layer's key with dots */
    struct json_doc *over = parse("{\n\"x.y\": {\"k\": 1}}", "over.json");
    json_lay_over(doc, over, "base");
    check_place(doc, "x\\.y.k", "over.json:2:14: bad");
    json_free(over);
    json_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_laid_over_keeps_its_file_and_line),
        cmocka_unit_test(what_is_copied_keeps_its_place),
        cmocka_unit_test(a_backslash_makes_a_dot_part_of_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
