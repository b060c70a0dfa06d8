#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "experiment/kinds.h"

#include <math.h>
#include <stdio.h>

/* Whether the row's parser takes this value. */
static bool takes(const struct plugin *plugin, const struct param_spec *row, const char *value)
{
    struct arena *arena = arena_new();
    struct json_doc *doc;
    struct error err = {.message = ""};
    const char *text = arena_printf(arena, "{\"%s\":%s}", row->name, value);
    void *params = arena_zalloc(arena, 1, plugin->params_size);
    bool parsed = json_parse(str_of(text), "t", false, &doc, &err);
    assert_true(parsed);
    params_default(plugin->params, params);
    bool ok = params_from_json(plugin->params, params, doc, json_root(doc), NULL, arena, &err);
    assert_true(ok || strstr(err.message, row->name) != NULL);
    json_free(doc);
    arena_free(arena);
    return ok;
}

static void check_whole(const struct plugin *plugin, const struct param_spec *row, double bound, int step)
{
    char text[64];
    if (fabs(bound) >= 0x1p63)
        return; /* open */
    snprintf(text, sizeof text, "\"%" PRId64 "\"", (int64_t)bound);
    assert_true(takes(plugin, row, text));
    snprintf(text, sizeof text, "\"%" PRId64 "\"", (int64_t)bound + step);
    assert_false(takes(plugin, row, text));
}

static void check_real(const struct plugin *plugin, const struct param_spec *row, double bound, double towards)
{
    char text[64];
    if (!isfinite(bound))
        return;
    snprintf(text, sizeof text, "%.17g", bound);
    assert_true(takes(plugin, row, text));
    snprintf(text, sizeof text, "%.17g", nextafter(bound, towards));
    assert_false(takes(plugin, row, text));
}

static void check_texts(const struct plugin *plugin, const struct param_spec *row)
{
    char text[300];
    assert_non_null(row->text);
    snprintf(text, sizeof text, "\"%s\"", row->text);
    assert_true(takes(plugin, row, text));
    assert_false(takes(plugin, row, "1"));
    for (size_t i = 0; row->choices && row->choices[i]; i++) {
        snprintf(text, sizeof text, "\"%s\"", row->choices[i]);
        assert_true(takes(plugin, row, text));
    }
    assert_true(!row->choices || !takes(plugin, row, "\"no such choice\""));
}

static void check_row(const struct plugin *plugin, const struct param_spec *row)
{
    assert_true(row->name && row->name[0] && row->help && row->help[0]);
    assert_true(row->offset < plugin->params_size);
    switch (row->type) {
    case PARAM_TYPE_BOOL:
        assert_true(takes(plugin, row, "true") && takes(plugin, row, "false") && !takes(plugin, row, "2"));
        break;
    case PARAM_TYPE_INT:
        assert_true(row->min <= row->number && row->number <= row->max);
        check_whole(plugin, row, row->min, -1);
        check_whole(plugin, row, row->max, 1);
        assert_false(takes(plugin, row, "0.5"));
        break;
    case PARAM_TYPE_REAL:
        assert_true(row->min <= row->number && row->number <= row->max);
        check_real(plugin, row, row->min, -INFINITY);
        check_real(plugin, row, row->max, INFINITY);
        break;
    case PARAM_TYPE_STRING:
    case PARAM_TYPE_FILE:
        check_texts(plugin, row);
        break;
    case PARAM_TYPE_END:
        break;
    }
}

static void every_parameter_keeps_its_bounds(void **state)
{
    (void)state;
    size_t rows = 0;
    for (size_t k = 0; k < KIND_COUNT; k++) {
        const struct plugin_list *list = kind_list(k);
        assert_true(list->n > 0);
        for (size_t i = 0; i < list->n; i++) {
            const struct plugin *plugin = list->item[i];
            assert_true(plugin->name[0] && plugin->summary[0]);
            for (const struct param_spec *row = plugin->params; row && row->type != PARAM_TYPE_END; row++, rows++) {
                for (const struct param_spec *other = plugin->params; other < row; other++)
                    assert_string_not_equal(other->name, row->name);
                check_row(plugin, row);
            }
        }
    }
    assert_true(rows > 80);
}

static void kinds_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(kind_find("reader"), kind_list(0));
    assert_ptr_equal(kind_find("format"), kind_list(0));
    assert_ptr_equal(kind_find("section"), kind_list(KIND_COUNT - 1));
    assert_null(kind_find("readers"));
    assert_null(kind_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_parameter_keeps_its_bounds),
        cmocka_unit_test(kinds_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
