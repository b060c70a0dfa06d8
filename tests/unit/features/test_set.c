#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "features/rows.h"

static bool parse(const char *json, struct arena *arena, struct feature_set *out, struct error *err)
{
    struct json_doc *doc;
    assert_true(json_parse(str_of(json), "test", false, &doc, err));
    bool ok = feature_set_parse(doc, json_root(doc), arena, out, err);
    json_free(doc);
    return ok;
}

static void test_name_object_and_array(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct feature_set name, object, array;
    struct error err;
    assert_true(parse("\"expert\"", arena, &name, &err));
    assert_true(parse("{\"name\":\"embedding\",\"dims\":16}", arena, &object, &err));
    assert_true(parse("[\"expert\",{\"name\":\"embedding\",\"dims\":16}]", arena, &array, &err));
    assert_int_equal(name.n, 1);
    assert_int_equal(object.d, 16);
    assert_int_equal(array.n, 2);
    assert_int_equal(array.d, name.d + 16);

    float both[1024], one[1024];
    struct str line = STR("cmd.exe /c echo hello");
    assert_true(array.d <= ARRAY_LEN(both));
    feature_set_row(&array, line, both);
    feature_set_row(&name, line, one);
    assert_memory_equal(both, one, name.d * sizeof one[0]);
    feature_set_row(&object, line, one);
    assert_memory_equal(both + name.d, one, 16 * sizeof one[0]);

    char column[64];
    feature_set_column(&array, 0, column);
    assert_string_equal(column, "expert.length");
    feature_set_column(&array, name.d, column);
    assert_string_equal(column, "embedding.gram_0");
    feature_set_column(&array, array.d - 1, column);
    assert_string_equal(column, "embedding.gram_15");
    arena_free(arena);
}

static void test_mistakes_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\"expret\"",
        "[]",
        "3",
        "null",
        "[\"expert\", 4]",
        "{\"name\":\"expert\",\"dims\":16}",
        "{\"name\":\"embedding\",\"dims\":7}",
        "{\"name\":\"embedding\",\"normalise\":\"l3\"}",
        "{}",
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct feature_set set;
        struct error err = {0};
        assert_false(parse(bad[i], arena, &set, &err));
        assert_true(err.code != ERROR_NONE && err.message[0] != 0);
    }
    arena_free(arena);
}

static void test_json_reads_back(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct feature_set set, again;
    struct error err;
    assert_true(parse("[{\"name\":\"embedding\",\"dims\":16,\"sublinear\":true},\"expert\"]", arena, &set, &err));
    struct buf first = {.limit = 1 << 16}, second = {.limit = 1 << 16};
    feature_set_to_json(&set, &first);
    assert_true(parse(first.p, arena, &again, &err));
    assert_int_equal(again.d, set.d);
    feature_set_to_json(&again, &second);
    assert_string_equal(first.p, second.p);
    buf_free(&first);
    buf_free(&second);
    arena_free(arena);
}

static void test_fill_any_range(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct feature_set set;
    struct error err;
    assert_true(parse("{\"name\":\"embedding\",\"dims\":8}", arena, &set, &err));
    struct str text[] = {STR("alpha"), STR(""), STR("gamma gamma")};
    int64_t row[] = {5, 3, 9};
    struct rows rows = rows_of_lines(&set, &(struct line_view){.n = 3, .text = text, .row = row});
    assert_int_equal(rows.d, 8);
    float all[24], part[24], dense[24];
    rows_fill(&rows, 0, 3, all);
    rows_fill(&rows, 1, 2, part);
    assert_memory_equal(part, all + 8, 16 * sizeof all[0]);
    rows_fill(&rows, 3, 0, part);
    struct rows numbers = {.n = 3, .d = 8, .row = row, .dense = all};
    rows_fill(&numbers, 2, 1, dense);
    assert_memory_equal(dense, all + 16, 8 * sizeof all[0]);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_object_and_array),
        cmocka_unit_test(test_mistakes_are_refused),
        cmocka_unit_test(test_json_reads_back),
        cmocka_unit_test(test_fill_any_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
