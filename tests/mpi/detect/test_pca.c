#include "trial.h"

#include <math.h>

#define PCA(more) "{\"name\":\"pca\"" more "}"

static void test_same_bits_on_any_ranks(void **state)
{
    /* three blocks, and a sample that leaves rows out; subspaces smaller and larger than what they leave out */
    static const char *const detector[] = {PCA(""), PCA(",\"sample\":9001"), PCA(",\"components\":2"),
                                           PCA(",\"components\":6,\"standardise\":false")};
    for (size_t i = 0; i < ARRAY_LEN(detector); i++) {
        struct trial input = {.detector = detector[i], .n = 10000, .d = 7, .fill = PLANTED, .seed = 4};
        assert_same_bits(*state, &input);
    }
}

static void test_sample_depends_on_the_seed(void **state)
{
    struct trial input = {.detector = PCA(",\"sample\":100"), .n = 1000, .d = 7, .seed = 4};
    uint64_t first = assert_same_bits(*state, &input);
    input.seed = 5;
    assert_all(*state, score_digest(*state, &input) != first);
}

static void test_few_rows_and_constant_columns(void **state)
{
    for (int64_t n = 1; n <= 5; n++)
        for (enum fill fill = GAUSSIAN; fill <= SOME_CONSTANT; fill++) {
            struct trial input = {.detector = PCA(""), .n = n, .d = 4, .fill = fill, .seed = 1};
            assert_same_bits(*state, &input);
        }
}

static void test_blocks_do_not_matter(void **state)
{
    assert_scores_ignore_blocks(*state, PCA(""), 19);
    assert_scores_ignore_blocks(*state, PCA(",\"components\":3"), 50);
    assert_scores_ignore_blocks(*state, PCA(",\"components\":1"), 1);
}

/* Points on three axes: deviations 10, 2 and 1 of them, so shares .952, .038 and .0095 of the variance. */
static const float cross[] = {10, 0, 0, -10, 0, 0, 0, 2, 0, 0, -2, 0, 0, 0, 1, 0, 0, -1};

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6 * (1 + fabs(b));
}

static void test_distances_by_hand(void **state)
{
    static const struct {
        const char *detector;
        double score[3]; /* of (5, 3, 4), (-10, 0, 0), (1, 0, -2) */
    } expected[] = {
        {PCA(",\"standardise\":false"), {5, 0, 2}},
        {PCA(",\"standardise\":false,\"explained\":0.96"), {4, 0, 2}},
        {PCA(",\"standardise\":false,\"explained\":0.1"), {5, 0, 2}},
        {PCA(",\"standardise\":false,\"explained\":0"), {sqrt(50), 10, sqrt(5)}},
        {PCA(",\"standardise\":false,\"explained\":1"), {4, 0, 2}}, /* one direction is always left out */
        {PCA(",\"standardise\":false,\"components\":1"), {5, 0, 2}},
        {PCA(",\"standardise\":false,\"components\":2"), {4, 0, 2}},
        {PCA(",\"standardise\":false,\"components\":3"), {4, 0, 2}},
    };
    static const float point[] = {5, 3, 4, -10, 0, 0, 1, 0, -2};
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct arena *arena = arena_new();
        struct fitted fitted = fit_rows(*state, expected[i].detector, cross, 6, 3, arena);
        double score[3];
        score_rows(&fitted, point, 3, score);
        for (size_t r = 0; r < 3; r++)
            assert_all(*state, near(score[r], expected[i].score[r]));
        arena_free(arena);
    }
}

static void test_standardised_units_do_not_matter(void **state)
{
    enum { N = 200, D = 5 };
    struct arena *arena = arena_new();
    struct trial input = {.n = N, .d = D, .fill = PLANTED};
    float *x = ARENA_ARRAY(arena, float, N *D), *scaled = ARENA_ARRAY(arena, float, N *D);
    static const float unit[D] = {1, 0x1p100F, 0x1p-90F, -4, 0x1p20F};
    for (size_t i = 0; i < N * D; i++) {
        x[i] = value(&input, (int64_t)(i / D), i % D);
        scaled[i] = x[i] * unit[i % D];
    }
    double a[N], b[N];
    struct fitted plain = fit_rows(*state, PCA(",\"components\":2"), x, N, D, arena);
    struct fitted other = fit_rows(*state, PCA(",\"components\":2"), scaled, N, D, arena);
    score_rows(&plain, x, N, a);
    score_rows(&other, scaled, N, b);
    bool same = true;
    for (size_t i = 0; i < N; i++)
        same &= near(a[i], b[i]);
    assert_all(*state, same);
    arena_free(arena);
}

/* A column constant in the sample: a later row's distance from the constant counts in its own unit. */
static void test_new_value_in_a_constant_column(void **state)
{
    enum { N = 100, D = 3 };
    struct arena *arena = arena_new();
    struct trial input = {.n = N, .d = D, .fill = SOME_CONSTANT};
    float x[N * D];
    for (size_t i = 0; i < N * D; i++)
        x[i] = value(&input, (int64_t)(i / D), i % D);
    struct fitted fitted = fit_rows(*state, PCA(""), x, N, D, arena);
    float point[] = {-3, 0, -3, 4, 0, -3, 1e38F, 1e38F, -1e38F};
    double score[3];
    score_rows(&fitted, point, 3, score);
    assert_all(*state, score[0] < 1e-9 && near(score[1], 7) && isfinite(score[2]) && score[2] > 1e37);
    arena_free(arena);
}

static void test_equal_rows_score_zero(void **state)
{
    struct arena *arena = arena_new();
    struct trial input = {.detector = PCA(""), .n = 600, .d = 4, .fill = EQUAL};
    struct rows rows;
    double *score = scores(*state, &input, &rows, arena);
    bool zero = true;
    for (size_t i = 0; i < rows.n; i++)
        zero &= score[i] == 0;
    assert_all(*state, zero);
    arena_free(arena);
}

static void test_too_many_columns(void **state)
{
    enum { WIDE = 8193 };
    struct arena *arena = arena_new();
    struct choice choice = detector_choice(*state, PCA(""), arena);
    int64_t row = comm_rank(*state);
    struct rows rows = {.n = 1, .d = WIDE, .row = &row, .dense = ARENA_ZARRAY(arena, float, WIDE)};
    double score;
    struct error err = {0};
    assert_all(*state, !detect_score(*state, &choice, &rows, 1, arena, &score, &err) && err.code == ERROR_CONFIG);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_on_any_ranks),
        cmocka_unit_test(test_sample_depends_on_the_seed),
        cmocka_unit_test(test_few_rows_and_constant_columns),
        cmocka_unit_test(test_blocks_do_not_matter),
        cmocka_unit_test(test_distances_by_hand),
        cmocka_unit_test(test_standardised_units_do_not_matter),
        cmocka_unit_test(test_new_value_in_a_constant_column),
        cmocka_unit_test(test_equal_rows_score_zero),
        cmocka_unit_test(test_too_many_columns),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
