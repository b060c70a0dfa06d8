#include "mpi_test.h"

#include "comm/agree.h"
#include "comm/comm.h"

#include <string.h>

#define BIG ((size_t)(80 << 20) + 13) /* more than two messages */

static void test_world(void **state)
{
    const struct comm *world = *state;
    int64_t rank_sum = comm_rank(world), size = comm_size(world);

    reduce_sum_i64(world, &rank_sum, 1);
    assert_all(world, rank_sum == size * (size - 1) / 2);
    assert_all(world, comm_rank(world) >= 0 && comm_rank(world) < comm_size(world));
    assert_all(world, strlen(comm_library_version()) > 3 && strchr(comm_library_version(), '\n') == NULL);
}

static void test_first(void **state)
{
    const struct comm *world = *state;

    for (int n = 1; n <= comm_size(world) + 1; n++) {
        struct comm *group = comm_first(world, n);
        int expected = n < comm_size(world) ? n : comm_size(world);
        int64_t count = 1;
        bool in = comm_rank(world) < n, right = (group != NULL) == in;
        if (group != NULL) {
            reduce_sum_i64(group, &count, 1);
            right = right && comm_size(group) == expected && comm_rank(group) == comm_rank(world) && count == expected;
        }
        comm_free(group);
        assert_all(world, right);
    }
}

/* Groups work apart from each other, in the order of ranks; -1 stays out. */
static void test_split(void **state)
{
    const struct comm *world = *state;
    int rank = comm_rank(world), size = comm_size(world);

    for (int groups = 1; groups <= size + 1; groups++) {
        int group = rank % (groups + 1) - 1; /* some stay out */
        struct comm *mine = comm_split(world, group);
        int64_t members = 0, before = 0, sum = rank, expected = 0;
        for (int r = 0; r < size; r++) {
            bool is_mine = r % (groups + 1) - 1 == group;
            members += is_mine;
            before += is_mine && r < rank;
            expected += is_mine ? r : 0;
        }
        bool right = (mine == NULL) == (group == -1);
        if (mine != NULL) {
            reduce_sum_i64(mine, &sum, 1);
            right = right && comm_size(mine) == members && comm_rank(mine) == before && sum == expected;
        }
        comm_free(mine);
        assert_all(world, right);
    }
    struct comm *nobody = comm_split(world, -1);
    assert_all(world, nobody == NULL);
}

static void test_bcast(void **state)
{
    const struct comm *world = *state;
    unsigned char *data = malloc(BIG);
    int root = comm_size(world) - 1;
    size_t wrong = 0;

    for (size_t i = 0; i < BIG; i++)
        data[i] = comm_rank(world) == root ? (unsigned char)(i * 7 + (i >> 20)) : 0;
    comm_bcast(world, data, BIG, root);
    for (size_t i = 0; i < BIG; i++)
        wrong += data[i] != (unsigned char)(i * 7 + (i >> 20));
    free(data);
    assert_all(world, wrong == 0);
    comm_bcast(world, NULL, 0, 0);
}

static void test_bcast_new(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    int root = comm_size(world) / 2;
    bool is_root = comm_rank(world) == root;
    const char bytes[] = {'a', '\0', 'b'}, *text = is_root ? "hello" : NULL;
    size_t n = is_root ? sizeof(bytes) : 77;
    const char *got = comm_bcast_new(world, is_root ? bytes : NULL, &n, root, arena);

    assert_all(world, n == 3 && memcmp(got, bytes, 3) == 0 && (!is_root || got == bytes));
    got = comm_bcast_new(world, text, NULL, root, arena);
    assert_all(world, strcmp(got, "hello") == 0);
    n = is_root ? 0 : 77;
    got = comm_bcast_new(world, is_root ? "" : NULL, &n, root, arena);
    assert_all(world, n == 0 && got != NULL);
    arena_free(arena);
}

static void test_agree(void **state)
{
    const struct comm *world = *state;
    int rank = comm_rank(world), size = comm_size(world);
    struct error err = {.code = ERROR_NONE, .rank = -1, .message = "untouched"};

    assert_all(world, agree(world, true, &err));
    assert_all(world, err.code == ERROR_NONE && strcmp(err.message, "untouched") == 0);
    for (int first = 0; first < size; first++) {
        /* this rank and the last one fail, each with its own words */
        bool ok = rank != first && rank != size - 1, agreed;
        char expected[32];
        memset(&err, 0, sizeof(err));
        if (!ok)
            fail(&err, ERROR_INPUT, "bad row on %d", rank);
        agreed = agree(world, ok, &err);
        snprintf(expected, sizeof(expected), "bad row on %d", first);
        assert_all(world, !agreed && err.code == ERROR_INPUT && err.rank == first);
        assert_all(world, strcmp(err.message, expected) == 0);
    }
}

static void test_bytes_sent(void **state)
{
    const struct comm *world = *state;
    char data[1000] = "";
    int64_t before = comm_bytes_sent(world), after;
    struct comm *group;

    comm_bcast(world, data, sizeof(data), 0);
    after = comm_bytes_sent(world);
    assert_all(world, after - before == (comm_rank(world) == 0 ? 1000 : 0));
    group = comm_first(world, 1); /* groups count into the same number */
    before = comm_bytes_sent(world);
    if (group != NULL)
        comm_bcast(group, data, 10, 0);
    after = comm_bytes_sent(world);
    comm_free(group);
    assert_all(world, after - before == (comm_rank(world) == 0 ? 10 : 0));
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_world),      cmocka_unit_test(test_first),     cmocka_unit_test(test_split),
        cmocka_unit_test(test_bcast),      cmocka_unit_test(test_bcast_new), cmocka_unit_test(test_agree),
        cmocka_unit_test(test_bytes_sent),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
