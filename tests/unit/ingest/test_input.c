#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "ingest/input.h"

static bool parse(const char *text, struct arena *arena, struct input *out, struct error *err)
{
    struct json_doc *doc;
    *err = (struct error){0};
    assert_true(json_parse(str_of(text), "t.json", true, &doc, err));
    bool ok = input_parse(doc, json_root(doc), arena, out, err);
    json_free(doc);
    return ok;
}

static void test_defaults(void **state)
{
    (void)state;
    static const char *const same[] = {"\"a.jsonl\"", "[\"a.jsonl\"]", "{\"files\": [\"a.jsonl\"]}",
                                       "{\"files\": \"a.jsonl\", \"format\": \"jsonl\"}"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        struct input input;
        struct error err;
        assert_true(parse(same[i], arena, &input, &err));
        struct buf text = {.limit = 4096};
        input_to_json(&input, &text);
        assert_string_equal(
            text.p, "{\"fields\":{\"command\":\"command_line\",\"host\":\"host\",\"image\":\"image\","
                    "\"parent\":\"parent_image\",\"platform\":\"platform\",\"source\":\"source\",\"time\":\"ts\","
                    "\"truth\":\"label\",\"user\":\"user\"},\"files\":[\"a.jsonl\"],\"format\":\"jsonl\","
                    "\"part\":{\"from\":0,\"of\":1,\"to\":1},\"where\":{}}");
        buf_free(&text);
    }
    arena_free(arena);
}

static void test_format_names(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct input input;
    struct error err;
    assert_true(parse("{\"files\": \"a\", \"format\": \"ecs\", \"fields\": {\"host\": \"h\"}}", arena, &input, &err));
    assert_true(str_equal(input.fields.command, STR("process.command_line|process.args[]")));
    assert_true(str_equal(input.fields.host, STR("h")));
    /* What is not given stays open until the format is known. */
    assert_true(parse("{\"files\": \"a\", \"format\": \"auto\", \"fields\": {\"host\": \"h\"}}", arena, &input, &err));
    assert_int_equal(input.fields.command.n, 0);
    struct buf text = {.limit = 4096};
    input_to_json(&input, &text);
    assert_string_equal(text.p, "{\"fields\":{\"host\":\"h\"},\"files\":[\"a\"],\"format\":\"auto\","
                                "\"part\":{\"from\":0,\"of\":1,\"to\":1},\"where\":{}}");
    struct input known = input_with_format(&input, "nxlog");
    assert_string_equal(known.format, "nxlog");
    assert_true(str_equal(known.fields.command, STR("CommandLine")) && str_equal(known.fields.host, STR("h")));
    known = input_with_format(&input, "jsonl");
    assert_true(str_equal(known.fields.command, STR("command_line")));
    buf_free(&text);
    arena_free(arena);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct input input, again;
    struct error err;
    assert_true(parse("{\"files\": [\"b/*\", \"a\\\"\"], \"fields\": {\"truth\": \"t\", \"command\": \"c\"}, "
                      "\"where\": {\"z\": \"x\", \"ambiguous\": false, \"n\": 3, \"o\": null}, "
                      "\"part\": {\"of\": 10, \"from\": 2, \"to\": 7}}",
                      arena, &input, &err));
    assert_int_equal(input.n_files, 2);
    assert_string_equal(input.files[0], "b/*");
    assert_true(str_equal(input.fields.command, STR("c")) && str_equal(input.fields.truth, STR("t")));
    assert_true(str_equal(input.fields.host, STR("host")));
    assert_int_equal(input.fields.n_filters, 4);
    assert_true(str_equal(input.fields.filter[0].field, STR("ambiguous")));
    assert_true(str_equal(input.fields.filter[0].value, STR("false")));
    assert_true(str_equal(input.fields.filter[1].value, STR("3")));
    assert_true(str_equal(input.fields.filter[2].value, STR("null")));
    assert_true(input.part_of == 10 && input.part_from == 2 && input.part_to == 7);
    struct buf first = {.limit = 4096}, second = {.limit = 4096};
    input_to_json(&input, &first);
    assert_true(parse(first.p, arena, &again, &err));
    input_to_json(&again, &second);
    assert_string_equal(first.p, second.p);
    buf_free(&first);
    buf_free(&second);
    arena_free(arena);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"1", "files"},
        {"[]", "empty"},
        {"[\"\"]", "path"},
        {"[1]", "path"},
        {"{}", "files is missing"},
        {"{\"files\": \"a\", \"formats\": \"x\"}", "format"},
        {"{\"files\": \"a\", \"format\": \"nope\"}", "jsonl"},
        {"{\"files\": \"a\", \"format\": \"nope\"}", "auto, auditd"},
        {"{\"files\": \"a\", \"format\": \"auditd\", \"fields\": {\"command\": \"a0\"}}", "finds its fields itself"},
        {"{\"files\": \"a\", \"fields\": {\"comand\": \"x\"}}", "command"},
        {"{\"files\": \"a\", \"fields\": {\"command\": 1}}", "fields.command"},
        {"{\"files\": \"a\", \"fields\": {\"command\": \"\"}}", "fields.command"},
        {"{\"files\": \"a\", \"where\": [1]}", "where"},
        {"{\"files\": \"a\", \"where\": {\"x\": []}}", "where.x"},
        {"{\"files\": \"a\", \"part\": {\"of\": 0}}", "part"},
        {"{\"files\": \"a\", \"part\": {\"of\": 10, \"from\": 7, \"to\": 7}}", "part"},
        {"{\"files\": \"a\", \"part\": {\"of\": 10, \"from\": 0, \"to\": 11}}", "part"},
        {"{\"files\": \"a\", \"part\": {\"of\": 10, \"from\": -1, \"to\": 1}}", "part"},
        {"{\"files\": \"a\", \"part\": {\"of\": 1.5}}", "part.of"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct input input;
        struct error err;
        assert_false(parse(bad[i].text, arena, &input, &err));
        assert_int_equal(err.code, ERROR_CONFIG);
        assert_non_null(strstr(err.message, bad[i].message));
        assert_non_null(strstr(err.message, "t.json:1:"));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_format_names),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
