#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[64];
    char path[200];
    struct arena *arena;
};

static int set_up(void **state)
{
    struct place *place = malloc(sizeof(*place));
    if (!place)
        return -1;
    snprintf(place->folder, sizeof(place->folder), "/tmp/test_file.XXXXXX");
    if (!mkdtemp(place->folder))
        return -1;
    place->arena = arena_new();
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char command[100];
    snprintf(command, sizeof(command), "rm -rf %s", place->folder);
    int status = system(command);
    arena_free(place->arena);
    free(place);
    return status;
}

static const char *in(struct place *place, const char *name)
{
    snprintf(place->path, sizeof(place->path), "%s/%s", place->folder, name);
    return place->path;
}

static int count_entries(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

static void what_is_written_is_read(void **state)
{
    struct place *place = *state;
    struct error err;
    struct str got;
    const char *path = in(place, "a");
    assert_false(file_exists(path));
    assert_true(file_replace(path, STR("one\0two"), &err));
    assert_true(file_exists(path));
    assert_true(file_read(path, 7, place->arena, &got, &err));
    assert_true(str_equal(got, STR("one\0two")));
    assert_true(file_replace(path, (struct str){NULL, 0}, &err));
    assert_true(file_read(path, 0, place->arena, &got, &err));
    assert_int_equal(got.n, 0);
    assert_int_equal(count_entries(place->folder), 1);
}

static void a_large_file_survives(void **state)
{
    struct place *place = *state;
    struct error err;
    struct str got;
    size_t n = 1000003;
    char *bytes = arena_bytes(place->arena, n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(i * 31 % 251);
    assert_true(file_replace(in(place, "a"), (struct str){bytes, n}, &err));
    assert_true(file_read(place->path, n, place->arena, &got, &err));
    assert_true(str_equal(got, (struct str){bytes, n}));
    assert_false(file_read(place->path, n - 1, place->arena, &got, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.message, "1000002"));
}

static void errors_name_the_path_and_the_cause(void **state)
{
    struct place *place = *state;
    struct error err;
    struct str got;
    assert_false(file_read(in(place, "absent"), 100, place->arena, &got, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.message, place->path));
    assert_non_null(strstr(err.message, "No such file"));
    assert_false(file_read(place->folder, 100, place->arena, &got, &err));
    assert_non_null(strstr(err.message, "directory"));
    assert_false(file_replace(in(place, "absent/a"), STR("x"), &err));
    assert_int_equal(err.code, ERROR_IO);
    char *endless = arena_bytes(place->arena, 6000);
    memset(endless, 'a', 5999);
    endless[5999] = '\0';
    assert_false(file_replace(endless, STR("x"), &err));
    assert_false(file_make_dirs(endless, &err));
}

static void a_failed_replace_leaves_nothing(void **state)
{
    struct place *place = *state;
    struct error err;
    assert_true(file_make_dirs(in(place, "taken/inner"), &err));
    assert_false(file_replace(in(place, "taken"), STR("x"), &err)); /* a file cannot replace a full folder */
    assert_int_equal(err.code, ERROR_IO);
    assert_true(file_exists(in(place, "taken/inner")));
    assert_int_equal(count_entries(place->folder), 1);
}

static void commit_moves_what_another_wrote(void **state)
{
    struct place *place = *state;
    struct error err;
    struct str got;
    char temp[200];
    snprintf(temp, sizeof(temp), "%s", in(place, "temp"));
    FILE *file = fopen(temp, "w");
    assert_non_null(file);
    fputs("data", file);
    fclose(file);
    assert_true(file_replace(in(place, "final"), STR("old"), &err));
    assert_true(file_commit(temp, place->path, &err));
    assert_false(file_exists(temp));
    assert_true(file_read(place->path, 100, place->arena, &got, &err));
    assert_true(str_equal(got, STR("data")));
    assert_false(file_commit(temp, place->path, &err));
    assert_non_null(strstr(err.message, temp));
    assert_true(file_exists(place->path));
}

static void a_bare_name_is_in_the_working_folder(void **state)
{
    struct place *place = *state;
    struct error err;
    assert_int_equal(chdir(place->folder), 0);
    assert_true(file_replace("bare", STR("x"), &err));
    assert_true(file_make_dirs("x/y/", &err));
    assert_int_equal(chdir("/"), 0);
    assert_true(file_exists(in(place, "bare")));
    assert_true(file_exists(in(place, "x/y")));
}

static void folders_are_made_with_parents(void **state)
{
    struct place *place = *state;
    struct error err;
    assert_true(file_make_dirs(in(place, "a//b/c"), &err));
    struct stat info;
    assert_int_equal(stat(place->path, &info), 0);
    assert_true(S_ISDIR(info.st_mode));
    assert_true(file_make_dirs(place->path, &err));
    assert_true(file_make_dirs("/", &err));
    assert_false(file_make_dirs("", &err));
    assert_true(file_replace(in(place, "plain"), STR("x"), &err));
    assert_false(file_make_dirs(place->path, &err));
    assert_non_null(strstr(err.message, "plain"));
    assert_false(file_make_dirs(in(place, "plain/below"), &err));
    assert_int_equal(err.code, ERROR_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read),
        TEST(a_large_file_survives),
        TEST(errors_name_the_path_and_the_cause),
        TEST(a_failed_replace_leaves_nothing),
        TEST(commit_moves_what_another_wrote),
        TEST(a_bare_name_is_in_the_working_folder),
        TEST(folders_are_made_with_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
