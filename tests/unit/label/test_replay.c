#include "label_test.h"

static struct answers answers;

struct setting {
    struct test_folder folder;
    struct arena *arena;
};

static int set_up(void **state)
{
    struct setting *s = calloc(1, sizeof *s);
    s->folder = folder_make();
    s->arena = arena_new();
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct setting *s = *state;
    folder_remove(&s->folder);
    arena_free(s->arena);
    free(s);
    return 0;
}

static bool replay(struct setting *s, const char *text, const char *more, const struct label_item *item, size_t n,
                   struct error *err)
{
    struct labeler labeler;
    struct label_sink sink;
    if (text)
        write_text(arena_printf(s->arena, "%s/v.jsonl", s->folder.path), str_of(text));
    const char *json = arena_printf(s->arena, "{\"name\":\"replay\",\"file\":\"v.jsonl\"%s}", more);
    if (!labeler_make(json, s->arena, &labeler, err))
        return false;
    labeler.data_dir = s->folder.path;
    return ask(&labeler, item, n, &answers, &sink, err);
}

static const char text[] = "{\"command_line\":\"a\",\"verdict\":\"benign\",\"confidence\":0.9,\"more\":[1]}\r\n"
                           "\n"
                           "{\"command_line\":\"b \\u00e4\\n\",\"verdict\":\"malicious\",\"confidence\":0.4}\n"
                           "{\"command_line\":\"c\",\"verdict\":\"abstain\"}\n"
                           "{\"command_line\":\"a\",\"verdict\":\"malicious\",\"confidence\":1}";

static void items(struct label_item item[5])
{
    static const char *const lines[] = {"a", "b \xc3\xa4\n", "c", "A", ""};
    memset(item, 0, 5 * sizeof *item);
    for (size_t i = 0; i < 5; i++)
        item[i].text = str_of(lines[i]);
}

static void test_exact_text_first_wins(void **state)
{
    struct error err;
    struct label_item item[5];
    items(item);
    assert_true(replay(*state, text, "", item, 5, &err));
    assert_int_equal(answers.n_put, 3);
    assert_int_equal(answers.verdict[0], VERDICT_BENIGN);
    assert_int_equal(answers.verdict[1], VERDICT_MALICIOUS);
    assert_int_equal(answers.verdict[2], VERDICT_ABSTAIN);
    assert_true(answers.confidence[0] == 0.9 && answers.confidence[2] == -1);
}

static void test_min_confidence(void **state)
{
    struct error err;
    struct label_item item[5];
    items(item);
    assert_true(replay(*state, text, ",\"min_confidence\":0.9", item, 5, &err));
    assert_int_equal(answers.n_put, 1);
    assert_int_equal(answers.verdict[0], VERDICT_BENIGN);
}

static void test_other_fields(void **state)
{
    struct error err;
    struct label_item item[5];
    items(item);
    assert_true(replay(*state, "{\"cmd\":\"a\",\"v\":\"malicious\"}",
                       ",\"command_field\":\"cmd\",\"verdict_field\":\"v\"", item, 5, &err));
    assert_int_equal(answers.n_put, 1);
    assert_int_equal(answers.verdict[0], VERDICT_MALICIOUS);
    assert_true(replay(*state, "", "", item, 5, &err));
    assert_int_equal(answers.n_put, 0);
}

static void test_bad_lines_are_named(void **state)
{
    static const char *const bad[] = {
        "{",
        "[]",
        "7",
        "{\"verdict\":\"benign\"}",
        "{\"command_line\":7,\"verdict\":\"benign\"}",
        "{\"command_line\":\"x\"}",
        "{\"command_line\":\"x\",\"verdict\":\"Benign\"}",
        "{\"command_line\":\"x\",\"verdict\":\"none\"}",
        "{\"command_line\":\"x\",\"verdict\":\"benign\",\"confidence\":2}",
        "{\"command_line\":\"x\",\"verdict\":\"benign\",\"confidence\":\"high\"}",
        "{\"command_line\":\"x\",\"verdict\":\"benign\"} {}",
    };
    struct setting *s = *state;
    struct label_item item[5];
    items(item);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct error err = {0};
        const char *all = arena_printf(s->arena, "{\"command_line\":\"a\",\"verdict\":\"benign\"}\n\n%s\n", bad[i]);
        assert_false(replay(s, all, "", item, 5, &err));
        if (!strstr(err.message, "v.jsonl:3:"))
            print_error("%s\n", err.message);
        assert_non_null(strstr(err.message, "v.jsonl:3:"));
        assert_int_equal(answers.n_put, 0);
    }
}

static void test_missing_file(void **state)
{
    struct setting *s = *state;
    struct error err = {0};
    struct label_item item[5];
    struct labeler labeler;
    struct label_sink sink;
    items(item);
    assert_false(replay(s, NULL, "", item, 5, &err));
    assert_non_null(strstr(err.message, "v.jsonl"));
    assert_true(labeler_make("\"replay\"", s->arena, &labeler, &err));
    assert_false(ask(&labeler, item, 5, &answers, &sink, &err));
    assert_non_null(strstr(err.message, "file"));
}

static size_t count_put(const struct labeler *labeler)
{
    struct label_item item[5];
    struct label_sink sink;
    struct error err;
    items(item);
    return ask(labeler, item, 5, &answers, &sink, &err) ? answers.n_put : SIZE_MAX;
}

/* What is kept of a file between asks is dropped when the file is another one. */
static void test_file_that_changes_is_read_again(void **state)
{
    static const char benign[] = "{\"command_line\":\"a\",\"verdict\":\"benign\"}\n";
    static const char other[] = "{\"command_line\":\"c\",\"verdict\":\"benign\"}\n";
    struct setting *s = *state;
    struct labeler labeler, strict;
    struct error err;
    const char *path = arena_printf(s->arena, "%s/v.jsonl", s->folder.path);
    write_text(path, STR(benign));
    assert_true(labeler_make("{\"name\":\"replay\",\"file\":\"v.jsonl\"}", s->arena, &labeler, &err));
    assert_true(
        labeler_make("{\"name\":\"replay\",\"file\":\"v.jsonl\",\"min_confidence\":0.5}", s->arena, &strict, &err));
    labeler.data_dir = strict.data_dir = s->folder.path;
    for (int i = 0; i < 3; i++) {
        assert_true(count_put(&labeler) == 1 && answers.verdict[0] == VERDICT_BENIGN);
        assert_int_equal(count_put(&strict), 0); /* another reading of the same file */
    }
    sleep_ms(30);
    write_text(path, STR(other)); /* of equal size, in place */
    assert_true(count_put(&labeler) == 1 && answers.verdict[2] == VERDICT_BENIGN);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(count_put(&labeler), SIZE_MAX);
    write_text(path, STR("{}\n"));
    assert_int_equal(count_put(&labeler), SIZE_MAX);
    write_text(path, STR(benign));
    assert_true(count_put(&labeler) == 1 && answers.verdict[0] == VERDICT_BENIGN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exact_text_first_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_min_confidence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_lines_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_file_that_changes_is_read_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
