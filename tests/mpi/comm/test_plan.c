#include "mpi_test.h"

#include "comm/plan.h"

/* The rows rise and belong to every n-th block. */
static bool dealt_holds(const struct comm *comm, int64_t n, int64_t block)
{
    struct plan plan = plan_dealt(comm, n, block);
    size_t count = plan_count(&plan);
    bool right =
        plan.n_global == n && plan.block == block && plan.n_ranks == comm_size(comm) && plan.rank == comm_rank(comm);
    int64_t before = -1;

    for (size_t i = 0; i < count && right; i += i < 10000 ? 1 : count / 10000) {
        int64_t row = plan_row(&plan, i);
        right = row > before && row < n && row / block % comm_size(comm) == comm_rank(comm);
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

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_dealt),
        cmocka_unit_test(test_a_prefix_is_dealt_as_the_whole),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
