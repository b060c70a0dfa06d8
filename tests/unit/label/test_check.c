#include "label_test.h"

/* label_check on a chain with its files in the folder. */
static bool check(const char *json, const char *journal, const struct test_folder *folder, struct arena *arena,
                  struct error *err)
{
    struct labeler labeler;
    *err = (struct error){0};
    if (!labeler_make(json, arena, &labeler, err))
        abort();
    labeler.journal = journal;
    labeler.data_dir = folder->path;
    return label_check(&labeler, err);
}

static void test_what_can_fail_early_fails_early(void **state)
{
    (void)state;
    static const struct {
        const char *json, *word; /* NULL: nothing is wrong */
    } table[] = {
        {"\"oracle\"", NULL},
        {"{\"name\":\"replay\",\"file\":\"good\"}", NULL},
        {"[\"oracle\",{\"name\":\"replay\",\"file\":\"good\"}]", NULL},
        {"{\"name\":\"chat\",\"url\":\"http://127.0.0.1:1/v1\"}", NULL}, /* no request is sent: nobody listens there */
        {"{\"name\":\"chat\",\"url\":\"http://127.0.0.1:1/v1\",\"prompt\":\"good\"}", NULL},
        {"\"replay\"", "file"},
        {"{\"name\":\"replay\",\"file\":\"absent\"}", "absent"},
        {"{\"name\":\"replay\",\"file\":\"bad\"}", "bad:1:"},
        {"{\"name\":\"replay\",\"file\":\".\"}", "/."},
        {"[\"oracle\",{\"name\":\"replay\",\"file\":\"absent\"}]", "absent"},
        {"\"chat\"", "OPENAI_API_KEY"},
        {"{\"name\":\"chat\",\"key_env\":\"NO_SUCH_KEY\"}", "NO_SUCH_KEY"},
        {"{\"name\":\"chat\",\"url\":\"ftp://x/v1\"}", "https"},
        {"{\"name\":\"chat\",\"url\":\"http://example.org/v1\"}", "unencrypted"},
        {"{\"name\":\"chat\",\"url\":\"http://127.0.0.1:1/v1\",\"prompt\":\"absent\"}", "absent"},
    };
    struct arena *arena = arena_new();
    struct test_folder folder = folder_make();
    struct error err;
    (void)unsetenv("OPENAI_API_KEY");
    write_text(arena_printf(arena, "%s/good", folder.path), STR("{\"command_line\":\"a\",\"verdict\":\"benign\"}\n"));
    write_text(arena_printf(arena, "%s/bad", folder.path), STR("{\"command_line\":\"a\",\"verdict\":\"?\"}\n"));
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        bool ok = check(table[i].json, NULL, &folder, arena, &err);
        if (ok != !table[i].word || (!ok && !strstr(err.message, table[i].word)))
            print_error("%s: %s\n", table[i].json, err.message);
        assert_true(ok == !table[i].word && (ok || strstr(err.message, table[i].word)));
    }
    folder_remove(&folder);
    arena_free(arena);
}

static void test_journal_is_checked(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct test_folder folder = folder_make();
    struct error err;
    const char *chat = "{\"name\":\"chat\",\"url\":\"http://127.0.0.1:1/v1\"}";
    const char *file = arena_printf(arena, "%s/j", folder.path), *below = arena_printf(arena, "%s/x", file);
    assert_true(check("\"oracle\"", file, &folder, arena, &err) && !file_exists(file)); /* nothing paid: not needed */
    assert_true(check(chat, file, &folder, arena, &err) && file_exists(file));
    assert_false(check(chat, below, &folder, arena, &err)); /* a file is no folder */
    assert_false(check(chat, folder.path, &folder, arena, &err));
    write_text(file, STR("no journal line\n"));
    assert_false(check(chat, file, &folder, arena, &err));
    assert_non_null(strstr(err.message, "j:1:"));
    write_text(file, STR("{\"key\":\"00"));
    assert_true(check(chat, file, &folder, arena, &err)); /* another run may be writing it: left as it is */
    assert_int_equal(read_text(file, arena).n, 10);
    folder_remove(&folder);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_can_fail_early_fails_early),
        cmocka_unit_test(test_journal_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
