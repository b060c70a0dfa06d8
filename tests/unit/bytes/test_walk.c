#include "label_test.h"

#include "bytes/walk.h"
#include "support/file.h"
#include "support/sort.h"

#include <glob.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct tree {
    struct test_folder folder;
    struct arena *arena;
};

static const char *at(const struct tree *tree, const char *name)
{
    return arena_printf(tree->arena, "%s/%s", tree->folder.path, name);
}

static void put(const struct tree *tree, const char *name)
{
    struct error err;
    assert_true(file_make_folder(at(tree, name), &err));
    write_text(at(tree, name), STR("x\n"));
}

static int set_up(void **state)
{
    static const char *const files[] = {
        "a.jsonl",    "b.gz",        ".hidden",      "sub/c.jsonl",   "sub/.d/e",      "sub/deep/f", "-",
        "two\nlines", "bad\xFF\xFE", "odd[1].jsonl", "day-1/x.jsonl", "day-2/x.jsonl", "day-2/y",    "star*/z.jsonl"};
    struct tree *tree = calloc(1, sizeof *tree);
    tree->folder = folder_make();
    tree->arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        put(tree, files[i]);
    assert_int_equal(mkdir(at(tree, "hollow"), 0777), 0);
    *state = tree;
    return 0;
}

static int tear_down(void **state)
{
    struct tree *tree = *state;
    folder_remove(&tree->folder);
    arena_free(tree->arena);
    free(tree);
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, without the folder, "|" between them. */
static const char *names_of(const struct tree *tree, const char *pattern, struct names *names)
{
    struct error err = {0};
    struct buf text = {.limit = 1 << 16};
    *names = (struct names){.arena = tree->arena};
    if (!walk_add(pattern[0] == '/' ? pattern : at(tree, pattern), names, &err))
        return arena_printf(tree->arena, "error: %s", err.message);
    sort_stable(names->item, names->n, sizeof *names->item, by_bytes, tree->arena);
    for (size_t i = 0; i < names->n; i++)
        buf_printf(&text, "%s%s", i > 0 ? "|" : "", names->item[i] + strlen(tree->folder.path) + 1);
    const char *out = arena_printf(tree->arena, "%.*s", (int)text.n, text.n > 0 ? text.p : "");
    buf_free(&text);
    return out;
}

static void test_what_a_pattern_stands_for(void **state)
{
    static const char *const expected[][2] = {
        {"a.jsonl", "a.jsonl"},
        {"*.jsonl", "a.jsonl|odd[1].jsonl"},
        {"-", "-"},
        {"two*", "two\nlines"},
        {"bad*", "bad\xFF\xFE"},
        {"odd[1].jsonl", "odd[1].jsonl"},
        {"odd\\[1].*", "odd[1].jsonl"},
        {"[ab].?*", "a.jsonl|b.gz"},
        {"s*", "star*/z.jsonl|sub/c.jsonl|sub/deep/f"},
        {"sub", "sub/c.jsonl|sub/deep/f"},
        {"sub/", "sub/c.jsonl|sub/deep/f"},
        {"day-*/x.jsonl", "day-1/x.jsonl|day-2/x.jsonl"},
        {"day-*//y", "day-2//y"},
        {"*/deep", "sub/deep/f"},
        {"*/deep/", "sub/deep/f"},
        {"star\\*/*", "star*/z.jsonl"},
        {"hollow", ""},
        {"*.none", ""},
        {"none/*", ""},
        {"a.jsonl/*", ""},
        {"none", ""},
        {".h*", ".hidden"},
    };
    struct tree *tree = *state;
    struct names names;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        assert_string_equal(names_of(tree, expected[i][0], &names), expected[i][1]);
}

/* As glob(3) has it, where that says all. */
static void test_globs_are_the_systems(void **state)
{
    static const char *const patterns[] = {"*",      "?*",       "*/*", "*l",    "[!a]*", "*/",
                                           "s*/*/f", "[a-c]*.*", "**",  "*/*/*", ".*l",   "d*-[12]/?"};
    struct tree *tree = *state;
    struct names names, globbed;
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        glob_t matches;
        const char *expected = "";
        struct error err;
        globbed = (struct names){.arena = tree->arena};
        if (glob(at(tree, patterns[i]), 0, NULL, &matches) == 0) {
            for (size_t k = 0; k < matches.gl_pathc; k++)
                assert_true(walk_add(arena_printf(tree->arena, "%s", matches.gl_pathv[k]), &globbed, &err));
        }
        globfree(&matches);
        names_of(tree, patterns[i], &names);
        assert_true(globbed.n == names.n);
        sort_stable(globbed.item, globbed.n, sizeof *globbed.item, by_bytes, tree->arena);
        for (size_t k = 0; k < names.n; k++) {
            expected = globbed.item[k];
            assert_string_equal(names.item[k], expected);
        }
    }
}

/* Whoever reads the list meets them and says so. */
static void test_links_and_sockets_are_listed(void **state)
{
    struct tree *tree = *state;
    struct names names;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int file = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(mkdir(at(tree, "odd"), 0777), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", at(tree, "odd/socket"));
    assert_int_equal(bind(file, (const struct sockaddr *)&address, sizeof address), 0);
    close(file);
    assert_int_equal(symlink("nowhere", at(tree, "odd/lost")), 0);
    assert_int_equal(symlink("loop", at(tree, "odd/loop")), 0);
    assert_int_equal(symlink("../a.jsonl", at(tree, "odd/link")), 0);
    assert_int_equal(symlink("../sub", at(tree, "odd/linked")), 0);
    assert_string_equal(names_of(tree, "odd", &names), "odd/link|odd/loop|odd/lost|odd/socket");
    assert_int_equal(names.n_links, 1);
    assert_string_equal(names.link, at(tree, "odd/linked"));
    assert_string_equal(names_of(tree, "odd/l*", &names),
                        "odd/link|odd/linked/c.jsonl|odd/linked/deep/f|odd/loop|odd/lost");
    /* a folder that is missing where a glob would have gone on is no smaller day */
    assert_string_equal(names_of(tree, "odd/lo*/x", &names), "odd/loop|odd/lost");
    assert_string_equal(names_of(tree, "odd/linked", &names), "odd/linked/c.jsonl|odd/linked/deep/f");
}

static void test_what_cannot_be_listed_is_an_error(void **state)
{
    struct tree *tree = *state;
    struct names names;
    char name[300];
    if (geteuid() == 0) { /* test_syscalls.sh has the rest */
        print_message("SKIPPED: no permission stops root\n");
        skip();
    }
    chmod(at(tree, "sub/deep"), 0);
    assert_non_null(strstr(names_of(tree, "sub", &names), "sub/deep: the folder cannot be read"));
    assert_non_null(strstr(names_of(tree, "*/*/f", &names), "sub/deep/: the folder cannot be read"));
    chmod(at(tree, "sub/deep"), 0700);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_string_equal(names_of(tree, name, &names), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_a_pattern_stands_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_globs_are_the_systems, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_links_and_sockets_are_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_listed_is_an_error, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
