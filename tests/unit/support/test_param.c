#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/param.h"

#include <float.h>
#include <math.h>

struct params {
    int64_t k;
    double rate;
    bool whiten;
    const char *name, *mode;
    int64_t seed;
};

static const char *const modes[] = {"fast", "slow", NULL};

static const struct param_spec specs[] = {
    PARAM_INT(struct params, k, 10, 1, 1000, "clusters"),
    PARAM_REAL(struct params, rate, 0.25, 0, 1, "share kept"),
    PARAM_BOOL(struct params, whiten, true, "divide by the deviation"),
    PARAM_STRING(struct params, name, "none", "any text"),
    PARAM_CHOICE(struct params, mode, "fast", modes, "how"),
    PARAM_INT(struct params, seed, 1, -0x1p63, 0x1p63, "random seed"),
    PARAM_END,
};

struct result {
    bool ok;
    struct params params;
    struct error err;
};

static struct result read_text(const char *text, const char *const *skip, struct arena *arena)
{
    struct result result = {.ok = false};
    struct json_doc *doc = NULL;
    assert_true(json_parse(str_of(text), "configs/a.json", true, &doc, &result.err));
    params_default(specs, &result.params);
    result.ok = params_from_json(specs, &result.params, doc, json_get(json_root(doc), "p"), skip, arena, &result.err);
    json_free(doc);
    return result;
}

static void check_defaults(const struct params *params)
{
    assert_true(params->k == 10 && params->rate >= 0.25 && params->rate <= 0.25 && params->whiten && params->seed == 1);
    assert_string_equal(params->name, "none");
    assert_string_equal(params->mode, "fast");
}

static void defaults_fill_every_field(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct params params;
    memset(&params, 0x55, sizeof(params));
    params_default(specs, &params);
    check_defaults(&params);
    params_default(NULL, NULL);
    struct result absent = read_text("{}", NULL, arena), empty = read_text("{\"p\": {}}", NULL, arena);
    assert_true(absent.ok && empty.ok);
    check_defaults(&absent.params);
    check_defaults(&empty.params);
    arena_free(arena);
}

static void members_set_fields_and_outlive_the_document(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct result r =
        read_text("{\"p\": {\"k\": 1000, \"rate\": 1, \"whiten\": false, \"name\": \"x y\", \"mode\": \"slow\","
                  "\"seed\": \"-9223372036854775808\"}}",
                  NULL, arena);
    assert_true(r.ok);
    assert_true(r.params.k == 1000 && r.params.rate >= 1 && r.params.rate <= 1 && !r.params.whiten);
    assert_true(r.params.seed == INT64_MIN);
    assert_string_equal(r.params.name, "x y");
    assert_string_equal(r.params.mode, "slow");
    arena_free(arena);
}

static void bad_values_are_refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"p\":\n  {\"k\": 0}}", "configs/a.json:2:9: k must be 1..1000, not 0"},
        {"{\"p\": {\"k\": 1001}}", "configs/a.json:1:13: k must be 1..1000, not 1001"},
        {"{\"p\": {\"k\": 1.5}}", "configs/a.json:1:13: k must be a whole number, 1..1000, not 1.5"},
        {"{\"p\": {\"k\": \"ten\"}}", "configs/a.json:1:13: k must be a whole number, 1..1000, not \"ten\""},
        {"{\"p\": {\"rate\": -0.1}}", "configs/a.json:1:16: rate must be 0..1, not -0.1"},
        {"{\"p\": {\"rate\": null}}", "configs/a.json:1:16: rate must be a number, 0..1, not null"},
        {"{\"p\": {\"whiten\": 1}}", "configs/a.json:1:18: whiten must be true or false, not 1"},
        {"{\"p\": {\"name\": 3}}", "configs/a.json:1:16: name must be a string, not 3"},
        {"{\"p\": {\"mode\": \"quick\"}}", "configs/a.json:1:16: mode must be one of fast, slow, not \"quick\""},
        {"{\"p\": {\"seed\": 1e300}}", "configs/a.json:1:16: seed must be any number, not 1e+300"},
        {"{\"p\": {\"kk\": 1}}", "configs/a.json:1:8: kk is not known here; did you mean k?"},
        {"{\"p\": {\"rates\": 1}}", "configs/a.json:1:8: rates is not known here; did you mean rate?"},
        {"{\"p\": [1]}", "configs/a.json:1:7: an object {...} is expected here"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct result r = read_text(cases[i].text, NULL, arena);
        assert_false(r.ok);
        assert_string_equal(r.err.message, cases[i].message);
        assert_int_equal(r.err.code, ERROR_CONFIG);
    }
    char text[2000] = "{\"p\": {\"k\": \"";
    size_t start = strlen(text);
    memset(text + start, 'v', 1500);
    strcpy(text + start + 1500, "\"}}");
    struct result r = read_text(text, NULL, arena);
    assert_false(r.ok);
    assert_in_range(strlen(r.err.message), 50, 300);
    arena_free(arena);
}

static void skipped_keys_belong_to_the_caller(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const char *const skip[] = {"kind", NULL};
    assert_false(read_text("{\"p\": {\"kind\": [1], \"k\": 2}}", NULL, arena).ok);
    struct result r = read_text("{\"p\": {\"kind\": [1], \"k\": 2}}", skip, arena);
    assert_true(r.ok && r.params.k == 2);
    struct json_doc *doc;
    assert_true(json_parse(STR("{\"x\": 1}"), "t", false, &doc, &r.err));
    assert_false(params_from_json(NULL, NULL, doc, json_root(doc), NULL, arena, &r.err));
    assert_string_equal(r.err.message, "t:1:2: x is not known here; nothing can be set");
    json_free(doc);
    arena_free(arena);
}

static void json_comes_back_equal(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct params params;
    struct buf buf = {.limit = 1000};
    params_default(specs, &params);
    params_to_json(specs, &params, &buf);
    assert_string_equal(buf.p,
                        "{\"k\":10,\"mode\":\"fast\",\"name\":\"none\",\"rate\":0.25,\"seed\":1,\"whiten\":true}");
    buf_free(&buf);

    params.seed = INT64_MAX;
    params.rate = 0.1 + 0.2;
    params.name = "a\"\n";
    buf_add_str(&buf, STR("{\"p\":"));
    params_to_json(specs, &params, &buf);
    buf_add_str(&buf, STR("}"));
    struct result r = read_text(buf.p, NULL, arena);
    assert_true(r.ok);
    assert_true(r.params.seed == INT64_MAX);
    assert_memory_equal(&r.params.rate, &params.rate, sizeof(double));
    assert_string_equal(r.params.name, params.name);
    buf_free(&buf);
    params_to_json(NULL, NULL, &buf);
    assert_string_equal(buf.p, "{}");
    buf_free(&buf);
    arena_free(arena);
}

static void help_has_a_line_a_parameter(void **state)
{
    (void)state;
    struct buf buf = {.limit = 2000};
    params_help(specs, "  ", &buf);
    static const char *const lines[] = {"  k ", "int",      "10 (1..1000)", "clusters\n",   "0.25 (0..1)",
                                        "true", "\"none\"", "(fast, slow)", "(any number)", "random seed\n"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        assert_non_null(strstr(buf.p, lines[i]));
    size_t n = 0;
    for (size_t i = 0; i < buf.n; i++)
        n += buf.p[i] == '\n';
    assert_int_equal(n, 6);
    buf_free(&buf);
}

static void open_ranges_read_as_such(void **state)
{
    (void)state;
    struct one {
        double x, y;
    };
    static const struct param_spec open[] = {PARAM_REAL(struct one, x, 1, 0, INFINITY, "x"),
                                             PARAM_REAL(struct one, y, 1, -INFINITY, 5, "y"), PARAM_END};
    struct buf buf = {.limit = 1000};
    params_help(open, "", &buf);
    assert_non_null(strstr(buf.p, "(at least 0)"));
    assert_non_null(strstr(buf.p, "(at most 5)"));
    buf_free(&buf);
}

static const struct param_spec file_specs[] = {
    PARAM_FILE(struct params, name, "verdicts"),
    PARAM_CHOICE(struct params, mode, "fast", modes, "how"),
    PARAM_END,
};

static void visit_file(void *context, const char **path)
{
    size_t *n = context;
    ++*n;
    assert_string_equal(*path, "a/b.jsonl");
    *path = "content";
}

static void files_are_paths_that_can_be_visited(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct json_doc *doc;
    struct error err;
    struct params params;
    struct buf out = {.limit = 1000};
    size_t n = 0;
    params_default(file_specs, &params);
    assert_string_equal(params.name, "");
    assert_true(json_parse(STR("{\"name\": \"a/b.jsonl\"}"), "t", false, &doc, &err));
    assert_true(params_from_json(file_specs, &params, doc, json_root(doc), NULL, arena, &err));
    json_free(doc);
    params_to_json(file_specs, &params, &out);
    assert_string_equal(out.p, "{\"mode\":\"fast\",\"name\":\"a/b.jsonl\"}");
    params_files(file_specs, &params, visit_file, &n);
    assert_int_equal(n, 1);
    assert_string_equal(params.name, "content");
    params_files(NULL, &params, visit_file, &n);
    params_files(specs, &params, visit_file, &n);
    assert_int_equal(n, 1);
    assert_true(json_parse(STR("{\"name\": 5}"), "t", false, &doc, &err));
    assert_false(params_from_json(file_specs, &params, doc, json_root(doc), NULL, arena, &err));
    assert_string_equal(err.message, "t:1:10: name must be the path of a file, not 5");
    json_free(doc);
    buf_free(&out);
    params_help(file_specs, "", &out);
    assert_non_null(strstr(out.p, "file  \"\"  verdicts"));
    buf_free(&out);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_every_field),
        cmocka_unit_test(members_set_fields_and_outlive_the_document),
        cmocka_unit_test(bad_values_are_refused_with_the_place),
        cmocka_unit_test(skipped_keys_belong_to_the_caller),
        cmocka_unit_test(json_comes_back_equal),
        cmocka_unit_test(help_has_a_line_a_parameter),
        cmocka_unit_test(open_ranges_read_as_such),
        cmocka_unit_test(files_are_paths_that_can_be_visited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
