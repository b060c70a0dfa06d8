#include "mpi_test.h"

#include "train_data.h"

#include <float.h>
#include <math.h>

#define GBDT "{\"name\":\"gbdt\",\"trees\":30,\"learning_rate\":0.3}"

static struct table xor_table(size_t n, uint64_t seed, struct arena *arena)
{
    struct table table = table_new(n, 3, arena);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < 3; j++)
            table.x[i * 3 + j] = (float)rng_unit(seed, j, i);
        table.y[i] = (table.x[i * 3] > 0.5f) != (table.x[i * 3 + 1] > 0.5f);
    }
    return table;
}

static void test_learns_exclusive_or(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table train = xor_table(1000, 1, arena), test = xor_table(500, 2, arena);
    struct fitted fitted = table_fit(world, &train, GBDT, 0, arena);
    assert_all(world, fitted.ok);
    assert_all(world, scores_auc(table_predict(&fitted, &test, arena), test.y, test.n) > 0.99);
    arena_free(arena);
}

/* One tree of one split can be worked out by hand: 4 benign rows at 0, 8 malicious ones at 1. */
static void test_one_split_by_hand(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_new(12, 2, arena);
    for (size_t i = 4; i < table.n; i++) {
        table.x[i * 2 + 1] = 1;
        table.y[i] = 1;
    }
    struct fitted fitted = table_fit(
        world, &table,
        "{\"name\":\"gbdt\",\"trees\":1,\"depth\":1,\"learning_rate\":0.5,\"l2\":2,\"min_child_weight\":0}", 0, arena);
    assert_all(world, fitted.ok);
    double base = log(2), p = 2.0 / 3;
    double benign = base - 0.5 * 4 * p / (4 * p * (1 - p) + 2);
    double malicious = base + 0.5 * 8 * (1 - p) / (8 * p * (1 - p) + 2);
    float x[] = {9, 0, 9, 0.49f, -9, 0.51f, -9, 5}; /* the threshold lies halfway */
    double score[4];
    fitted.classifier->predict(fitted.model, x, 4, 2, score);
    assert_all(world, fabs(score[0] - benign) < 1e-6 && fabs(score[1] - benign) < 1e-6);
    assert_all(world, fabs(score[2] - malicious) < 1e-6 && fabs(score[3] - malicious) < 1e-6);
    arena_free(arena);
}

static void test_only_the_order_of_values_counts(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_random(500, 10, 0.7, 3, arena);
    uint64_t plain = fit_digest(world, &(struct fit_case){&table, GBDT, 0});
    for (size_t i = 0; i < table.n; i++) {
        float *x = table.x + i * table.d;
        x[0] = 1000 * x[0] + 3;
        x[1] = x[1] * x[1] * x[1];
        x[2] = x[2] < 0 ? x[2] : 1e30f * x[2];
    }
    uint64_t transformed = fit_digest(world, &(struct fit_case){&table, GBDT, 0});
    assert_all(world, plain != 0 && plain == transformed);
    table.x[0] = -table.x[0];
    assert_all(world, plain != fit_digest(world, &(struct fit_case){&table, GBDT, 0}));
    arena_free(arena);
}

static void test_flipped_labels_negate_scores(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_random(400, 10, 0.5, 4, arena);
    struct fitted plain = table_fit(world, &table, GBDT, 0, arena);
    table_flip(&table);
    struct fitted flipped = table_fit(world, &table, GBDT, 0, arena);
    assert_all(world, plain.ok && flipped.ok);
    const double *a = table_predict(&plain, &table, arena), *b = table_predict(&flipped, &table, arena);
    bool all_hold = true;
    for (size_t i = 0; i < table.n; i++)
        all_hold &= fabs(a[i] + b[i]) < 1e-9;
    assert_all(world, all_hold);
    arena_free(arena);
}

static void test_constant_columns_give_the_prior(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_new(300, 4, arena);
    for (size_t i = 0; i < table.n; i++) {
        table.x[i * 4 + 1] = -3;
        table.x[i * 4 + 2] = FLT_MAX;
        table.x[i * 4 + 3] = i % 2 ? 0.0f : -0.0f;
        table.y[i] = i < 100;
    }
    struct fitted fitted = table_fit(world, &table, GBDT, 0, arena);
    struct fitted balanced = table_fit(world, &table, "{\"name\":\"gbdt\",\"trees\":30,\"balanced\":true}", 0, arena);
    assert_all(world, fitted.ok && balanced.ok);
    const double *score = table_predict(&fitted, &table, arena), *even = table_predict(&balanced, &table, arena);
    bool all_hold = true;
    for (size_t i = 0; i < table.n; i++)
        all_hold &= (fabs(score[i] - log(0.5)) < 1e-5 && fabs(even[i]) < 1e-5);
    assert_all(world, all_hold);
    arena_free(arena);
}

static void test_few_rows(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    for (size_t n = 2; n < 20; n++) {
        struct table table = table_random(n, 3, 1, 5, arena);
        for (size_t i = 0; i < n; i++)
            table.y[i] = i % 2;
        struct fitted fitted = table_fit(
            world, &table,
            "{\"name\":\"gbdt\",\"trees\":10,\"depth\":10,\"l2\":0,\"min_child_weight\":0,\"learning_rate\":1}", 0,
            arena);
        assert_all(world, fitted.ok);
        const double *score = table_predict(&fitted, &table, arena);
        bool all_hold = true;
        for (size_t i = 0; i < n; i++)
            all_hold &= isfinite(score[i]);
        assert_all(world, all_hold);
        assert_all(world, scores_auc(score, table.y, n) == 1);
    }
    arena_free(arena);
}

static void test_extreme_values(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    const float value[] = {-FLT_MAX, -1, -FLT_TRUE_MIN, 0, FLT_TRUE_MIN, 1, FLT_MAX};
    struct table table = table_new(7 * 30, 1, arena);
    for (size_t i = 0; i < table.n; i++) {
        table.x[i] = value[i % 7];
        table.y[i] = i % 7 % 2;
    }
    struct fitted fitted = table_fit(world, &table, GBDT, 0, arena);
    assert_all(world, fitted.ok);
    assert_all(world, scores_auc(table_predict(&fitted, &table, arena), table.y, table.n) == 1);
    arena_free(arena);
}

static void test_weights_count_like_rows(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table once = table_new(200, 3, arena), often = table_new(600, 3, arena);
    once.weight = ARENA_ARRAY(arena, float, once.n);
    often.n = 0;
    for (size_t i = 0; i < once.n; i++) {
        for (size_t j = 0; j < 3; j++)
            once.x[i * 3 + j] = (float)rng_below(6, j, i, 12);
        once.y[i] = (double)once.x[i * 3] + 4 * normal_number(6, 9, i) > 6;
        once.weight[i] = (float)(1 + i % 3);
        for (size_t k = 0; k < 1 + i % 3; k++) {
            memcpy(often.x + often.n * 3, once.x + i * 3, 3 * sizeof(float));
            often.y[often.n++] = once.y[i];
        }
    }
    const char *choice = "{\"name\":\"gbdt\",\"trees\":10,\"depth\":3}";
    struct fitted a = table_fit(world, &once, choice, 0, arena), b = table_fit(world, &often, choice, 0, arena);
    assert_all(world, a.ok && b.ok);
    const double *score_a = table_predict(&a, &once, arena), *score_b = table_predict(&b, &once, arena);
    bool all_hold = true;
    for (size_t i = 0; i < once.n; i++)
        all_hold &= fabs(score_a[i] - score_b[i]) < 1e-4;
    assert_all(world, all_hold);
    arena_free(arena);
}

static void test_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table sparse = table_random(900, 40, 0.1, 6, arena), dense = table_random(650, 17, 1, 7, arena);
    struct table narrow = table_random(200, 1, 1, 8, arena), big = table_random(66000, 2, 1, 9, arena);
    dense.weight = ARENA_ARRAY(arena, float, dense.n);
    for (size_t i = 0; i < dense.n; i++)
        dense.weight[i] = (float)(0.01 + 1000 * rng_unit(8, 0, i));
    struct fit_case cases[] = {
        {&sparse, "{\"name\":\"gbdt\",\"trees\":6}", 0},
        {&dense, "{\"name\":\"gbdt\",\"trees\":6,\"bins\":256,\"depth\":8,\"balanced\":true}", 0},
        {&dense, "{\"name\":\"gbdt\",\"trees\":6,\"row_sample\":0.5,\"column_sample\":0.5}", 3},
        {&narrow, "{\"name\":\"gbdt\",\"trees\":6,\"bins\":2}", 0},
        {&big, "{\"name\":\"gbdt\",\"trees\":3,\"depth\":3}", 5}, /* bin edges from a sample */
    };
    for (size_t k = 0; k < ARRAY_LEN(cases); k++)
        assert_same_on_any_ranks(world, fit_digest, &cases[k]);
    arena_free(arena);
}

static void test_samples_follow_the_seed(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_random(500, 12, 1, 10, arena);
    const char *all = "{\"name\":\"gbdt\",\"trees\":5}";
    const char *sampled[] = {"{\"name\":\"gbdt\",\"trees\":5,\"row_sample\":0.6}",
                             "{\"name\":\"gbdt\",\"trees\":5,\"column_sample\":0.6}"};
    assert_all(world, fit_digest(world, &(struct fit_case){&table, all, 1}) ==
                          fit_digest(world, &(struct fit_case){&table, all, 2}));
    for (size_t k = 0; k < ARRAY_LEN(sampled); k++) {
        uint64_t first = fit_digest(world, &(struct fit_case){&table, sampled[k], 1});
        assert_all(world, first == fit_digest(world, &(struct fit_case){&table, sampled[k], 1}));
        assert_all(world, first != fit_digest(world, &(struct fit_case){&table, sampled[k], 2}));
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_exclusive_or),
        cmocka_unit_test(test_one_split_by_hand),
        cmocka_unit_test(test_only_the_order_of_values_counts),
        cmocka_unit_test(test_flipped_labels_negate_scores),
        cmocka_unit_test(test_constant_columns_give_the_prior),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_extreme_values),
        cmocka_unit_test(test_weights_count_like_rows),
        cmocka_unit_test(test_same_on_any_ranks),
        cmocka_unit_test(test_samples_follow_the_seed),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
