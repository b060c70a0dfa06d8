#include "mpi_test.h"

#include "comm/digest.h"
#include "deal.h"
#include "support/arena.h"

#include <string.h>

enum { N = 1000, ROW = 24 };

static void fill_row(char *p, int64_t row)
{
    for (uint64_t i = 0; i < ROW / 8; i++) {
        uint64_t word = rng_u64(3, i, (uint64_t)row);
        memcpy(p + 8 * i, &word, 8);
    }
}

struct setting {
    enum deal deal;
    int64_t changed;  /* row with one bit flipped, or -1 */
    int64_t left_out; /* row that is missing, or -1 */
    bool strings;
};

static uint64_t digest_of(const struct comm *comm, void *context)
{
    const struct setting *setting = context;
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, N);
    size_t n = deal_rows(comm, setting->deal, N, row), kept = 0;
    char *data = arena_alloc(arena, N, ROW);
    struct str *text = ARENA_ARRAY(arena, struct str, N);
    uint64_t digest;

    for (size_t i = 0; i < n; i++) {
        char *p = data + kept * ROW;
        if (row[i] == setting->left_out)
            continue;
        row[kept] = row[i];
        fill_row(p, row[i]);
        p[ROW - 1] = (char)(p[ROW - 1] ^ (row[i] == setting->changed));
        text[kept] = (struct str){p, (size_t)row[i] % ROW + (size_t)(row[i] == setting->changed)};
        kept++;
    }
    digest = setting->strings ? digest_strs(comm, text, row, kept) : digest_rows(comm, data, ROW, row, kept);
    arena_free(arena);
    return digest;
}

static void test_any_partition(void **state)
{
    const struct comm *world = *state;

    for (int strings = 0; strings < 2; strings++) {
        struct setting setting = {DEAL_IN_TURN, -1, -1, strings != 0};
        uint64_t first = digest_of(world, &setting);
        for (int deal = 0; deal < DEAL_COUNT; deal++) {
            setting.deal = (enum deal)deal;
            assert_all(world, digest_of(world, &setting) == first);
        }
        assert_same_on_any_ranks(world, digest_of, &setting);
    }
}

static void test_any_change(void **state)
{
    const struct comm *world = *state;

    for (int strings = 0; strings < 2; strings++) {
        struct setting same = {DEAL_SCATTERED, -1, -1, strings != 0};
        uint64_t digest = digest_of(world, &same);
        for (int64_t row = 0; row < N; row += 333) {
            struct setting changed = {DEAL_SCATTERED, row, -1, strings != 0};
            struct setting left_out = {DEAL_SCATTERED, -1, row, strings != 0};
            assert_all(world, digest_of(world, &changed) != digest);
            assert_all(world, digest_of(world, &left_out) != digest);
        }
    }
}

static void test_contents_belong_to_rows(void **state)
{
    const struct comm *world = *state;
    const int64_t row[] = {0, 1}, swapped[] = {1, 0};
    const char data[] = {'a', 'b'};
    const struct str text[] = {STR("a"), STR("b")};
    size_t n = comm_rank(world) == 0 ? 2 : 0;
    uint64_t digest = digest_rows(world, data, 1, row, n), other = digest_rows(world, data, 1, swapped, n);

    assert_all(world, digest != other);
    digest = digest_strs(world, text, row, n);
    other = digest_strs(world, text, swapped, n);
    assert_all(world, digest != other);
}

static void test_empty(void **state)
{
    const struct comm *world = *state;
    const int64_t row = 0;
    uint64_t empty = digest_rows(world, NULL, 8, NULL, 0);

    assert_all(world, digest_strs(world, NULL, NULL, 0) == empty);
    assert_all(world, digest_rows(world, "", 0, &row, comm_rank(world) == 0) != empty);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_partition),
        cmocka_unit_test(test_any_change),
        cmocka_unit_test(test_contents_belong_to_rows),
        cmocka_unit_test(test_empty),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
