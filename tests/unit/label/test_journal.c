#include "label_test.h"

#include "../../../src/label/journal.h"
#include "../../../src/label/verdict.h"

struct setting {
    struct test_folder folder;
    struct arena *arena;
    const char *path;
};

static int set_up(void **state)
{
    struct setting *s = calloc(1, sizeof *s);
    s->folder = folder_make();
    s->arena = arena_new();
    s->path = arena_printf(s->arena, "%s/journal.jsonl", s->folder.path);
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

static struct journal *open_ok(const char *path)
{
    struct journal *journal = NULL;
    struct error err = {0};
    if (!journal_open(path, &journal, &err))
        print_error("%s\n", err.message);
    assert_non_null(journal);
    return journal;
}

static void add(struct journal *journal, const char *line, enum verdict verdict, double confidence, const char *model)
{
    struct error err;
    struct journal_answer answer = {verdict, confidence, model};
    assert_true(journal_add(journal, journal_key(str_of(line), "id"), &answer, &err));
}

static void test_reopened_holds_the_same(void **state)
{
    struct setting *s = *state;
    struct error err;
    struct journal *journal = open_ok(s->path);
    for (size_t i = 0; i < 1000; i++)
        add(journal, arena_printf(s->arena, "secret --password %zu", i), (enum verdict)(1 + i % 3),
            i % 5 ? (double)i / 1000 : -1, "model \"x\"\n");
    assert_true(journal_sync(journal, &err));
    assert_true(journal_sync(journal, &err));
    journal_close(journal);
    journal = open_ok(s->path);
    assert_int_equal(journal_count(journal), 1000);
    for (size_t i = 0; i < 1000; i++) {
        struct journal_answer answer;
        struct str line = str_of(arena_printf(s->arena, "secret --password %zu", i));
        assert_true(journal_get(journal, journal_key(line, "id"), &answer));
        assert_false(journal_get(journal, journal_key(line, "other"), &answer));
        assert_int_equal(answer.verdict, 1 + i % 3);
        assert_true(answer.confidence == (i % 5 ? (double)i / 1000 : -1));
        assert_string_equal(answer.model, "model \"x\"\n");
    }
    journal_close(journal);
    assert_int_equal(count_text(read_text(s->path, s->arena), "secret"), 0);
}

static void test_torn_last_line_is_dropped(void **state)
{
    struct setting *s = *state;
    struct journal *journal = open_ok(s->path);
    add(journal, "a", VERDICT_BENIGN, 0.5, "m");
    add(journal, "b", VERDICT_MALICIOUS, 0.5, "m");
    journal_close(journal);
    struct str whole = read_text(s->path, s->arena);
    const char *first_end = memchr(whole.p, '\n', whole.n);
    size_t first = (size_t)(first_end - whole.p) + 1;
    for (size_t n = first; n < whole.n; n += n + 1 < whole.n && n > first + 3 ? 7 : 1) {
        write_text(s->path, (struct str){whole.p, n});
        journal = open_ok(s->path);
        assert_int_equal(journal_count(journal), 1);
        add(journal, "c", VERDICT_ABSTAIN, -1, "m");
        journal_close(journal);
        journal = open_ok(s->path);
        assert_int_equal(journal_count(journal), 2);
        struct journal_answer answer;
        assert_true(journal_get(journal, journal_key(STR("c"), "id"), &answer));
        assert_false(journal_get(journal, journal_key(STR("b"), "id"), &answer));
        journal_close(journal);
    }
}

static void test_first_of_duplicates_counts(void **state)
{
    struct setting *s = *state;
    struct journal *journal = open_ok(s->path);
    add(journal, "a", VERDICT_BENIGN, 0.5, "m");
    journal_close(journal);
    struct str one = read_text(s->path, s->arena);
    struct str other = str_of(arena_printf(s->arena, "%.*s", STR_ARG(one)));
    memcpy(strstr((char *)(uintptr_t)other.p, "benign"), "abstai", 6); /* same length; made a whole word below */
    const char *text = arena_printf(s->arena, "%.*s%s", STR_ARG(one), strstr(other.p, "{"));
    struct error err;
    write_text(s->path, str_of(text));
    struct journal *bad = NULL;
    assert_false(journal_open(s->path, &bad, &err)); /* "abstai" is no verdict: a bad line inside is named */
    assert_non_null(strstr(err.message, "journal.jsonl:2:"));
    journal_close(bad);

    struct buf twice = {.limit = 1 << 20};
    char hex[33];
    hash128_hex(journal_key(STR("a"), "id"), hex);
    buf_add_str(&twice, one);
    buf_printf(&twice,
               "{\"key\":\"%s\",\"verdict\":\"malicious\",\"confidence\":null,\"model\":\"m\",\"time\":\"t\"}\n", hex);
    write_text(s->path, buf_str(&twice));
    buf_free(&twice);
    journal = open_ok(s->path);
    struct journal_answer answer;
    assert_int_equal(journal_count(journal), 1);
    assert_true(journal_get(journal, journal_key(STR("a"), "id"), &answer));
    assert_int_equal(answer.verdict, VERDICT_BENIGN);
    journal_close(journal);
}

/* The second run waits for the first one's end, and then knows what that was told; a check does not wait. */
static void test_second_run_waits(void **state)
{
    struct setting *s = *state;
    struct journal *first = open_ok(s->path);
    struct error err;
    int started[2];
    assert_int_equal(pipe(started), 0);
    add(first, "before", VERDICT_BENIGN, 0.5, "m");
    pid_t child = fork();
    if (child == 0) {
        struct journal *second;
        struct journal_answer answer;
        journal_close(first); /* the copy that the fork made */
        bool checked = journal_check(s->path, &err);
        (void)!write(started[1], "x", 1);
        bool ok = checked && journal_open(s->path, &second, &err) && journal_count(second) == 2 &&
                  journal_get(second, journal_key(STR("while it waits"), "id"), &answer);
        _exit(ok ? 0 : 1);
    }
    char byte;
    int status = -1;
    assert_int_equal(read(started[0], &byte, 1), 1);
    sleep_ms(200);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    add(first, "while it waits", VERDICT_BENIGN, 0.5, "m");
    journal_close(first);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(started[0]);
    close(started[1]);
}

static void test_new_folder_and_impossible_folder(void **state)
{
    struct setting *s = *state;
    struct error err;
    struct journal *journal = NULL;
    const char *sub = arena_printf(s->arena, "%s/x", s->folder.path);
    journal = open_ok(arena_printf(s->arena, "%s/j", sub));
    assert_int_equal(journal_count(journal), 0);
    journal_close(journal);
    assert_int_equal(unlink(arena_printf(s->arena, "%s/j", sub)), 0);
    assert_int_equal(rmdir(sub), 0);
    write_text(s->path, STR(""));
    assert_false(journal_open(arena_printf(s->arena, "%s/below", s->path), &journal, &err));
    assert_false(journal_open(s->folder.path, &journal, &err));
}

static void test_keys_differ(void **state)
{
    (void)state;
    struct hash128 base = journal_key(STR("line"), "identity");
    assert_false(hash128_equal(base, journal_key(STR("line "), "identity")));
    assert_false(hash128_equal(base, journal_key(STR("line"), "identity2")));
    assert_false(hash128_equal(base, journal_key(STR("identity"), "line")));
    assert_true(hash128_equal(base, journal_key(STR("line"), "identity")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reopened_holds_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_torn_last_line_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_of_duplicates_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_second_run_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_folder_and_impossible_folder, set_up, tear_down),
        cmocka_unit_test(test_keys_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
