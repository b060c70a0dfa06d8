#include "select/select.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool set(const char *json, struct select_params *params)
{
    struct arena *arena = arena_new();
    struct json_doc *doc;
    struct error err;
    assert_true(json_parse(str_of(json), "a.json", true, &doc, &err));
    params_default(select_params_spec, params);
    const bool ok = params_from_json(select_params_spec, params, doc, json_root(doc), NULL, arena, &err);
    json_free(doc);
    arena_free(arena);
    return ok;
}

static void defaults_and_ranges(void **state)
{
    (void)state;
    struct select_params params;
    assert_true(set("{}", &params));
    assert_int_equal(params.budget, 500);
    assert_int_equal(params.overfetch, 3);
    assert_true(params.near_threshold == 0.8);
    assert_true(set("{\"budget\": 10000000, \"near_threshold\": 1, \"overfetch\": 100}", &params));
    assert_int_equal(params.budget, 10000000);
    static const char *const bad[] = {
        "{\"budget\": 0}",    "{\"budget\": 10000001}", "{\"near_threshold\": 1.01}", "{\"near_threshold\": -0.1}",
        "{\"overfetch\": 0}", "{\"overfetch\": 101}",   "{\"budgets\": 1}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(set(bad[i], &params));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_and_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
