#include "mpi_test.h"

#include "comm/gather.h"
#include "deal.h"

#include <string.h>

/* Bytes of row's record; record_bytes may be anything. */
static void fill_record(char *p, size_t record_bytes, int64_t row)
{
    for (size_t b = 0; b < record_bytes; b++)
        p[b] = (char)(unsigned char)((uint64_t)row * 11 + b);
}

/* A text with zero bytes, lengths 0 .. 69 and now and then a long one. */
static struct str text_of(int64_t row, struct arena *arena)
{
    size_t n = row % 50 == 7 ? 20000 : (size_t)(row % 70);
    char *p = arena_bytes(arena, n);

    fill_record(p, n, row);
    return (struct str){p, n};
}

/* A list over n rows in mixed order, as topk_sample makes it. */
static size_t make_list(const struct comm *comm, enum deal deal, size_t n, size_t k, struct arena *arena, int64_t *row,
                        struct ranked_list *list)
{
    size_t n_local = deal_rows(comm, deal, n, row);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n_local);

    for (size_t i = 0; i < n_local; i++)
        key[i] = rng_u64(4, 0, (uint64_t)row[i]);
    topk_sample(comm, key, row, n_local, k, arena, list);
    return n_local;
}

static bool listed_right(const struct comm *comm, enum deal deal, size_t n, size_t k, size_t record_bytes)
{
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, n);
    struct ranked_list list;
    size_t n_local = make_list(comm, deal, n, k, arena, row, &list);
    char *local = arena_alloc(arena, n_local, record_bytes), *out = arena_alloc(arena, list.n, record_bytes);
    char *expected = arena_alloc(arena, 1, record_bytes);
    bool right = list.n == min_size(n, k);

    for (size_t i = 0; i < n_local; i++)
        fill_record(local + i * record_bytes, record_bytes, row[i]);
    gather_listed(comm, &list, local, record_bytes, out, arena);
    for (size_t i = 0; i < list.n; i++) {
        fill_record(expected, record_bytes, list.item[i].row);
        right = right && memcmp(expected, out + i * record_bytes, record_bytes) == 0;
    }
    arena_free(arena);
    return right;
}

static bool strings_right(const struct comm *comm, enum deal deal, size_t n, size_t k)
{
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, n);
    struct ranked_list list;
    size_t n_local = make_list(comm, deal, n, k, arena, row, &list);
    struct str *local = ARENA_ARRAY(arena, struct str, n_local), *out = ARENA_ARRAY(arena, struct str, list.n);
    bool right = true;

    for (size_t i = 0; i < n_local; i++)
        local[i] = text_of(row[i], arena);
    gather_listed_str(comm, &list, local, out, arena);
    arena_alloc(arena, 1 << 20, 1); /* what the strings lie in must still be owned */
    memset(arena_alloc(arena, 1 << 20, 1), 'x', 1 << 20);
    for (size_t i = 0; i < list.n; i++)
        right = right && str_equal(out[i], text_of(list.item[i].row, arena));
    arena_free(arena);
    return right;
}

static void test_listed(void **state)
{
    const struct comm *world = *state;
    static const size_t ks[] = {0, 1, 50, 1000};

    for (int deal = 0; deal < DEAL_COUNT; deal++) {
        for (size_t k = 0; k < ARRAY_LEN(ks); k++) {
            assert_all(world, listed_right(world, (enum deal)deal, 300, ks[k], 1));
            assert_all(world, listed_right(world, (enum deal)deal, 300, ks[k], 40));
            assert_all(world, strings_right(world, (enum deal)deal, 300, ks[k]));
        }
    }
    assert_all(world, listed_right(world, DEAL_IN_TURN, 0, 10, 8));
    assert_all(world, strings_right(world, DEAL_IN_TURN, 0, 10));
}

static void test_more_than_one_message(void **state)
{
    const struct comm *world = *state;

    assert_all(world, listed_right(world, DEAL_IN_TURN, 9, 9, 4 << 20));
    assert_all(world, listed_right(world, DEAL_ALL_ON_LAST, 9, 9, 4 << 20));
}

/* The same row may be listed twice, and any order is kept. */
static void test_repeated(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    int last = comm_size(world) - 1;
    int64_t local[] = {comm_rank(world) * 10, comm_rank(world) * 10 + 1}, out[4];
    struct ranked item[] = {
        {.rank = last, .local = 1}, {.rank = 0, .local = 0}, {.rank = last, .local = 1}, {.rank = last}};
    struct ranked_list list = {4, item};

    gather_listed(world, &list, local, sizeof(*local), out, arena);
    arena_free(arena);
    assert_all(world, out[0] == last * 10 + 1 && out[1] == 0 && out[2] == last * 10 + 1 && out[3] == last * 10);
}

/* Rank r brings r * per_rank records of which the i-th is (r, i). */
static bool all_right(const struct comm *comm, size_t per_rank, size_t record_bytes, int root)
{
    struct arena *arena = arena_new();
    int rank = comm_rank(comm), size = comm_size(comm);
    size_t n = (size_t)rank * per_rank, n_out = 77, next = 0;
    char *record = arena_alloc(arena, n, record_bytes), *expected = arena_alloc(arena, 1, record_bytes), *all;
    bool receives = root == -1 || root == rank, right;

    for (size_t i = 0; i < n; i++)
        fill_record(record + i * record_bytes, record_bytes, rank * 1000 + (int64_t)i);
    all = gather_all(comm, record, record_bytes, n, root, &n_out, arena);
    right = receives ? all != NULL : all == NULL && n_out == 0;
    for (int r = 0; r < size && receives; r++) {
        for (size_t i = 0; i < (size_t)r * per_rank; i++, next++) {
            fill_record(expected, record_bytes, r * 1000 + (int64_t)i);
            right = right && next < n_out && memcmp(all + next * record_bytes, expected, record_bytes) == 0;
        }
    }
    right = right && next == n_out;
    arena_free(arena);
    return right;
}

static void test_all(void **state)
{
    const struct comm *world = *state;

    for (int root = -1; root < comm_size(world); root++) {
        assert_all(world, all_right(world, 0, 8, root));
        assert_all(world, all_right(world, 1, 1, root));
        assert_all(world, all_right(world, 100, 24, root));
    }
    assert_all(world, all_right(world, 1, 35 << 20, 0));
    if (comm_size(world) <= 3)
        assert_all(world, all_right(world, 1, 35 << 20, -1));
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listed),
        cmocka_unit_test(test_more_than_one_message),
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_all),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
