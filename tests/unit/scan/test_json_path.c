/* Values by path: the rules one by one, and random objects against a walk through a tree of the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "../../../src/scan/json_path.h"
#include "support/json.h"
#include "support/rng.h"

#include <stdio.h>

/* NULL: absent. A string's text with quotes, or another value as it stands. */
static const char *find(const char *path, const char *record, struct arena *arena)
{
    struct str wanted = str_of(path);
    struct scan_field field;
    const char *reason;
    struct json_paths *paths = json_paths_new(&wanted, 1, arena);
    if (!json_paths_find(paths, str_of(record), arena, &field, &(struct json_found){.vector = false}, &reason))
        return "invalid";
    if (field.type == SCAN_ABSENT)
        return NULL;
    const char *quote = field.type == SCAN_STRING ? "\"" : "";
    return arena_printf(arena, "%s%.*s%s", quote, STR_ARG(field.raw), quote);
}

static void test_rules(void **state)
{
    (void)state;
    static const struct {
        const char *path, *record, *value;
    } cases[] = {
        {"a", "{\"a\":\"x\"}", "\"x\""},
        {"a", "{\"b\":1}", NULL},
        {"a", "{\"a\":{\"a\":1}}", "{\"a\":1}"},
        {"a.b", "{\"a\":{\"b\":12}}", "12"},
        {"a.b", "{\"a.b\":1}", "1"},
        {"a.b", "{\"a.b\":1,\"a\":{\"b\":2}}", "1"},
        {"a.b", "{\"a\":{\"b\":2},\"a.b\":1}", "1"},
        {"a.b", "{\"a\":\"b\"}", NULL},
        {"a.b", "{\"a\":{\"c\":{\"b\":1}}}", NULL},
        {"a.b.c", "{\"a\":{\"b.c\":1}}", "1"},
        {"a.b.c", "{\"a\":{\"b\":{\"c\":\"\\u0041\"}}}", "\"\\u0041\""},
        {"a.b.c", "{\"a\":{\"b\":{\"c\":1,\"c\":2}}}", "2"},
        {"a|b", "{\"a\":1,\"b\":2}", "1"},
        {"a|b", "{\"b\":2}", "2"},
        {"a|b", "{\"a\":null,\"b\":2}", "2"},
        {"a|b", "{\"a\":\"\",\"b\":\"-\"}", "\"\""},
        {"a|b", "{\"a\":\"-\",\"b\":\"x\"}", "\"x\""},
        {"a.b|c.d|e", "{\"c\":{\"d\":\"y\"},\"e\":\"z\"}", "\"y\""},
        {"a.0", "{\"a\":[\"x\",\"y\"]}", "\"x\""},
        {"a.1", "{\"a\":[[1,{\"}\":\"]\"}] , \"y\\\"\" ]}", "\"y\\\"\""},
        {"a.2", "{\"a\":[1,2]}", NULL},
        {"a.1.b", "{\"a\":[{\"b\":1},{\"b\":2}]}", "2"},
        {"a.x", "{\"a\":[{\"Name\":\"w\",\"text\":\"1\"},{\"text\":\"2\",\"Name\":\"x\"}]}", "\"2\""},
        {"a.x", "{\"a\":[{\"@Name\":\"x\",\"#text\":\"3\"}]}", "\"3\""},
        {"a.x", "{\"a\":[{\"Name\":\"x\"}]}", NULL},
        {"a.x", "{\"a\":[]}", NULL},
        {"a..b", "{\"a\":{\"\":{\"b\":1}}}", "1"},
        {"a.", "{\"a\":{\"\":1}}", "1"},
        {"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p", "{\"a\":{\"b\":{\"c\":{}}}}", NULL},
        {"a.b", "{\"a\":{\"b\":1}", "invalid"},
        {"a.b", "[1]", "invalid"},
        {"a.b", "{\n \"a\" : {\r\n\t\"b\" : true }\n}\n", "true"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena *arena = arena_new();
        const char *got = find(cases[i].path, cases[i].record, arena);
        if ((got == NULL) != (cases[i].value == NULL) || (got != NULL && strcmp(got, cases[i].value) != 0))
            FAIL_WITH("%s in %s: %s", cases[i].path, cases[i].record, got != NULL ? got : "absent");
        arena_free(arena);
    }
}

static void test_flat(void **state)
{
    (void)state;
    const struct str flat[] = {STR("a"), STR("b c")}, dots[] = {STR("a"), STR("b.c")}, bars[] = {STR("a|b")};
    assert_true(json_paths_flat(flat, 2));
    assert_false(json_paths_flat(dots, 2));
    assert_false(json_paths_flat(bars, 1));
}

static const char *const keys[] = {"a", "b", "c", "d"};

/* A random object, each key once. */
static void add_object(struct rng_state *rng, int depth, struct buf *out)
{
    bool any = false;
    buf_add_str(out, STR("{"));
    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        uint64_t kind = rng_next_below(rng, 6);
        if (kind == 0)
            continue;
        buf_printf(out, "%s%s\"%s\"%s:", any ? "," : "", rng_next_below(rng, 4) ? "" : " ", keys[k],
                   rng_next_below(rng, 4) ? "" : "\n ");
        any = true;
        if (kind >= 4 && depth < 4)
            add_object(rng, depth + 1, out);
        else if (kind == 1)
            buf_printf(out, "%d", (int)rng_next_below(rng, 1000));
        else
            buf_printf(out, "\"%s%d\"", rng_next_below(rng, 2) ? "}\\\"{[," : "t", (int)rng_next_below(rng, 1000));
    }
    buf_add_str(out, STR("}"));
}

static void test_against_tree(void **state)
{
    (void)state;
    struct buf text = {.limit = 1 << 20};
    for (uint64_t i = 0; i < 20000; i++) {
        struct rng_state rng = rng_start(5, 6, i);
        struct arena *arena = arena_new();
        struct json_doc *doc;
        struct error err;
        char path[4][16];
        struct str wanted[4];
        struct scan_field field[4];
        struct json_found as[4];
        const char *reason;
        text.n = 0;
        add_object(&rng, 0, &text);
        for (size_t j = 0; j < 4; j++) {
            int n = snprintf(path[j], sizeof path[j], "%s", keys[rng_next_below(&rng, 4)]);
            for (uint64_t more = rng_next_below(&rng, 4); more > 0; more--)
                n += snprintf(path[j] + n, sizeof path[j] - (size_t)n, ".%s", keys[rng_next_below(&rng, 4)]);
            wanted[j] = str_of(path[j]);
        }
        assert_true(json_parse(buf_str(&text), "t", false, &doc, &err));
        assert_true(json_paths_find(json_paths_new(wanted, 4, arena), buf_str(&text), arena, field, as, &reason));
        for (size_t j = 0; j < 4; j++) {
            const struct json *node = json_path(json_root(doc), path[j]);
            struct str expected, got;
            bool string = json_as_str(node, &expected);
            assert_int_equal(field[j].type, node == NULL ? SCAN_ABSENT : string ? SCAN_STRING : SCAN_OTHER);
            if (string && (!scan_unescape(&field[j], arena, &got) || !str_equal(got, expected)))
                FAIL_WITH("%s in %s", path[j], text.p);
        }
        json_free(doc);
        arena_free(arena);
    }
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_flat),
        cmocka_unit_test(test_against_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
