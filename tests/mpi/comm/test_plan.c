#include "mpi_test.h"

#include "comm/plan.h"

static bool plan_holds(const struct comm *comm, int64_t n, int64_t block, struct arena *arena)
{
    struct plan plan = plan_even(comm, n, block, arena);
    int64_t whole = n / block + (n % block != 0), share = whole / plan.n_ranks;
    bool right = plan.first[0] == 0 && plan.first[plan.n_ranks] == n && plan.n_ranks == comm_size(comm) &&
                 plan.rank == comm_rank(comm) && plan.n_global == n && plan.block == block;

    for (int r = 0; r < plan.n_ranks && right; r++) {
        int64_t begin = plan.first[r], end = plan.first[r + 1];
        int64_t blocks = end / block + (end % block != 0) - begin / block;
        right = begin <= end && (begin % block == 0 || begin == n);
        if (begin < end)
            right = right && plan_owner(&plan, begin) == r && plan_owner(&plan, end - 1) == r &&
                    blocks == share + (r < whole % plan.n_ranks);
        else
            right = right && share == 0;
    }
    return right && plan_first(&plan) == plan.first[plan.rank] &&
           plan_count(&plan) == (size_t)(plan.first[plan.rank + 1] - plan.first[plan.rank]);
}

static void test_plan_even(void **state)
{
    const struct comm *world = *state;
    static const int64_t rows[] = {0, 1, 2, 7, 8, 9, 100, 4096, 12289, INT64_C(1) << 40, INT64_MAX};
    static const int64_t blocks[] = {1, 3, 8, 4096, INT64_MAX};
    struct arena *arena = arena_new();
    bool right = true;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t j = 0; j < ARRAY_LEN(blocks); j++)
            right = right && plan_holds(world, rows[i], blocks[j], arena);
    }
    arena_free(arena);
    assert_all(world, right);
}

static void test_every_row_has_one_owner(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct plan plan = plan_even(world, 1003, 10, arena);
    bool right = true;
    int64_t mine = 0;

    for (int64_t row = 0; row < 1003; row++) {
        int owner = plan_owner(&plan, row);
        right = right && plan.first[owner] <= row && row < plan.first[owner + 1];
        mine += owner == comm_rank(world);
    }
    right = right && (size_t)mine == plan_count(&plan);
    arena_free(arena);
    reduce_sum_i64(world, &mine, 1);
    assert_all(world, right && mine == 1003);
}

/* Every row of this rank has this owner; rows rise and belong to every n-th block. */
static bool dealt_holds(const struct comm *comm, int64_t n, int64_t block)
{
    struct plan plan = plan_dealt(comm, n, block);
    size_t count = plan_count(&plan);
    bool right = plan.n_global == n && plan.block == block && plan.first == NULL && plan.n_ranks == comm_size(comm) &&
                 plan.rank == comm_rank(comm);
    int64_t before = -1;

    for (size_t i = 0; i < count && right; i += i < 10000 ? 1 : count / 10000) {
        int64_t row = plan_row(&plan, i);
        right = row > before && row < n && plan_owner(&plan, row) == comm_rank(comm) &&
                row / block % comm_size(comm) == comm_rank(comm);
        before = row;
    }
    if (count > 0) {
        int64_t last = plan_row(&plan, count - 1), next_block = (last / block + 1) * block;
        right = right && (last == n - 1 || (last + 1 == next_block && n / block - last / block <= comm_size(comm)));
    }
    return right;
}

static void test_plan_dealt(void **state)
{
    const struct comm *world = *state;
    static const int64_t rows[] = {0, 1, 2, 63, 64, 65, 127, 128, 640, 12289, INT64_C(1) << 40};
    static const int64_t blocks[] = {1, 3, 64, 4096};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t j = 0; j < ARRAY_LEN(blocks); j++) {
            struct plan plan = plan_dealt(world, rows[i], blocks[j]);
            int64_t sum = (int64_t)plan_count(&plan);
            reduce_sum_i64(world, &sum, 1);
            assert_all(world, sum == rows[i]);
            assert_all(world, dealt_holds(world, rows[i], blocks[j]));
        }
    }
    struct plan huge = plan_dealt(world, INT64_MAX, INT64_MAX);
    assert_all(world, plan_count(&huge) == (comm_rank(world) == 0 ? (size_t)INT64_MAX : 0));
    assert_all(world, plan_owner(&huge, INT64_MAX - 1) == 0);
}

/* The rows of a prefix are the first of each rank's rows, and no rank has more than a block more than another. */
static void test_a_prefix_is_dealt_as_the_whole(void **state)
{
    const struct comm *world = *state;
    struct plan whole = plan_dealt(world, 1003, 16);

    for (int64_t n = 0; n <= 1003; n++) {
        struct plan prefix = plan_dealt(world, n, 16);
        size_t count = plan_count(&prefix);
        int64_t most = (int64_t)count, least = (int64_t)count;
        bool right = count <= plan_count(&whole);
        for (size_t i = 0; i < count && right; i++)
            right = plan_row(&prefix, i) == plan_row(&whole, i);
        right = right && (count == plan_count(&whole) || plan_row(&whole, count) >= n);
        reduce_max_i64(world, &most, 1);
        reduce_min_i64(world, &least, 1);
        assert_all(world, right && most - least <= 16);
    }
}

static void test_rows_of_ranges(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct plan plan = plan_even(world, 1003, 10, arena);
    bool right = true;

    for (size_t i = 0; i < plan_count(&plan); i++)
        right = right && plan_row(&plan, i) == plan_first(&plan) + (int64_t)i &&
                plan_owner(&plan, plan_row(&plan, i)) == comm_rank(world);
    arena_free(arena);
    assert_all(world, right);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_even),      cmocka_unit_test(test_every_row_has_one_owner),
        cmocka_unit_test(test_plan_dealt),     cmocka_unit_test(test_a_prefix_is_dealt_as_the_whole),
        cmocka_unit_test(test_rows_of_ranges),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
