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

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_even),
        cmocka_unit_test(test_every_row_has_one_owner),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
