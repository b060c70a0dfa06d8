#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "json_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void values_come_typed(void **state)
{
    (void)state;
    struct json_doc *doc = parse(
        "{\"n\": null, \"b\": true, \"i\": 42, \"x\": -1.5, \"s\": \"h\\u00e9\", \"a\": [1, 2, 3], \"o\": {\"k\": 1}}");
    const struct json *root = json_root(doc);
    static const enum json_type types[] = {JSON_NULL,   JSON_BOOL,  JSON_NUMBER, JSON_NUMBER,
                                           JSON_STRING, JSON_ARRAY, JSON_OBJECT};
    assert_int_equal(json_count(root), 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(json_type(json_at(root, i)), types[i]);
    assert_null(json_at(root, 7));
    assert_string_equal(json_key(json_at(root, 1)), "b");
    assert_string_equal(json_key(root), "");
    assert_string_equal(json_key(json_at(json_get(root, "a"), 0)), "");
    bool b = false;
    int64_t i = 0;
    double x = 0;
    struct str s;
    assert_true(json_as_bool(json_get(root, "b"), &b) && b);
    assert_true(json_as_i64(json_get(root, "i"), &i) && i == 42);
    assert_true(json_as_f64(json_get(root, "x"), &x) && x >= -1.5 && x <= -1.5);
    assert_true(json_as_f64(json_get(root, "i"), &x) && x >= 42 && x <= 42);
    assert_true(json_as_str(json_get(root, "s"), &s) && str_equal(s, STR("h\xC3\xA9")));
    assert_true(json_as_i64(json_at(json_get(root, "a"), 2), &i) && i == 3);
    assert_true(json_as_i64(json_path(root, "o.k"), &i) && i == 1);
    assert_null(json_get(root, "N"));
    assert_null(json_get(json_get(root, "a"), "k"));
    assert_null(json_path(root, "o.k.z"));
    assert_null(json_path(root, ""));
    json_free(doc);
}

static void wrong_types_are_refused(void **state)
{
    (void)state;
    struct json_doc *doc = parse("[null, true, 1, \"1\", [], {}]");
    for (size_t k = 0; k < 7; k++) {
        const struct json *node = json_at(json_root(doc), k); /* the last is absent */
        bool b;
        int64_t i;
        double x;
        struct str s;
        assert_int_equal(json_as_bool(node, &b), k == 1);
        assert_int_equal(json_as_f64(node, &x), k == 2);
        assert_int_equal(json_as_i64(node, &i), k == 2 || k == 3);
        assert_int_equal(json_as_str(node, &s), k == 3);
        assert_int_equal(json_count(node), 0);
    }
    json_free(doc);
}

static void whole_numbers_stay_whole(void **state)
{
    (void)state;
    struct json_doc *doc = parse("[9007199254740992, -9007199254740992, 9007199254740994, 1.5, 1e300, 3.0,"
                                 "\"9223372036854775807\", \"9223372036854775808\", \"12x\", \"\"]");
    static const struct {
        bool ok;
        int64_t value;
    } expected[] = {{true, INT64_C(1) << 53},
                    {true, -(INT64_C(1) << 53)},
                    {false, 0},
                    {false, 0},
                    {false, 0},
                    {true, 3},
                    {true, INT64_MAX},
                    {false, 0},
                    {false, 0},
                    {false, 0}};
    for (size_t k = 0; k < ARRAY_LEN(expected); k++) {
        int64_t value = 0;
        assert_int_equal(json_as_i64(json_at(json_root(doc), k), &value), expected[k].ok);
        if (expected[k].ok)
            assert_true(value == expected[k].value);
    }
    json_free(doc);
}

static void dumps_are_canonical(void **state)
{
    (void)state;
    check_dump(" { \"b\" : [ ] , \"a\" : { } } ", "{\"a\":{},\"b\":[]}");
    check_dump("{\"\xC3\xA9\":1,\"z\":2,\"Z\":3,\"\":4,\"aa\":5,\"a\":6}",
               "{\"\":4,\"Z\":3,\"a\":6,\"aa\":5,\"z\":2,\"\xC3\xA9\":1}");
    check_dump("[1.0, 1e3, -0.0, 9007199254740992, -9007199254740991]",
               "[1,1000,0,9007199254740992,-9007199254740991]");
    check_dump("[0.1, 1e300, 1.5e-7, 3.141592653589793, 0.30000000000000004]",
               "[0.1,1e+300,1.5e-07,3.141592653589793,0.30000000000000004]");
    check_dump("[5e-324, 1.7976931348623157e308]", "[4.94065645841247e-324,1.7976931348623157e+308]");
    check_dump("[true,false,null,\"\\u0007\\/\\\"\"]", "[true,false,null,\"\\u0007/\\\"\"]");
    check_dump("\"\\uD83D\\uDE00\"", "\"\xF0\x9F\x98\x80\"");
    struct buf buf = {.limit = 10};
    json_dump(NULL, &buf);
    assert_string_equal(buf.p, "null");
    buf_free(&buf);
}

static void messages_tell_the_place(void **state)
{
    (void)state;
    struct json_doc *doc = parse("{ // head\n  \"a\": [10, {\"k\": 0}],\n  \"\\u0062\": {\"x\":\n      \"v\"}}");
    const struct json *root = json_root(doc);
    struct error err;
    assert_false(json_fail(doc, json_get(json_at(json_get(root, "a"), 1), "k"), &err, "bad %d", 5));
    assert_string_equal(err.message, "t.json:2:19: bad 5");
    assert_int_equal(err.code, ERROR_CONFIG);
    json_fail(doc, json_path(root, "b.x"), &err, "bad");
    assert_string_equal(err.message, "t.json:4:7: bad");
    json_fail(doc, root, &err, "bad");
    assert_string_equal(err.message, "t.json:1:1: bad");
    json_fail(doc, NULL, &err, "bad");
    assert_string_equal(err.message, "t.json: bad");
    json_remove(doc, "a");
    json_fail(doc, json_path(json_root(doc), "b.x"), &err, "bad");
    assert_string_equal(err.message, "t.json:4:7: bad");
    json_free(doc);
}

static void unknown_keys_name_the_nearest(void **state)
{
    (void)state;
    struct json_doc *doc = parse("{\"trees\": 1,\n \"contaminatoin\": 2, \"zzz\": 3}");
    static const char *const keys[] = {"trees", "contamination", "seed"};
    struct error err;
    assert_false(json_known_keys(doc, json_root(doc), keys, 3, &err));
    assert_string_equal(err.message, "t.json:2:2: contaminatoin is not known here; did you mean contamination?");
    json_remove(doc, "contaminatoin");
    assert_false(json_known_keys(doc, json_root(doc), keys, 3, &err));
    assert_string_equal(err.message, "t.json:2:22: zzz is not known here; known are: trees, contamination, seed");
    assert_false(json_known_keys(doc, json_get(json_root(doc), "trees"), keys, 3, &err));
    json_remove(doc, "zzz");
    assert_true(json_known_keys(doc, json_root(doc), keys, 3, &err));
    assert_false(json_known_keys(doc, json_root(doc), NULL, 0, &err));
    json_free(doc);
}

static void set_changes_and_is_the_place(void **state)
{
    (void)state;
    struct json_doc *doc = parse("{\"a\": {\"k\": 1, \"s\": \"x\"}, \"n\": 3}");
    struct error err;
    struct buf buf = {.limit = 1000};
    assert_true(json_set(doc, "a.k", "[1, 2]", &err));
    assert_true(json_set(doc, "a.s", "plain text", &err));
    assert_true(json_set(doc, "new.deep.er", "-0.5", &err));
    assert_true(json_set(doc, "t", "\"true\"", &err));
    assert_true(json_set(doc, "e", "", &err));
    json_dump(json_root(doc), &buf);
    assert_string_equal(buf.p, "{\"a\":{\"k\":[1,2],\"s\":\"plain text\"},\"e\":\"\",\"n\":3,"
                               "\"new\":{\"deep\":{\"er\":-0.5}},\"t\":\"true\"}");
    buf_free(&buf);
    json_fail(doc, json_at(json_path(json_root(doc), "a.k"), 1), &err, "bad");
    assert_string_equal(err.message, "--set a.k: bad");
    assert_int_equal(err.code, ERROR_USAGE);
    json_fail(doc, json_path(json_root(doc), "new.deep"), &err, "bad");
    assert_string_equal(err.message, "--set new.deep.er: bad");
    json_fail(doc, json_path(json_root(doc), "n"), &err, "bad");
    assert_string_equal(err.message, "t.json:1:32: bad");
    json_free(doc);
}

static void set_refuses_what_it_cannot_do(void **state)
{
    (void)state;
    struct json_doc *doc = parse("{\"n\": 3}");
    struct error err;
    static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "n.k"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(json_set(doc, bad[i], "1", &err));
        assert_int_equal(err.code, ERROR_USAGE);
    }
    assert_string_equal(err.message, "--set n.k: n is not an object in t.json");
    char deep[2001];
    for (size_t i = 0; i < sizeof(deep); i++)
        deep[i] = i % 2 ? '.' : 'a';
    deep[2000] = '\0';
    deep[1999] = 'a';
    assert_false(json_set(doc, deep, "1", &err));
    json_free(doc);
    doc = parse("[1]");
    assert_false(json_set(doc, "a", "1", &err));
    json_free(doc);
}

static void remove_and_clone_are_independent(void **state)
{
    (void)state;
    struct json_doc *doc = parse("{\"a\": {\"k\": 1},\n \"b\": 2}");
    struct error err;
    assert_true(json_set(doc, "c", "3", &err));
    struct json_doc *copy = json_clone(doc);
    json_remove(doc, "a.k");
    json_remove(doc, "a.none.deep");
    json_remove(doc, "b.k");
    json_remove(doc, "b");
    assert_null(json_path(json_root(doc), "a.k"));
    assert_null(json_get(json_root(doc), "b"));
    assert_non_null(json_get(json_root(doc), "a"));
    json_free(doc);
    struct buf buf = {.limit = 100};
    json_dump(json_root(copy), &buf);
    assert_string_equal(buf.p, "{\"a\":{\"k\":1},\"b\":2,\"c\":3}");
    buf_free(&buf);
    json_fail(copy, json_get(json_root(copy), "b"), &err, "bad");
    assert_string_equal(err.message, "t.json:2:7: bad");
    json_fail(copy, json_get(json_root(copy), "c"), &err, "bad");
    assert_string_equal(err.message, "--set c: bad");
    json_free(copy);
    json_free(NULL);
}

static void config_files_are_read(void **state)
{
    (void)state;
    char path[] = "/tmp/test_json.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "{\n  // note\n  \"k\": 0\n}\n";
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    close(fd);
    struct json_doc *doc = NULL;
    struct error err;
    assert_true(json_read(path, &doc, &err));
    json_fail(doc, json_get(json_root(doc), "k"), &err, "bad");
    char expected[100];
    snprintf(expected, sizeof(expected), "%s:3:8: bad", path);
    assert_string_equal(err.message, expected);
    json_free(doc);
    unlink(path);
    assert_false(json_read(path, &doc, &err));
    assert_int_equal(err.code, ERROR_IO);
}

static void near_names(void **state)
{
    (void)state;
    static const char *const names[] = {"iforest", "kmeans", "pca", "scade", "random"};
    static const struct {
        const char *word, *near;
    } cases[] = {{"iforets", "iforest"}, {"kmean", "kmeans"}, {"PCA", NULL}, {"pac", "pca"}, {"pca", "pca"},
                 {"scada", "scade"},     {"xyzzy", NULL},     {"", NULL},    {"q", NULL},    {"rnadmo", "random"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *near = nearest_name(cases[i].word, names, ARRAY_LEN(names));
        if (cases[i].near)
            assert_string_equal(near, cases[i].near);
        else
            assert_null(near);
    }
    assert_null(nearest_name("pca", NULL, 0));
    char endless[1000];
    memset(endless, 'a', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    const char *const long_names[] = {endless, "pca"};
    assert_null(nearest_name(endless, long_names, 2));
    assert_string_equal(nearest_name("pcb", long_names, 2), "pca");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_typed),
        cmocka_unit_test(wrong_types_are_refused),
        cmocka_unit_test(whole_numbers_stay_whole),
        cmocka_unit_test(dumps_are_canonical),
        cmocka_unit_test(messages_tell_the_place),
        cmocka_unit_test(unknown_keys_name_the_nearest),
        cmocka_unit_test(set_changes_and_is_the_place),
        cmocka_unit_test(set_refuses_what_it_cannot_do),
        cmocka_unit_test(remove_and_clone_are_independent),
        cmocka_unit_test(config_files_are_read),
        cmocka_unit_test(near_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
