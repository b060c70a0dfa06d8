#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "scan/layout.h"

#include <stdio.h>

struct fixture {
    struct arena *arena;
    const struct layout *layout;
    void *state;
    struct event event;
    const char *reason;
};

/* config: {"fields": {...}, "where": {...}} */
static struct fixture fixture_new(const char *config)
{
    struct fixture f = {.arena = arena_new()};
    struct field_map *fields = arena_zalloc(f.arena, 1, sizeof *fields);
    struct json_doc *doc;
    struct error err;
    assert_true(json_parse(str_of(config), "t", false, &doc, &err));
    const struct json *names = json_get(json_root(doc), "fields"), *where = json_get(json_root(doc), "where");
    assert_true(names == NULL || fields_parse(doc, names, f.arena, fields, &err));
    assert_true(where == NULL || filters_parse(doc, where, f.arena, fields, &err));
    json_free(doc);
    f.layout = layout_find("jsonl");
    assert_non_null(f.layout);
    *fields = fields_fill(fields, f.layout->fields);
    f.state = f.layout->form->start(f.layout, fields, f.arena);
    return f;
}

static enum read_result parse(struct fixture *f, const char *record)
{
    f->reason = NULL;
    return f->layout->form->parse(f->state, str_of(record), f->arena, &f->event, &f->reason);
}

static bool is(struct fixture *f, struct str field, const char *text)
{
    return str_equal(f->layout->form->decode(field, f->arena), str_of(text));
}

static void test_event(void **state)
{
    (void)state;
    struct fixture f = fixture_new("{}");
    assert_int_equal(parse(&f,
                           "{\"ts\":\"now\",\"host\":\"h\",\"user\":\"a\\\\b\",\"parent_image\":\"p\",\"image\":\"i\","
                           "\"command_line\":\"c\\td \\\"\\u00e4\",\"platform\":\"Linux\",\"label\":\"MALICIOUS\","
                           "\"source\":\"synthetic\",\"other\":[1]}\n"),
                     READ_EVENT);
    assert_true(is(&f, f.event.command, "c\td \"\xC3\xA4") && str_equal(f.event.command, STR("c\\td \\\"\\u00e4")));
    assert_true(is(&f, f.event.host, "h") && is(&f, f.event.user, "a\\b") && is(&f, f.event.parent, "p") &&
                is(&f, f.event.image, "i") && is(&f, f.event.time, "now"));
    assert_int_equal(f.event.platform, PLATFORM_LINUX);
    assert_int_equal(f.event.truth, TRUTH_MALICIOUS);
    assert_true(f.event.synthetic);
    assert_int_equal(parse(&f, "{\"command_line\":\"c\",\"host\":null,\"user\":5}"), READ_EVENT);
    assert_true(f.event.host.n == 0 && is(&f, f.event.user, "5") && f.event.image.n == 0);
    assert_true(f.event.platform == PLATFORM_UNKNOWN && f.event.truth == TRUTH_UNKNOWN && !f.event.synthetic);
    arena_free(f.arena);
}

static void test_truth_and_platform(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum truth truth;
    } truths[] = {{"\"benign\"", TRUTH_BENIGN}, {"\"Benign\"", TRUTH_BENIGN}, {"0", TRUTH_BENIGN},
                  {"\"0\"", TRUTH_BENIGN},      {"1", TRUTH_MALICIOUS},       {"\"mal\\u0069cious\"", TRUTH_MALICIOUS},
                  {"\"bad\"", TRUTH_UNKNOWN},   {"true", TRUTH_UNKNOWN},      {"null", TRUTH_UNKNOWN},
                  {"\"\"", TRUTH_UNKNOWN},      {"[1]", TRUTH_MALICIOUS},     {"[0,1]", TRUTH_UNKNOWN},
                  {"2", TRUTH_UNKNOWN}};
    static const struct {
        const char *value;
        enum platform platform;
    } platforms[] = {{"\"WINDOWS\"", PLATFORM_WINDOWS},
                     {"\"macos\"", PLATFORM_MACOS},
                     {"\"win\"", PLATFORM_WINDOWS},
                     {"7", PLATFORM_UNKNOWN}};
    struct fixture f = fixture_new("{}");
    char record[200];
    for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
        snprintf(record, sizeof record, "{\"command_line\":\"c\",\"label\":%s}", truths[i].value);
        assert_int_equal(parse(&f, record), READ_EVENT);
        assert_int_equal(f.event.truth, truths[i].truth);
    }
    for (size_t i = 0; i < ARRAY_LEN(platforms); i++) {
        snprintf(record, sizeof record, "{\"command_line\":\"c\",\"platform\":%s}", platforms[i].value);
        assert_int_equal(parse(&f, record), READ_EVENT);
        assert_int_equal(f.event.platform, platforms[i].platform);
    }
    arena_free(f.arena);
}

static void test_bad_and_blank(void **state)
{
    (void)state;
    static const struct {
        const char *record, *reason;
    } bad[] = {
        {"{}", "missing"},
        {"{\"command_line\":\"\"}", "empty"},
        {"{\"command_line\":7}", "not a string"},
        {"{\"command_line\":null}", "empty"},
        {"{\"command_line\":{\"command_line\":\"x\"}}", "not a string"},
        {"{\"command_line\":\"x\"", "early"},
        {"[1]", "object"},
        {"{\"command_line\":\"\xFF\"}", "UTF-8"},
        {"{\"command_line\":\"\\x\"}", "escape"},
    };
    struct fixture f = fixture_new("{}");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(parse(&f, bad[i].record), READ_BAD);
        assert_non_null(strstr(f.reason, bad[i].reason));
    }
    assert_int_equal(parse(&f, "\n"), READ_BLANK);
    assert_int_equal(parse(&f, " \t\r\n"), READ_BLANK);
    assert_int_equal(parse(&f, ""), READ_BLANK);
    arena_free(f.arena);
}

static void test_filters(void **state)
{
    (void)state;
    struct fixture f = fixture_new("{\"files\":\"x\",\"where\":{\"ambiguous\":false,\"host\":\"\xC3\xA4\"}}");
    assert_int_equal(parse(&f, "{\"command_line\":\"c\"}"), READ_EVENT);
    assert_int_equal(parse(&f, "{\"command_line\":\"c\",\"ambiguous\":false}"), READ_EVENT);
    assert_int_equal(parse(&f, "{\"command_line\":\"c\",\"ambiguous\":\"false\"}"), READ_EVENT);
    assert_int_equal(parse(&f, "{\"command_line\":\"c\",\"ambiguous\":true}"), READ_UNWANTED);
    assert_int_equal(parse(&f, "{\"command_line\":\"c\",\"ambiguous\":null}"), READ_UNWANTED);
    assert_int_equal(parse(&f, "{\"command_line\":\"c\",\"host\":\"\\u00e4\"}"), READ_EVENT);
    assert_true(is(&f, f.event.host, "\xC3\xA4"));
    assert_int_equal(parse(&f, "{\"command_line\":\"c\",\"host\":\"b\"}"), READ_UNWANTED);
    assert_int_equal(parse(&f, "{\"ambiguous\":true}"), READ_UNWANTED);
    assert_int_equal(parse(&f, "{\"ambiguous\":true"), READ_BAD);
    arena_free(f.arena);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(platform_name(PLATFORM_WINDOWS), "windows");
    assert_string_equal(platform_name(PLATFORM_LINUX), "linux");
    assert_string_equal(platform_name(PLATFORM_MACOS), "macos");
    assert_string_equal(platform_name(PLATFORM_UNKNOWN), "unknown");
    assert_string_equal(truth_name(TRUTH_BENIGN), "benign");
    assert_string_equal(truth_name(TRUTH_MALICIOUS), "malicious");
    assert_string_equal(truth_name(TRUTH_UNKNOWN), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event),         cmocka_unit_test(test_truth_and_platform),
        cmocka_unit_test(test_bad_and_blank), cmocka_unit_test(test_filters),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
