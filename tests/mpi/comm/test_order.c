#include "mpi_test.h"

#include "comm/order.h"

#include "deal.h"

enum order_kind { BY_ROW, FEW_KEYS, MANY_KEYS, FALLING, LARGEST, N_KINDS };

static uint64_t key_of(enum order_kind kind, int64_t row)
{
    switch (kind) {
    case FEW_KEYS:
        return rng_below(1, 2, (uint64_t)row, 3);
    case MANY_KEYS:
        return rng_u64(1, 3, (uint64_t)row);
    case FALLING:
        return UINT64_MAX - (uint64_t)row;
    case LARGEST:
        return UINT64_MAX;
    default:
        return 0;
    }
}

/* Row ids with gaps, and some very large. */
static int64_t id_of(int64_t row, size_t n)
{
    return row == (int64_t)n - 1 ? INT64_MAX : 7 * row + 3;
}

static bool places_hold(const struct comm *comm, enum order_kind kind, enum deal deal, size_t n)
{
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, n), *id = ARENA_ARRAY(arena, int64_t, n);
    size_t n_local = deal_rows(comm, deal, n, row);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n_local);
    int64_t *place = ARENA_ARRAY(arena, int64_t, n_local);
    bool right = true;

    for (size_t i = 0; i < n_local; i++) {
        key[i] = key_of(kind, row[i]);
        id[i] = id_of(row[i], n);
    }
    order_places(comm, kind == BY_ROW ? NULL : key, id, n_local, arena, place);
    for (size_t i = 0; i < n_local; i++) {
        int64_t before = 0;
        for (int64_t other = 0; other < (int64_t)n; other++) {
            uint64_t k = key_of(kind, other);
            before += k < key[i] || (k == key[i] && other < row[i]);
        }
        right = right && place[i] == before;
    }
    arena_free(arena);
    return right;
}

static void test_places(void **state)
{
    const struct comm *world = *state;
    static const size_t sizes[] = {0, 1, 2, 3, 100, 1500};

    for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
        for (int kind = 0; kind < N_KINDS; kind++)
            for (int deal = 0; deal < DEAL_COUNT; deal++)
                assert_all(world, places_hold(world, (enum order_kind)kind, (enum deal)deal, sizes[s]));
}

/* More rows than samples; the scratch is given back. */
static void test_many_rows(void **state)
{
    const struct comm *world = *state;
    enum { N = 300000 };
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, N), *place = ARENA_ARRAY(arena, int64_t, N);
    size_t n = deal_rows(world, DEAL_SCATTERED, N, row);
    const size_t used = arena_used(arena);
    bool right = true;

    order_places(world, NULL, row, n, arena, place);
    for (size_t i = 0; i < n; i++)
        right = right && place[i] == row[i];
    assert_all(world, right && arena_used(arena) == used);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_many_rows),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
