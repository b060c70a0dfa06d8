/* A run's lock: one owner at a time, free after a kill, nothing left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/experiment/engine.h"
#include "support/file.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];

static int make_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/benomaly-lock-XXXXXX";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/run.lock", folder);
    return 0;
}

static enum lock_state take(struct run_lock *lock)
{
    struct error err = {0};
    enum lock_state state;
    assert_true(run_lock_take(path, lock, &state, &err));
    return state;
}

/* A child that holds the lock until it is killed. */
static pid_t holder(void)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct run_lock lock;
        byte = take(&lock) == LOCK_TAKEN;
        if (write(ready[1], &byte, 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void test_taken_and_freed(void **state)
{
    (void)state;
    struct run_lock lock, other;
    assert_int_equal(take(&lock), LOCK_TAKEN);
    assert_int_equal(take(&other), LOCK_HELD_ELSEWHERE);
    run_lock_free(&other);
    assert_true(file_exists(path));
    run_lock_free(&lock);
    assert_false(file_exists(path));
    assert_int_equal(take(&lock), LOCK_TAKEN);
    run_lock_free(&lock);
    run_lock_free(&lock);
}

static void test_another_process(void **state)
{
    (void)state;
    struct run_lock lock;
    pid_t child = holder();
    assert_int_equal(take(&lock), LOCK_HELD_ELSEWHERE);
    end(child);
    assert_int_equal(take(&lock), LOCK_TAKEN);
    run_lock_free(&lock);
}

static void test_no_folder(void **state)
{
    (void)state;
    struct run_lock lock;
    struct error err = {0};
    enum lock_state got;
    assert_false(run_lock_take("/nonexistent/run.lock", &lock, &got, &err));
    assert_non_null(strstr(err.message, "/nonexistent/run.lock"));
    run_lock_free(&lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_taken_and_freed), cmocka_unit_test(test_another_process),
                                       cmocka_unit_test(test_no_folder)};
    return cmocka_run_group_tests(tests, make_folder, NULL);
}
