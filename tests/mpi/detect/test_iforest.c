#include "trial.h"

#include <math.h>

#define IFOREST "\"iforest\""

static void test_same_bits_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct trial input = {.detector = IFOREST, .n = 3000, .d = 7, .fill = GAUSSIAN, .seed = 4};
    uint64_t first = assert_same_bits(world, &input);
    input.seed = 5;
    assert_all(world, score_digest(world, &input) != first);
}

static void test_fewer_rows_than_sample(void **state)
{
    const struct comm *world = *state;
    static const int64_t sizes[] = {1, 2, 3, 100, 255};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct trial input = {.detector = IFOREST, .n = sizes[i], .d = 3, .fill = GAUSSIAN, .deal = MIXED, .seed = 1};
        assert_same_bits(world, &input);
    }
}

static void test_planted_outliers_come_first(void **state)
{
    const struct comm *world = *state;
    struct trial input = {.detector = IFOREST, .n = 2000, .d = 6, .fill = PLANTED, .deal = ROUND, .seed = 1};
    assert_all(world, average_precision(world, &input) > 0.95);
    input.fill = GAUSSIAN; /* nothing planted: as bad as chance */
    assert_all(world, average_precision(world, &input) < 0.2);
}

/* Shallow and deep trees, and rows too wide for full blocks; numbers of rows that no block divides. */
static void test_other_shapes(void **state)
{
    const struct comm *world = *state;
    static const struct trial inputs[] = {
        {.n = 611, .d = 6, .fill = PLANTED, .detector = "{\"name\":\"iforest\",\"sample\":3,\"trees\":300}"},
        {.n = 611, .d = 6, .fill = PLANTED, .detector = "{\"name\":\"iforest\",\"sample\":5,\"trees\":300}"},
        {.n = 2333, .d = 6, .fill = PLANTED, .detector = "{\"name\":\"iforest\",\"sample\":2000,\"trees\":50}"},
        {.detector = IFOREST, .n = 611, .d = 300, .fill = PLANTED, .deal = MIXED},
        {.detector = IFOREST, .n = 611, .d = 35, .fill = PLANTED, .deal = MIXED},
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
        struct trial input = {.detector = IFOREST, .n = sizes[s], .d = 4, .fill = EQUAL, .deal = LAST_EMPTY, .seed = 1};
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
    struct trial input = {.detector = IFOREST, .n = 500, .d = 5, .fill = SOME_CONSTANT, .deal = BLOCKS, .seed = 1};
    struct rows rows;
    double *score = scores(world, &input, &rows, arena), ends[] = {-1, 0}; /* the lowest, negated, and the highest */
    bool inside = true;
    for (size_t i = 0; i < rows.n; i++) {
        inside &= score[i] > 0 && score[i] < 1;
        ends[0] = fmax(ends[0], -score[i]);
        ends[1] = fmax(ends[1], score[i]);
    }
    reduce_max_f64(world, ends, 2);
    assert_all(world, inside && ends[1] > -ends[0] + 0.1);
    arena_free(arena);
}

/* By hand: the first split cuts off one end, with a chance equal to its gap's share of the range; the second parts the
 * rest. */
static void check_three_points(const struct comm *world, const char *detector)
{
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
    struct error err;
    struct choice choice = detector_choice(world, detector, arena);
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

static void test_three_points_on_a_line(void **state)
{
    check_three_points(*state, IFOREST);
}

#define EXTENDED(e) "{\"name\":\"iforest\",\"extension\":" #e "}"

static void test_extension_same_bits(void **state)
{
    static const char *const detector[] = {EXTENDED(1), EXTENDED(6), EXTENDED(500)};
    for (size_t i = 0; i < ARRAY_LEN(detector); i++) {
        struct trial input = {.detector = detector[i], .n = 1000, .d = 7, .fill = SOME_CONSTANT, .seed = 4};
        uint64_t first = assert_same_bits(*state, &input);
        input.seed = 5;
        assert_all(*state, score_digest(*state, &input) != first);
        for (input.n = 1; input.n <= 3; input.n++)
            assert_same_bits(*state, &input);
    }
}

static void test_extension_finds_the_planted(void **state)
{
    const struct comm *world = *state;
    static const struct trial inputs[] = {
        {.detector = EXTENDED(1), .n = 2000, .d = 6, .fill = PLANTED},
        {.detector = EXTENDED(5), .n = 2000, .d = 6, .fill = PLANTED},
        {.detector = EXTENDED(20), .n = 611, .d = 35, .fill = PLANTED, .deal = MIXED},
    };
    for (size_t i = 0; i < ARRAY_LEN(inputs); i++)
        assert_all(world, average_precision(world, &inputs[i]) > 0.9);
}

static void test_extension_of_equal_rows(void **state)
{
    struct arena *arena = arena_new();
    struct trial input = {.detector = EXTENDED(3), .n = 600, .d = 4, .fill = EQUAL};
    struct rows rows;
    double *score = scores(*state, &input, &rows, arena);
    bool half = true;
    for (size_t i = 0; i < rows.n; i++)
        half &= fabs(score[i] - 0.5) < 1e-6;
    assert_all(*state, half);
    arena_free(arena);
}

/* With one column a plane is a threshold, uniform in the node's range. */
static void test_extension_along_one_column(void **state)
{
    check_three_points(*state, EXTENDED(4));
}

static void test_extension_too_large(void **state)
{
    struct arena *arena = arena_new();
    struct error err = {0};
    struct choice choice =
        detector_choice(*state, "{\"name\":\"iforest\",\"extension\":60000,\"trees\":1000,\"sample\":4096}", arena);
    enum { WIDE = 50000 };
    int64_t row = comm_rank(*state);
    struct rows rows = {.n = 1, .d = WIDE, .row = &row, .dense = ARENA_ZARRAY(arena, float, WIDE)};
    double score;
    assert_all(*state, !detect_score(*state, &choice, &rows, 1, arena, &score, &err) && err.code == ERROR_CONFIG);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_on_any_ranks),      cmocka_unit_test(test_fewer_rows_than_sample),
        cmocka_unit_test(test_planted_outliers_come_first), cmocka_unit_test(test_other_shapes),
        cmocka_unit_test(test_equal_rows_score_one_half),   cmocka_unit_test(test_constant_columns),
        cmocka_unit_test(test_three_points_on_a_line),      cmocka_unit_test(test_extension_same_bits),
        cmocka_unit_test(test_extension_finds_the_planted), cmocka_unit_test(test_extension_of_equal_rows),
        cmocka_unit_test(test_extension_along_one_column),  cmocka_unit_test(test_extension_too_large),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
