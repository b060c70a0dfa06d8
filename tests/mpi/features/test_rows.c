#include "mpi_test.h"

#include "comm/digest.h"
#include "comm/topk.h"
#include "features/rows.h"
#include "support/rng.h"

enum { ROWS = 57, DIMS = 16 };

static struct feature_set small_set(struct arena *arena)
{
    struct choice *choice = ARENA_ARRAY(arena, struct choice, 1);
    *choice = plugin_default(extractor_list(), "expert", arena);
    const struct extractor *extractor = (const struct extractor *)(const void *)choice->plugin;
    return (struct feature_set){.n = 1, .d = extractor->width(choice->params), .extractor = choice};
}

static struct str line_of(int64_t row, struct arena *arena)
{
    return str_of(arena_printf(arena, "echo line %" PRId64 " > C:\\t\\%" PRIu64, row, rng_u64(1, 2, (uint64_t)row)));
}

/* Row r belongs to rank r % 3, so of five ranks two have none. */
static size_t own_rows(const struct comm *comm, int64_t row[ROWS])
{
    size_t n = 0;
    for (int64_t r = 0; r < ROWS; r++)
        if (r % 3 % comm_size(comm) == comm_rank(comm))
            row[n++] = r;
    return n;
}

static struct ranked_list sample(const struct comm *comm, const struct rows *rows, size_t k, struct arena *arena)
{
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        key[i] = rng_u64(3, 4, (uint64_t)rows->row[i]);
    struct ranked_list list;
    topk_sample(comm, key, rows->row, rows->n, k, arena, &list);
    return list;
}

static void test_gather_lines(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct feature_set set = small_set(arena);
    int64_t row[ROWS];
    size_t n = own_rows(world, row);
    struct str *text = ARENA_ARRAY(arena, struct str, n);
    for (size_t i = 0; i < n; i++)
        text[i] = line_of(row[i], arena);
    struct rows rows = rows_of_lines(&set, &(struct line_view){.n = n, .text = text, .row = row});
    struct ranked_list list = sample(world, &rows, 20, arena);
    float *out = ARENA_ARRAY(arena, float, list.n *set.d), *expected = ARENA_ARRAY(arena, float, set.d);
    rows_gather(world, &rows, &list, out, arena);
    bool equal = list.n == 20;
    for (size_t i = 0; i < list.n; i++) {
        feature_set_row(&set, line_of(list.item[i].row, arena), expected);
        equal &= memcmp(expected, out + i * set.d, set.d * sizeof *out) == 0;
    }
    assert_all(world, equal);
    arena_free(arena);
}

/* Ranks without rows pass no matrix. */
static void test_gather_numbers(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    int64_t row[ROWS];
    size_t n = own_rows(world, row);
    float *dense = n > 0 ? ARENA_ARRAY(arena, float, n *DIMS) : NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < DIMS; c++)
            dense[i * DIMS + c] = (float)(row[i] * 100 + (int64_t)c);
    struct rows rows = {.n = n, .d = DIMS, .row = row, .dense = dense};
    struct ranked_list list = sample(world, &rows, 1000, arena);
    float *out = ARENA_ARRAY(arena, float, list.n *DIMS);
    rows_gather(world, &rows, &list, out, arena);
    bool equal = list.n == ROWS;
    for (size_t i = 0; i < list.n; i++)
        for (size_t c = 0; c < DIMS; c++)
            equal &= out[i * DIMS + c] == (float)(list.item[i].row * 100 + (int64_t)c);
    assert_all(world, equal);
    arena_free(arena);
}

static void test_gather_nothing(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct feature_set set = small_set(arena);
    struct rows rows = rows_of_lines(&set, &(struct line_view){0});
    struct ranked_list list = sample(world, &rows, 5, arena);
    rows_gather(world, &rows, &list, NULL, arena);
    assert_all(world, list.n == 0);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gather_lines),
        cmocka_unit_test(test_gather_numbers),
        cmocka_unit_test(test_gather_nothing),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
