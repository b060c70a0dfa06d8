#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "child.h"

#include "support/append.h"
#include "support/file.h"
#include "support/log.h"

#include <errno.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/syscall.h>

/* What flock fails with; 0: it is the system's own. */
static int flock_error;

int flock(int fd, int operation)
{
    if (flock_error == 0)
        return (int)syscall(SYS_flock, fd, operation);
    errno = flock_error;
    return -1;
}

static char folder[] = "/tmp/benomaly-append-XXXXXX", path[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/benomaly-append-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    flock_error = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static size_t file_size(void)
{
    struct arena *arena = arena_new();
    struct str text = {NULL, 0};
    struct error err;
    bool ok = file_read(path, 1 << 20, arena, &text, &err);
    arena_free(arena);
    return ok ? text.n : SIZE_MAX;
}

static void test_second_is_refused_or_waits(void **state)
{
    (void)state;
    struct append_file first, second;
    struct error err;
    assert_true(append_open(path, "the file", false, &first, &err));
    assert_true(append_write(&first, STR("one\n"), &err));
    assert_false(append_open(path, "the file", false, &second, &err));
    assert_non_null(strstr(err.message, "in use by another run"));
    assert_true(append_check(path, "the file", &err)); /* needs no lock */
    append_close(&first);
    assert_true(append_open(path, "the file", true, &second, &err));
    assert_true(append_write(&second, STR("two\n"), &err));
    append_close(&second);
    assert_int_equal(file_size(), 8);
}

static void use_without_locks(void)
{
    static const int codes[] = {ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL};
    log_setup(LOG_WARN, 0, 1);
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        struct append_file first, second;
        struct error err;
        flock_error = codes[i];
        if (!append_open(path, "the file", i % 2, &first, &err) ||
            !append_open(path, "the file", false, &second, &err) || !append_write(&first, STR("1\n"), &err) ||
            !append_write(&second, STR("2\n"), &err))
            _exit(1);
        append_close(&first);
        append_close(&second);
    }
}

static void test_file_system_without_locks(void **state)
{
    (void)state;
    struct child_end end = run_child(use_without_locks);
    assert_int_equal(end.status, 0);
    const char *said = strstr(end.text, "is not locked");
    assert_non_null(said);
    assert_null(strstr(said + 1, "is not locked")); /* said once */
    assert_non_null(strstr(end.text, path));
    assert_int_equal(file_size(), 16);
}

static void test_other_trouble_with_locks_fails(void **state)
{
    (void)state;
    struct append_file file;
    struct error err;
    flock_error = EIO;
    assert_false(append_open(path, "the file", true, &file, &err));
    assert_non_null(strstr(err.message, "cannot lock the file"));
    assert_int_equal(file.fd, -1);
}

static void test_check_tells_what_open_would(void **state)
{
    (void)state;
    char below[80];
    struct append_file file;
    struct error err;
    assert_true(append_check(path, "the file", &err));
    assert_int_equal(file_size(), 0);
    snprintf(below, sizeof below, "%s/x", path);
    assert_false(append_check(below, "the file", &err));
    assert_false(append_open(below, "the file", true, &file, &err));
    append_close(&file);
    assert_false(append_check(folder, "the file", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_second_is_refused_or_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_file_system_without_locks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_trouble_with_locks_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_check_tells_what_open_would, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
