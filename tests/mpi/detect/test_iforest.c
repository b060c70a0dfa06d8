#include "mpi_test.h"

#include "comm/digest.h"
#include "comm/topk.h"
#include "detect/detector.h"
#include "support/rng.h"

#include <math.h>

enum fill { GAUSSIAN, PLANTED, EQUAL, SOME_CONSTANT };
enum deal { ROUND, BLOCKS, MIXED, LAST_EMPTY };

enum { PLANTED_EVERY = 50 };

struct trial {
    int64_t n;
    size_t d;
    enum fill fill;
    enum deal deal;
    uint64_t seed;
    const char *parameters; /* NULL: the usual ones */
};

static bool is_planted(int64_t row)
{
    return row % PLANTED_EVERY == 7;
}

static float value(const struct trial *input, int64_t row, size_t c)
{
    double normal = rng_normal(99, 1, (uint64_t)row * input->d + c);
    switch (input->fill) {
    case EQUAL:
        return 1.5F;
    case SOME_CONSTANT:
        return c % 2 == 0 ? -3.0F : (float)normal;
    case PLANTED:
        return (float)(is_planted(row) ? normal * 0.5 + (rng_u64(99, 2, (uint64_t)row) % 2 == 0 ? 6 : -6) : normal);
    case GAUSSIAN:
        break;
    }
    return (float)normal;
}

static int owner(const struct trial *input, int64_t row, int size)
{
    switch (input->deal) {
    case ROUND:
        return (int)(row % size);
    case BLOCKS:
        return (int)(row * size / input->n);
    case MIXED:
        return (int)(rng_u64(5, 6, (uint64_t)row) % (uint64_t)size);
    case LAST_EMPTY:
        break;
    }
    return size == 1 ? 0 : (int)(row % (size - 1));
}

/* Rows of this rank; every other deal hands them over in falling order. */
static struct rows make_rows(const struct comm *comm, const struct trial *input, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)input->n);
    float *dense = ARENA_ARRAY(arena, float, (size_t)input->n * input->d);
    size_t n = 0;
    for (int64_t i = 0; i < input->n; i++) {
        int64_t r = input->deal == MIXED ? input->n - 1 - i : i;
        if (owner(input, r, comm_size(comm)) != comm_rank(comm))
            continue;
        for (size_t c = 0; c < input->d; c++)
            dense[n * input->d + c] = value(input, r, c);
        row[n++] = r;
    }
    return (struct rows){.n = n, .d = input->d, .row = row, .dense = dense};
}

static double *scores(const struct comm *comm, const struct trial *input, struct rows *rows, struct arena *arena)
{
    struct choice choice;
    struct error err;
    struct json_doc *doc;
    bool known =
        json_parse(str_of(input->parameters == NULL ? "\"iforest\"" : input->parameters), "test", false, &doc, &err) &&
        plugin_choose(detector_list(), doc, json_root(doc), arena, &choice, &err);
    assert_all(comm, known);
    json_free(doc);
    *rows = make_rows(comm, input, arena);
    double *score = ARENA_ARRAY(arena, double, rows->n);
    assert_all(comm, detect_score(comm, &choice, rows, input->seed, arena, score, &err));
    return score;
}

static uint64_t score_digest(const struct comm *comm, void *context)
{
    struct arena *arena = arena_new();
    struct rows rows;
    double *score = scores(comm, context, &rows, arena);
    uint64_t digest = digest_rows(comm, score, sizeof *score, rows.row, rows.n);
    arena_free(arena);
    return digest;
}

static void test_same_bits_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct trial input = {.n = 3000, .d = 7, .fill = GAUSSIAN, .seed = 4};
    uint64_t first = score_digest(world, &input);
    for (input.deal = ROUND; input.deal <= LAST_EMPTY; input.deal++) {
        assert_same_on_any_ranks(world, score_digest, &input);
        assert_all(world, score_digest(world, &input) == first);
    }
    input.seed = 5;
    assert_all(world, score_digest(world, &input) != first);
}

static void test_fewer_rows_than_sample(void **state)
{
    const struct comm *world = *state;
    static const int64_t sizes[] = {1, 2, 3, 100, 255};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct trial input = {.n = sizes[i], .d = 3, .fill = GAUSSIAN, .deal = MIXED, .seed = 1};
        uint64_t first = score_digest(world, &input);
        input.deal = BLOCKS;
        assert_same_on_any_ranks(world, score_digest, &input);
        assert_all(world, score_digest(world, &input) == first);
    }
}

/* Average precision of the planted rows, on every rank. */
static double average_precision(const struct comm *comm, const struct trial *input)
{
    struct arena *arena = arena_new();
    struct rows rows;
    double *score = scores(comm, input, &rows, arena), sum = 0;
    struct ranked_list list;
    struct error err;
    assert_all(comm, topk_best(comm, score, rows.row, rows.n, (size_t)input->n, arena, &list, &err));
    size_t hits = 0;
    for (size_t i = 0; i < list.n; i++)
        if (is_planted(list.item[i].row)) {
            hits++;
            sum += (double)hits / (double)(i + 1);
        }
    arena_free(arena);
    return hits == 0 ? 0 : sum / (double)hits;
}

static void test_planted_outliers_come_first(void **state)
{
    const struct comm *world = *state;
    struct trial input = {.n = 2000, .d = 6, .fill = PLANTED, .deal = ROUND, .seed = 1};
    assert_all(world, average_precision(world, &input) > 0.95);
    input.fill = GAUSSIAN; /* nothing planted: as bad as chance */
    assert_all(world, average_precision(world, &input) < 0.2);
}

/* Shallow and deep trees, and rows too wide for full blocks; numbers of rows that no block divides. */
static void test_other_shapes(void **state)
{
    const struct comm *world = *state;
    static const struct trial inputs[] = {
        {.n = 611, .d = 6, .fill = PLANTED, .parameters = "{\"name\":\"iforest\",\"sample\":3,\"trees\":300}"},
        {.n = 611, .d = 6, .fill = PLANTED, .parameters = "{\"name\":\"iforest\",\"sample\":5,\"trees\":300}"},
        {.n = 2333, .d = 6, .fill = PLANTED, .parameters = "{\"name\":\"iforest\",\"sample\":2000,\"trees\":50}"},
        {.n = 611, .d = 300, .fill = PLANTED, .deal = MIXED},
        {.n = 611, .d = 35, .fill = PLANTED, .deal = MIXED},
    };
    for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
        struct trial input = inputs[i];
        assert_same_on_any_ranks(world, score_digest, &input);
        assert_all(world, average_precision(world, &input) > 0.9);
    }
}

static void test_equal_rows_score_one_half(void **state)
{
    const struct comm *world = *state;
    static const int64_t sizes[] = {1, 2, 600};
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        struct arena *arena = arena_new();
        struct trial input = {.n = sizes[s], .d = 4, .fill = EQUAL, .deal = LAST_EMPTY, .seed = 1};
        struct rows rows;
        double *score = scores(world, &input, &rows, arena);
        bool half = true;
        for (size_t i = 0; i < rows.n; i++)
            half &= fabs(score[i] - 0.5) < 1e-6;
        assert_all(world, half);
        arena_free(arena);
    }
}

/* Constant columns never split, so they change nothing but the random choices. */
static void test_constant_columns(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct trial input = {.n = 500, .d = 5, .fill = SOME_CONSTANT, .deal = BLOCKS, .seed = 1};
    struct rows rows;
    double *score = scores(world, &input, &rows, arena), low = 1, high = 0;
    bool inside = true;
    for (size_t i = 0; i < rows.n; i++) {
        inside &= score[i] > 0 && score[i] < 1;
        low = score[i] < low ? score[i] : low;
        high = score[i] > high ? score[i] : high;
    }
    reduce_min_f64(world, &low, 1);
    reduce_max_f64(world, &high, 1);
    assert_all(world, inside && high > low + 0.1);
    arena_free(arena);
}

/* By hand: the first split cuts off one end, with a chance equal to its gap's share of the range; the second parts the
 * rest. */
static void test_three_points_on_a_line(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    const float point[] = {0, 1, 4};
    int64_t row[3];
    float dense[3];
    size_t n = 0;
    for (int64_t r = 0; r < 3; r++)
        if (r % comm_size(world) == comm_rank(world)) {
            row[n] = r;
            dense[n++] = point[r];
        }
    struct rows rows = {.n = n, .d = 1, .row = row, .dense = dense};
    struct choice choice = plugin_default(detector_list(), "iforest", arena);
    struct error err;
    double score[3], path[3] = {-1, -1, -1};
    assert_all(world, detect_score(world, &choice, &rows, 1, arena, score, &err));
    double normal = 2 * (log(2) + 0.57721566490153286) - 4.0 / 3; /* c(3) */
    for (size_t i = 0; i < n; i++)
        path[row[i]] = -log2(score[i]) * normal;
    reduce_max_f64(world, path, 3);
    /* Splits in (0, 1) isolate 0, those in (1, 4) isolate 4: mean paths 1 + 3/4, 2, 1 + 1/4. */
    assert_all(world, fabs(path[0] - 1.75) < 0.15 && fabs(path[1] - 2) < 1e-6 && fabs(path[2] - 1.25) < 0.15);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_on_any_ranks),      cmocka_unit_test(test_fewer_rows_than_sample),
        cmocka_unit_test(test_planted_outliers_come_first), cmocka_unit_test(test_other_shapes),
        cmocka_unit_test(test_equal_rows_score_one_half),   cmocka_unit_test(test_constant_columns),
        cmocka_unit_test(test_three_points_on_a_line),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
