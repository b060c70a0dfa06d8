#include "support/error.h"
#include "support/plugin.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

struct forest_params {
    int64_t trees;
    double share;
    const char *mode;
};

static const char *const modes[] = {"fast", "exact", NULL};
static const struct param_spec forest_spec[] = {
    PARAM_INT(struct forest_params, trees, 100, 1, 1000, "trees"),
    PARAM_REAL(struct forest_params, share, 0.5, 0, 1, "share"),
    PARAM_CHOICE(struct forest_params, mode, "fast", modes, "mode"),
    PARAM_END,
};
static const struct plugin forest = {"iforest", "a forest", forest_spec, sizeof(struct forest_params)};
static const struct plugin random_plugin = {"random", "noise", NULL, 0};
static const struct plugin *const items[] = {&forest, &random_plugin};
static const struct plugin_list list = {"detector", items, 2};
static const struct plugin_list empty_list = {"detector", items, 0};

struct fixture {
    struct arena *arena;
    struct json_doc *doc;
    struct choice choice;
    struct error err;
};

static struct fixture choose_from(const struct plugin_list *from, const char *text, bool *ok)
{
    struct fixture f = {.arena = arena_new()};
    assert_true(json_parse(str_of(text), "configs/a.json", true, &f.doc, &f.err));
    *ok = plugin_choose(from, f.doc, json_get(json_root(f.doc), "d"), f.arena, &f.choice, &f.err);
    return f;
}

static void done(struct fixture *f)
{
    json_free(f->doc);
    arena_free(f->arena);
}

static void expect_failure(const char *text, const char *message)
{
    bool ok;
    struct fixture f = choose_from(&list, text, &ok);
    assert_false(ok);
    assert_int_equal(f.err.code, ERROR_CONFIG);
    assert_string_equal(f.err.message, message);
    done(&f);
}

static void finds_by_whole_name(void **state)
{
    (void)state;
    assert_ptr_equal(plugin_find(&list, "iforest"), &forest);
    assert_ptr_equal(plugin_find(&list, "random"), &random_plugin);
    assert_null(plugin_find(&list, "iforest2"));
    assert_null(plugin_find(&list, "ifores"));
    assert_null(plugin_find(&list, ""));
}

static void a_string_chooses_defaults(void **state)
{
    (void)state;
    bool ok;
    struct fixture f = choose_from(&list, "{\"d\": \"iforest\"}", &ok);
    assert_true(ok);
    const struct forest_params *params = f.choice.params;
    assert_ptr_equal(f.choice.plugin, &forest);
    assert_int_equal(params->trees, 100);
    assert_true(params->share == 0.5);
    assert_string_equal(params->mode, "fast");
    done(&f);
}

static void an_object_sets_parameters(void **state)
{
    (void)state;
    bool ok;
    struct fixture f = choose_from(&list, "{\"d\": {\"trees\": 7, \"name\": \"iforest\", \"mode\": \"exact\"}}", &ok);
    assert_true(ok);
    const struct forest_params *params = f.choice.params;
    assert_int_equal(params->trees, 7);
    assert_true(params->share == 0.5);
    assert_string_equal(params->mode, "exact");
    done(&f);
    f = choose_from(&list, "{\"d\": {\"name\": \"random\"}}", &ok);
    assert_true(ok);
    assert_ptr_equal(f.choice.plugin, &random_plugin);
    done(&f);
}

static void an_unknown_name_is_refused_with_the_known_ones(void **state)
{
    (void)state;
    expect_failure("{\n \"d\": {\"name\": \"ifrest\"}}",
                   "configs/a.json:2:16: unknown detector \"ifrest\" (did you mean \"iforest\"?); "
                   "known: iforest, random");
    expect_failure("{\"d\": \"zzzzzzzzzzzz\"}",
                   "configs/a.json:1:7: unknown detector \"zzzzzzzzzzzz\"; known: iforest, random");
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    const char *shape = "configs/a.json:1:7: a detector must be a name or an object with a \"name\"; "
                        "known: iforest, random";
    expect_failure("{\"d\": 3}", shape);
    expect_failure("{\"d\": null}", shape);
    expect_failure("{\"d\": {\"trees\": 3}}", shape);
    expect_failure("{\"d\": [\"iforest\"]}", shape);
    expect_failure("{}", "no detector is given; known: iforest, random");
}

static void bad_parameters_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{\"d\": {\"name\": \"iforest\", \"tree\": 3}}",
        "{\"d\": {\"name\": \"iforest\", \"trees\": 0}}",
        "{\"d\": {\"name\": \"random\", \"trees\": 3}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        bool ok;
        struct fixture f = choose_from(&list, bad[i], &ok);
        assert_false(ok);
        assert_non_null(strstr(f.err.message, "configs/a.json:1:"));
        assert_non_null(strstr(f.err.message, "tree"));
        done(&f);
    }
}

static void a_hostile_name_is_cut(void **state)
{
    (void)state;
    static char text[5000];
    memset(text, 'x', sizeof text - 1);
    memcpy(text, "{\"d\":\"", 6);
    memcpy(text + sizeof text - 3, "\"}", 3);
    bool ok;
    struct fixture f = choose_from(&list, text, &ok);
    assert_false(ok);
    assert_non_null(strstr(f.err.message, "known: iforest, random"));
    done(&f);
}

static void an_empty_list_knows_none(void **state)
{
    (void)state;
    bool ok;
    struct fixture f = choose_from(&empty_list, "{\"d\": \"x\"}", &ok);
    assert_false(ok);
    assert_string_equal(f.err.message, "configs/a.json:1:7: unknown detector \"x\"; known: none");
    done(&f);
}

static void json_spells_out_every_parameter(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf buf = {.limit = 1000};
    struct choice choice = plugin_default(&list, "iforest", arena);
    plugin_to_json(&choice, &buf);
    bool ok;
    char text[600];
    assert_true(buf.n < 500);
    snprintf(text, sizeof text, "{\"d\": %s}", buf.p);
    struct fixture f = choose_from(&list, text, &ok);
    assert_true(ok);
    const struct forest_params *params = f.choice.params;
    assert_int_equal(params->trees, 100);
    assert_string_equal(params->mode, "fast");
    assert_int_equal(json_count(json_get(json_root(f.doc), "d")), 4);
    done(&f);
    buf.n = 0;
    choice = plugin_default(&list, "random", arena);
    plugin_to_json(&choice, &buf);
    assert_string_equal(buf.p, "{\"name\":\"random\"}");
    buf_free(&buf);
    arena_free(arena);
}

static void json_stops_at_the_limit_of_the_buffer(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct choice choice = plugin_default(&list, "iforest", arena);
    for (size_t limit = 0; limit < 50; limit += 7) {
        struct buf buf = {.limit = limit};
        plugin_to_json(&choice, &buf);
        assert_true(buf.n <= limit);
        assert_true(buf.full);
        buf_free(&buf);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_whole_name),
        cmocka_unit_test(a_string_chooses_defaults),
        cmocka_unit_test(an_object_sets_parameters),
        cmocka_unit_test(an_unknown_name_is_refused_with_the_known_ones),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(bad_parameters_are_refused),
        cmocka_unit_test(a_hostile_name_is_cut),
        cmocka_unit_test(an_empty_list_knows_none),
        cmocka_unit_test(json_spells_out_every_parameter),
        cmocka_unit_test(json_stops_at_the_limit_of_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
