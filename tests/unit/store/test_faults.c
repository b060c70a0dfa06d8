#include "store/store.h"
#include "support/file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

/* A file with one number that tells versions apart. */
static void write_version(struct fixture *f, int64_t version)
{
    struct store *store;
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_attr_i64(store, "/", "version", version, &f->err));
    assert_true(store_commit(store, &f->err));
}

static int64_t read_version(struct fixture *f)
{
    struct store *store;
    int64_t version = -1;
    assert_true(store_open(f->path, &store, &f->err));
    assert_true(store_get_attr_i64(store, "/", "version", &version, &f->err));
    store_close(store);
    return version;
}

static void commit_replaces_the_old_file(void **state)
{
    struct fixture *f = *state;
    write_version(f, 1);
    write_version(f, 2);
    assert_int_equal(read_version(f), 2);
    assert_int_equal(count_files(f), 1);
}

static void close_without_commit_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct store *store;
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_attr_i64(store, "/", "version", 5, &f->err));
    assert_false(file_exists(f->path));
    store_close(store);
    assert_int_equal(count_files(f), 0);
    write_version(f, 1);
    assert_true(store_create(f->path, &store, &f->err));
    store_close(store);
    assert_int_equal(read_version(f), 1);
    assert_int_equal(count_files(f), 1);
    store_close(NULL);
}

static void a_killed_writer_leaves_the_old_file(void **state)
{
    struct fixture *f = *state;
    write_version(f, 1);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *store;
        if (!store_create(f->path, &store, &f->err) || !store_attr_i64(store, "/", "version", 2, &f->err))
            _exit(1);
        _exit(42);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 42);
    assert_int_equal(read_version(f), 1);
    write_version(f, 3);
    assert_int_equal(read_version(f), 3);
}

/* In a child whose files cannot grow past 16 KiB: some write or the commit must fail and say so. */
static int write_to_a_full_disk(struct fixture *f)
{
    enum { N = 100000 };
    int64_t *value = ARENA_ARRAY(f->arena, int64_t, N);
    for (int64_t i = 0; i < N; i++)
        value[i] = i * INT64_C(7919) * 7919 * 7919;
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {16384, 16384};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 1;
    struct store *store;
    if (!store_create(f->path, &store, &f->err))
        return 2;
    bool ok = true;
    for (int i = 0; ok && i < 10; i++)
        ok = store_axis_i64(store, arena_printf(f->arena, "/x%d", i), value, N, &f->err);
    if (ok)
        ok = store_commit(store, &f->err);
    else
        store_close(store);
    return ok ? 3 : f->err.code == ERROR_IO && strstr(f->err.message, f->path) != NULL ? 42 : 4;
}

static void a_full_disk_is_an_error_and_leaves_the_old_file(void **state)
{
    struct fixture *f = *state;
    write_version(f, 1);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(write_to_a_full_disk(f));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
    assert_int_equal(read_version(f), 1);
    assert_int_equal(count_files(f), 1);
}

static void refuse_to_open(struct fixture *f)
{
    struct store *store = NULL;
    f->err = (struct error){0};
    assert_false(store_open(f->path, &store, &f->err));
    assert_int_equal(f->err.code, ERROR_INPUT);
    assert_non_null(strstr(f->err.message, f->path));
    assert_null(store);
}

static void what_is_not_a_whole_file_is_refused(void **state)
{
    struct fixture *f = *state;
    refuse_to_open(f);
    assert_non_null(strstr(f->err.message, "No such file"));

    write_everything(f);
    struct str whole;
    assert_true(file_read(f->path, 1 << 24, f->arena, &whole, &f->err));
    const size_t cut[] = {0, 1, 7, 8, 20, 48, 100, 1000, whole.n / 2, whole.n - 1};
    for (size_t i = 0; i < ARRAY_LEN(cut); i++) {
        assert_true(file_replace(f->path, (struct str){whole.p, cut[i]}, &f->err));
        refuse_to_open(f);
    }
    assert_true(file_replace(f->path, STR("{\"not\": \"hdf5\"}\n"), &f->err));
    refuse_to_open(f);
    assert_non_null(strstr(f->err.message, "not an HDF5 file"));
    snprintf(f->path, sizeof(f->path), "%s", f->folder);
    refuse_to_open(f);
    assert_non_null(strstr(f->err.message, "not a regular file"));
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    struct fixture *f = *state;
    char path[200];
    struct store *store;
    snprintf(path, sizeof(path), "%s/absent/run.h5", f->folder);
    assert_false(store_create(path, &store, &f->err));
    assert_int_equal(f->err.code, ERROR_IO);
    assert_non_null(strstr(f->err.message, path));
}

static void wrong_questions_are_errors(void **state)
{
    struct fixture *f = *state;
    write_everything(f);
    struct store *store;
    struct str s, *text;
    int64_t one, *i64;
    double *f64, x;
    size_t n, rank, shape[8];
    struct error *err = &f->err;
    assert_true(store_open(f->path, &store, err));
    assert_false(store_get_f64(store, "/absent", f->arena, &f64, &rank, shape, err));
    assert_non_null(strstr(err->message, "\"/absent\""));
    assert_false(store_get_f64(store, "/scores", f->arena, &f64, &rank, shape, err));
    assert_false(store_get_f64(store, "/name", f->arena, &f64, &rank, shape, err));
    assert_false(store_get_i64(store, "/name", f->arena, &i64, &rank, shape, err));
    assert_false(store_get_str(store, "/day", f->arena, &text, &n, err));
    assert_int_equal(err->code, ERROR_INPUT);
    assert_false(store_get_attr_str(store, "/", "absent", f->arena, &s, err));
    assert_non_null(strstr(err->message, "absent"));
    assert_false(store_get_attr_i64(store, "/", "title", &one, err));
    assert_false(store_get_attr_f64(store, "/", "title", &x, err));
    assert_false(store_get_attr_str(store, "/made/for/this", "big", f->arena, &s, err));
    assert_false(store_get_attr_i64(store, "/day", "REFERENCE_LIST", &one, err));
    assert_non_null(strstr(err->message, f->path));
    store_close(store);
}

static void a_name_cannot_be_written_twice(void **state)
{
    struct fixture *f = *state;
    struct store *store;
    static const char *const absent[] = {"/absent"};
    const double x = 1;
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_axis_f64(store, "/x", &x, 1, &f->err));
    assert_false(store_axis_f64(store, "/x", &x, 1, &f->err));
    assert_int_equal(f->err.code, ERROR_IO);
    assert_non_null(strstr(f->err.message, "\"/x\""));
    assert_false(store_array(store, "/x/below", STORE_F64, NULL, 0, &x, &f->err));
    assert_false(store_array(store, "/y", STORE_F64, absent, 1, &x, &f->err));
    assert_non_null(strstr(f->err.message, "\"/absent\""));
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(commit_replaces_the_old_file),        TEST(close_without_commit_leaves_nothing),
        TEST(a_killed_writer_leaves_the_old_file), TEST(a_full_disk_is_an_error_and_leaves_the_old_file),
        TEST(what_is_not_a_whole_file_is_refused), TEST(a_folder_that_is_not_there_is_refused),
        TEST(wrong_questions_are_errors),          TEST(a_name_cannot_be_written_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
