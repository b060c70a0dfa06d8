/* cmocka under mpiexec. Include it first: it brings cmocka.h, whose macro fail() would break support/error.h. A test
 * that is collective must fail on all ranks or on none: use assert_all for every condition that might hold on some
 * ranks only, since a rank that leaves a test alone hangs the others.
 *
 *     static void test_x(void **state)
 *     {
 *         const struct comm *world = *state;
 *         assert_all(world, comm_size(world) > 0);
 *     }
 *     int main(int argc, char **argv)
 *     {
 *         struct CMUnitTest tests[] = {cmocka_unit_test(test_x)};
 *         return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
 *     }
 */
#ifndef MPI_TEST_H
#define MPI_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "comm/comm.h"
#include "comm/reduce.h"
#include "support/log.h"

#include <stdio.h>
#include <stdlib.h>

/* Collective: fails the running test on every rank of comm if the condition is false on any. */
#define assert_all(comm, condition) assert_all_at(comm, (condition) ? true : false, #condition, __FILE__, __LINE__)

static inline void assert_all_at(const struct comm *comm, bool holds, const char *condition, const char *file, int line)
{
    int64_t failing = holds ? INT64_MAX : comm_rank(comm);

    reduce_min_i64(comm, &failing, 1);
    if (failing == INT64_MAX)
        return;
    if (comm_rank(comm) == 0)
        print_error("false on rank %d of %d: %s\n", (int)failing, comm_size(comm), condition);
    _fail(file, line);
}

/* Collective over world: run(group, context) on the first 1, 2, 3, 5 and 8 ranks of world (as far as there are as many)
 * must return the same number on every rank of every group. Inside run use assert_all on `group` only for what holds or
 * fails alike on all ranks of world; better return a digest. */
static inline void assert_same_on_any_ranks(const struct comm *world, uint64_t (*run)(const struct comm *, void *),
                                            void *context)
{
    static const int sizes[] = {1, 2, 3, 5, 8};
    uint64_t expected = 0; /* set on rank 0 by the group of one, then sent to all */

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct comm *group;
        bool same = true;
        if (sizes[i] > comm_size(world))
            return;
        group = comm_first(world, sizes[i]);
        if (group != NULL) {
            uint64_t result = run(group, context);
            if (i == 0)
                expected = result;
            same = i == 0 || result == expected;
        }
        comm_free(group);
        comm_bcast(world, &expected, sizeof(expected), 0);
        assert_all(world, same);
    }
}

/* Starts MPI, runs the tests with *state = the world, stops MPI; returns failures (of the rank that saw most). cmocka
 * talks on rank 0 only; stderr of the others stays open for sanitizers and broken assertions. */
static inline int mpi_test_main(int argc, char **argv, struct CMUnitTest *tests, size_t n)
{
    struct comm *world;
    struct error err;
    int64_t failures;

    if (!comm_start(&argc, &argv, &world, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return EXIT_FAILURE;
    }
    log_setup(LOG_ERROR, comm_rank(world), comm_size(world));
    if (comm_rank(world) != 0 && freopen("/dev/null", "w", stdout) == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        tests[i].initial_state = world;
    failures = _cmocka_run_group_tests("mpi", tests, n, NULL, NULL);
    reduce_max_i64(world, &failures, 1);
    comm_stop(world);
    return (int)failures;
}

#endif
