#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "corpus/corpus.h"

#include <stdio.h>

enum what { INPUTS, BASELINE, TESTS, VALIDATION };

struct parsed {
    struct inputs inputs;
    struct baseline baseline;
    struct test_sets tests;
    struct error err;
};

static bool parse(enum what what, const char *text, struct arena *arena, struct parsed *out)
{
    struct json_doc *doc;
    *out = (struct parsed){0};
    assert_true(json_parse(str_of(text), "t.json", true, &doc, &out->err));
    const struct json *root = json_root(doc);
    bool ok = what == INPUTS ? inputs_parse(doc, root, arena, &out->inputs, &out->err)
              : what == BASELINE
                  ? baseline_parse(doc, root, arena, &out->baseline, &out->err)
                  : tests_parse(doc, root, what == TESTS ? "tests" : "validation", arena, &out->tests, &out->err);
    json_free(doc);
    return ok;
}

static void write(enum what what, const struct parsed *parsed, struct buf *out)
{
    *out = (struct buf){.limit = 1 << 16};
    if (what == INPUTS)
        inputs_to_json(&parsed->inputs, out);
    else if (what == BASELINE)
        baseline_to_json(&parsed->baseline, out);
    else
        tests_to_json(&parsed->tests, out);
}

/* What is written reads back as the same, and is canonical: its own dump. */
static void assert_reads_back(enum what what, const char *text)
{
    struct arena *arena = arena_new();
    struct parsed parsed, again;
    struct buf first, second, dump = {.limit = 1 << 16};
    struct json_doc *doc;
    assert_true(parse(what, text, arena, &parsed));
    write(what, &parsed, &first);
    assert_true(parse(what, first.p, arena, &again));
    write(what, &again, &second);
    assert_string_equal(first.p, second.p);
    assert_true(json_parse(buf_str(&first), "t.json", false, &doc, &parsed.err));
    json_dump(json_root(doc), &dump);
    assert_string_equal(first.p, dump.p);
    json_free(doc);
    buf_free(&first);
    buf_free(&second);
    buf_free(&dump);
    arena_free(arena);
}

static void assert_refused(enum what what, const char *text, const char *message)
{
    struct arena *arena = arena_new();
    struct parsed parsed;
    assert_false(parse(what, text, arena, &parsed));
    if (strstr(parsed.err.message, message) == NULL)
        print_error("%s: got \"%s\", not \"%s\"\n", text, parsed.err.message, message);
    assert_non_null(strstr(parsed.err.message, message));
    assert_int_equal(parsed.err.code, ERROR_CONFIG);
    arena_free(arena);
}

/* "a+b c" for two inputs, the first of two files. */
static void assert_files(const char *text, const char *files)
{
    struct arena *arena = arena_new();
    struct parsed parsed;
    struct buf got = {.limit = 1 << 16};
    assert_true(parse(INPUTS, text, arena, &parsed));
    for (size_t i = 0; i < parsed.inputs.n; i++)
        for (size_t f = 0; f < parsed.inputs.input[i].n_files; f++)
            buf_printf(&got, "%s%s", f > 0 ? "+" : i > 0 ? " " : "", parsed.inputs.input[i].files[f]);
    assert_string_equal(got.p, files);
    buf_free(&got);
    arena_free(arena);
}

static void test_lists_may_mix(void **state)
{
    (void)state;
    assert_files("\"a\"", "a");
    assert_files("{\"files\": \"a\"}", "a");
    assert_files("[\"a\"]", "a");
    assert_files("[\"a\", \"b\", \"c\"]", "a+b+c");
    assert_files("[{\"files\": \"a\"}, {\"files\": [\"b\", \"c\"]}]", "a b+c");
    assert_files("[\"a\", {\"files\": \"b\"}]", "a b");
    assert_files("[\"a\", \"b\", {\"files\": \"c\"}, \"d\", \"e\"]", "a+b c d+e");
    assert_files("[{\"files\": \"a\"}, \"b\", {\"files\": \"c\"}]", "a b c");
    assert_reads_back(INPUTS, "[\"a\", \"b\", {\"files\": \"c\", \"part\": {\"of\": 4, \"from\": 1}}, \"d\"]");
}

static void test_inputs_say_what_was_expected(void **state)
{
    (void)state;
    assert_refused(INPUTS, "3", "t.json:1:1: inputs must be a path, folder or glob, an object");
    assert_refused(INPUTS, "null", "or a list of these");
    assert_refused(INPUTS, "[]", "t.json:1:1: this list is empty");
    assert_refused(INPUTS, "[\"a\",\n  3]", "t.json:2:3: a path, folder or glob, or an object {\"files\": ...} was");
    assert_refused(INPUTS, "[\"a\", [\"b\"]]", "t.json:1:7: a path");
    assert_refused(INPUTS, "[\"a\", \"\"]", "t.json:1:7: a path");
    assert_refused(INPUTS, "[\"a\",\n {\"file\": \"b\"}]", "t.json:2");
    assert_refused(INPUTS, "[\"a\",\n {\"format\": \"jsonl\"}]", "t.json:2:2: files is missing");
}

static void test_baseline(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct parsed parsed;
    const char *text = "{\"benign\": {\"inputs\": \"b\", \"pick\": \"frequent\", \"count\": 50},"
                       " \"malicious\": {\"inputs\": [\"m\", {\"files\": \"n\"}]}}";
    assert_true(parse(BASELINE, text, arena, &parsed));
    assert_true(parsed.baseline.benign.rule == PICK_FREQUENT && parsed.baseline.benign.count == 50);
    assert_true(parsed.baseline.malicious.rule == PICK_ALL && parsed.baseline.malicious.count == 0);
    assert_int_equal(parsed.baseline.malicious.from.n, 2);
    assert_reads_back(BASELINE, text);
    arena_free(arena);

#define B "\"benign\": {\"inputs\": \"b\"}"
    assert_refused(BASELINE, "[]", "t.json:1:1: \"baseline\" must be {\"benign\"");
    assert_refused(BASELINE, "{" B "}", "t.json:1:1: \"malicious\" must be {\"inputs\"");
    assert_refused(BASELINE, "{" B ", \"malicous\": {}}", "malicious");
    assert_refused(BASELINE, "{" B ", \"malicious\": 3}", "t.json:1:42: \"malicious\" must be");
    assert_refused(BASELINE, "{" B ", \"malicious\": {\"input\": 3}}", "inputs");
    assert_refused(BASELINE, "{" B ", \"malicious\": {\"inputs\": 3}}", "inputs must be a path");
    assert_refused(BASELINE, "{" B ", \"malicious\": {\"inputs\": \"m\", \"pick\": \"best\"}}", "pick must be");
    assert_refused(BASELINE, "{" B ", \"malicious\": {\"inputs\": \"m\", \"pick\": 3}}", "pick must be");
    assert_refused(BASELINE, "{" B ", \"malicious\": {\"inputs\": \"m\", \"pick\": \"random\"}}", "needs a count");
    assert_refused(BASELINE, "{" B ", \"malicious\": {\"inputs\": \"m\", \"count\": -1}}", "count must be");
    assert_refused(BASELINE, "{" B ", \"malicious\": {\"inputs\": \"m\", \"count\": 1.5}}", "count must be");
}

static void test_tests(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct parsed parsed;
    const char *text = "[{\"name\": \"one day\", \"inputs\": \"a\", \"day\": true, \"sequence\": \"weeks\"},"
                       " {\"name\": \"expert\", \"inputs\": [\"a\", \"b\"]}]";
    assert_true(parse(TESTS, text, arena, &parsed));
    assert_int_equal(parsed.tests.n, 2);
    assert_string_equal(parsed.tests.test[0].name, "one day");
    assert_string_equal(parsed.tests.test[0].sequence, "weeks");
    assert_true(parsed.tests.test[0].day && !parsed.tests.test[1].day && parsed.tests.test[1].sequence == NULL);
    assert_reads_back(TESTS, text);
    arena_free(arena);

    assert_refused(TESTS, "{}", "t.json:1:1: \"tests\" must be a list of");
    assert_refused(TESTS, "[]", "\"tests\" must be a list of");
    assert_refused(TESTS, "[3]", "t.json:1:2: a test set must be");
    assert_refused(TESTS, "[{\"name\": \"a\"}]", "a test set must be");
    assert_refused(TESTS, "[{\"inputs\": \"a\"}]", "a test set must be");
    assert_refused(TESTS, "[{\"name\": \"\", \"inputs\": \"a\"}]", "not empty");
    assert_refused(TESTS, "[{\"name\": 3, \"inputs\": \"a\"}]", "not empty");
    assert_refused(TESTS, "[{\"name\": \"validation\", \"inputs\": \"a\"}]", "take another");
    assert_refused(TESTS, "[{\"name\": \"a\", \"inputs\": \"a\", \"day\": 1}]", "day must be true or false");
    assert_refused(TESTS, "[{\"name\": \"a\", \"inputs\": \"a\", \"sequence\": \"\"}]", "sequence must be");
    assert_refused(TESTS, "[{\"name\": \"a\", \"inputs\": \"a\", \"dya\": true}]", "day");
    assert_refused(TESTS, "[{\"name\": \"a\", \"inputs\": \"a\"}, {\"name\": \"a\", \"inputs\": \"b\"}]",
                   "two test sets are called \"a\"");
}

static void test_validation(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct parsed parsed;
    assert_true(parse(VALIDATION, "{\"inputs\": [\"a\", {\"files\": \"b\"}]}", arena, &parsed));
    assert_int_equal(parsed.tests.n, 1);
    assert_string_equal(parsed.tests.test[0].name, "validation");
    assert_int_equal(parsed.tests.test[0].from.n, 2);
    assert_reads_back(VALIDATION, "{\"inputs\": [\"a\", {\"files\": \"b\"}]}");
    arena_free(arena);
    assert_refused(VALIDATION, "[]", "t.json:1:1: \"validation\" must be {\"inputs\"");
    assert_refused(VALIDATION, "{\"name\": \"a\", \"inputs\": \"b\"}", "name");
    assert_refused(VALIDATION, "{}", "\"validation\" must be");
}

static void test_absent(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct json_doc *doc;
    struct parsed parsed = {0};
    assert_true(json_parse(STR("{}"), "t.json", false, &doc, &parsed.err));
    assert_false(baseline_parse(doc, NULL, arena, &parsed.baseline, &parsed.err));
    assert_non_null(strstr(parsed.err.message, "t.json:1:1: \"baseline\" must be"));
    assert_false(tests_parse(doc, NULL, "tests", arena, &parsed.tests, &parsed.err));
    assert_non_null(strstr(parsed.err.message, "t.json:1:1: \"tests\" must be"));
    assert_true(tests_parse(doc, NULL, "validation", arena, &parsed.tests, &parsed.err));
    assert_int_equal(parsed.tests.n, 0);
    json_free(doc);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_may_mix), cmocka_unit_test(test_inputs_say_what_was_expected),
        cmocka_unit_test(test_baseline),      cmocka_unit_test(test_tests),
        cmocka_unit_test(test_validation),    cmocka_unit_test(test_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
