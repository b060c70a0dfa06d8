#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/generate/record.h"
#include "support/hash.h"
#include "support/index.h"
#include "support/json.h"
#include "support/utf8.h"

#include <stdlib.h>

/* Records of one file, one after the other. */
struct made {
    struct arena *arena;
    struct generate params;
    struct recorder *recorder;
    struct buf line;
};

static struct generate defaults(void)
{
    struct generate params;
    params_default(generate_params, &params);
    return params;
}

static struct made *made_new(struct generate params)
{
    struct made *made = calloc(1, sizeof(*made));
    assert_non_null(made);
    made->params = params;
    made->arena = arena_new();
    made->recorder = recorder_new(&made->params, made->arena);
    made->line.limit = 1 << 20;
    return made;
}

static void made_free(struct made *made)
{
    buf_free(&made->line);
    arena_free(made->arena);
    free(made);
}

static struct str made_line(struct made *made, enum record_file file, int64_t day, int64_t index)
{
    made->line.n = 0;
    record_add(made->recorder, file, day, index, &made->line);
    assert_false(made->line.full);
    return buf_str(&made->line);
}

static struct str member(const struct json_doc *doc, const char *key)
{
    struct str value = {NULL, 0};
    assert_true(json_as_str(json_get(json_root(doc), key), &value));
    assert_true(value.n > 0);
    return value;
}

/* Parses the line and checks every field; says whether it is labelled malicious. */
static bool check_line(struct str line)
{
    struct json_doc *doc;
    struct error err;
    assert_true(utf8_valid(line.p, line.n));
    assert_true(line.p[line.n - 1] == '\n' && memchr(line.p, '\n', line.n - 1) == NULL);
    bool parsed = json_parse(line, "record", false, &doc, &err);
    if (!parsed)
        print_error("%s in %.*s", err.message, STR_ARG(line));
    assert_true(parsed);
    assert_int_equal(json_count(json_root(doc)), 11);
    assert_int_equal(member(doc, "ts").n, strlen("2025-01-01T00:00:00.000Z"));
    member(doc, "host");
    member(doc, "user");
    member(doc, "parent_image");
    member(doc, "image");
    member(doc, "command_line");
    struct str platform = member(doc, "platform"), label = member(doc, "label");
    assert_true(str_equal(platform, STR("windows")) || str_equal(platform, STR("linux")));
    assert_true(str_equal(member(doc, "source"), STR("synthetic")));
    int64_t pid = 0;
    assert_true(json_as_i64(json_get(json_root(doc), "pid"), &pid) && pid > 0);
    bool malicious = str_equal(label, STR("malicious"));
    assert_true(malicious || str_equal(label, STR("benign")));
    if (malicious)
        assert_true(str_starts(member(doc, "technique"), STR("T1")));
    else
        assert_int_equal(json_type(json_get(json_root(doc), "technique")), JSON_NULL);
    json_free(doc);
    return malicious;
}

static void test_every_line_is_whole(void **state)
{
    (void)state;
    struct generate params = defaults();
    params.lines_per_day = 20000;
    params.rare_share = 0.3;
    params.attack_share = 0.2;
    struct made *made = made_new(params);
    char last[32] = "2025-01-02T";
    for (int64_t i = 0; i < params.lines_per_day; i++) {
        struct str line = made_line(made, RECORD_DAY, 1, i);
        check_line(line);
        const char *ts = line.p + strlen("{\"ts\":\"");
        assert_true(strncmp(ts, "2025-01-02T", 11) == 0 && strncmp(last, ts, 24) <= 0);
        memcpy(last, ts, 24);
    }
    assert_true(strncmp(last, "2025-01-02T23:59", 16) == 0);
    made_free(made);
}

static void test_labels_of_the_labelled_files(void **state)
{
    (void)state;
    struct generate params = defaults();
    params.test_benign = 700;
    params.test_malicious = 301;
    struct made *made = made_new(params);
    for (int64_t i = 0; i < record_count(&params, RECORD_MALICIOUS); i++)
        assert_true(check_line(made_line(made, RECORD_MALICIOUS, 0, i)));
    int64_t malicious = 0, in_first_half = 0;
    assert_int_equal(record_count(&params, RECORD_TEST), 1001);
    for (int64_t i = 0; i < 1001; i++) {
        malicious += check_line(made_line(made, RECORD_TEST, 0, i));
        if (i == 500)
            in_first_half = malicious;
    }
    assert_int_equal(malicious, 301);
    assert_in_range(in_first_half, 149, 151);
    made_free(made);
}

/* Routine lines do not depend on the shares, so the lines that change with a share are the ones it asked for. */
static void test_shares(void **state)
{
    (void)state;
    struct generate params = defaults();
    params.lines_per_day = 50000;
    params.rare_share = params.attack_share = 0;
    struct made *plain = made_new(params);
    params.rare_share = 0.02;
    params.attack_share = 0.01;
    struct made *mixed = made_new(params);
    int64_t changed = 0, malicious = 0;
    for (int64_t i = 0; i < params.lines_per_day; i++) {
        struct str a = made_line(plain, RECORD_DAY, 0, i), b = made_line(mixed, RECORD_DAY, 0, i);
        assert_true(str_find(a, STR("\"label\":\"benign\""), 0) != SIZE_MAX);
        changed += !str_equal(a, b);
        malicious += str_find(b, STR("\"label\":\"malicious\""), 0) != SIZE_MAX;
    }
    assert_in_range(malicious, 400, 600);            /* 500, standard deviation 22 */
    assert_in_range(changed - malicious, 850, 1150); /* 1000, standard deviation 31 */
    made_free(plain);
    made_free(mixed);
}

static void test_share_of_unique_lines(void **state)
{
    (void)state;
    struct generate params = defaults();
    struct made *made = made_new(params);
    struct key_index seen = {0};
    int64_t bytes = 0;
    for (int64_t i = 0; i < params.lines_per_day; i++) {
        struct str line = made_line(made, RECORD_DAY, 0, i);
        bytes += (int64_t)line.n;
        size_t from = str_find(line, STR("\"command_line\""), 0), to = str_find(line, STR("\"source\""), 0);
        bool is_new;
        assert_true(from < to && to != SIZE_MAX);
        key_index_number(&seen, hash128((struct str){line.p + from, to - from}, 0), &is_new);
    }
    double unique = (double)seen.n / (double)params.lines_per_day;
    double mean = (double)bytes / (double)params.lines_per_day;
    assert_true(unique > 0.15 && unique < 0.24);
    assert_true(mean > 230 && mean < 310);
    key_index_free(&seen);
    made_free(made);
}

static void test_seed_and_day_make_other_lines(void **state)
{
    (void)state;
    struct generate params = defaults();
    struct made *one = made_new(params);
    struct made *again = made_new(params);
    params.seed = 2;
    struct made *two = made_new(params);
    int other_day = 0, other_seed = 0;
    for (int64_t i = 0; i < 100; i++) {
        struct str line = made_line(one, RECORD_DAY, 0, i);
        assert_true(str_equal(line, made_line(again, RECORD_DAY, 0, i)));
        const size_t skip = 32; /* the time */
        struct str rest = {line.p + skip, line.n - skip};
        struct str day = made_line(again, RECORD_DAY, 1, i), seed = made_line(two, RECORD_DAY, 0, i);
        other_day += !str_equal(rest, (struct str){day.p + skip, day.n - skip});
        other_seed += !str_equal(rest, (struct str){seed.p + skip, seed.n - skip});
    }
    assert_int_equal(other_day, 100);
    assert_int_equal(other_seed, 100);
    made_free(one);
    made_free(again);
    made_free(two);
}

/* Counts lines that hold a word of one held-out family each. */
static int64_t count_held_out(struct made *made, enum record_file file, int64_t n)
{
    static const char *const word[] = {"dnscmd",      "appcmd",    "skopeo",   "ovftool",
                                       "InstallUtil", "fodhelper", "pty.spawn"};
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++) {
        struct str line = made_line(made, file, 0, i);
        for (size_t k = 0; k < ARRAY_LEN(word); k++)
            found += str_find(line, str_of(word[k]), 0) != SIZE_MAX;
    }
    return found;
}

static void test_held_out_families_only_in_the_test_file(void **state)
{
    (void)state;
    struct generate params = defaults();
    params.rare_share = params.attack_share = 0.5;
    struct made *made = made_new(params);
    assert_int_equal(count_held_out(made, RECORD_DAY, 20000), 0);
    assert_int_equal(count_held_out(made, RECORD_MALICIOUS, params.malicious_lines), 0);
    assert_in_range(count_held_out(made, RECORD_TEST, 2300), 20, 2300);
    made_free(made);
}

static void test_smallest_organisation(void **state)
{
    (void)state;
    struct generate params = defaults();
    params.hosts = 8;
    params.users = 1;
    params.lines_per_day = 1;
    params.malicious_lines = params.test_benign = params.test_malicious = 1;
    params.seed = 0;
    struct made *made = made_new(params);
    check_line(made_line(made, RECORD_DAY, 365, 0));
    assert_true(check_line(made_line(made, RECORD_MALICIOUS, 0, 0)));
    assert_int_equal(check_line(made_line(made, RECORD_TEST, 0, 0)) + check_line(made_line(made, RECORD_TEST, 0, 1)),
                     1);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_line_is_whole),
        cmocka_unit_test(test_labels_of_the_labelled_files),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_share_of_unique_lines),
        cmocka_unit_test(test_seed_and_day_make_other_lines),
        cmocka_unit_test(test_held_out_families_only_in_the_test_file),
        cmocka_unit_test(test_smallest_organisation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
