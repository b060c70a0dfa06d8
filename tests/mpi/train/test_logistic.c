#include "mpi_test.h"

#include "train_data.h"

#include <float.h>
#include <math.h>

enum { D = 3, WEIGHTS = D + 1 };

/* a[WEIGHTS][WEIGHTS] x = b by Gaussian elimination with pivots; b becomes x. */
static void solve(double a[WEIGHTS][WEIGHTS], double b[WEIGHTS])
{
    for (size_t c = 0; c < WEIGHTS; c++) {
        size_t pivot = c;
        for (size_t r = c; r < WEIGHTS; r++)
            if (fabs(a[r][c]) > fabs(a[pivot][c]))
                pivot = r;
        for (size_t k = 0; k < WEIGHTS; k++) {
            double swap = a[c][k];
            a[c][k] = a[pivot][k];
            a[pivot][k] = swap;
        }
        double swap = b[c];
        b[c] = b[pivot];
        b[pivot] = swap;
        for (size_t r = 0; r < WEIGHTS; r++) {
            if (r == c)
                continue;
            double factor = a[r][c] / a[c][c];
            for (size_t k = 0; k < WEIGHTS; k++)
                a[r][k] -= factor * a[c][k];
            b[r] -= factor * b[c];
        }
    }
    for (size_t c = 0; c < WEIGHTS; c++)
        b[c] /= a[c][c];
}

/* Newton's method on |w|^2 / 2 + c * sum of weight * log loss, the last weight being the unpenalised intercept. */
static void newton(const struct table *table, double c, double w[WEIGHTS])
{
    for (size_t k = 0; k < WEIGHTS; k++)
        w[k] = 0;
    for (int step = 0; step < 50; step++) {
        double hessian[WEIGHTS][WEIGHTS] = {{0}}, gradient[WEIGHTS] = {0};
        for (size_t k = 0; k < D; k++) {
            hessian[k][k] = 1;
            gradient[k] = w[k];
        }
        for (size_t i = 0; i < table->n; i++) {
            double x[WEIGHTS], z = 0, weight = table->weight ? (double)table->weight[i] : 1;
            for (size_t k = 0; k < WEIGHTS; k++) {
                x[k] = k < D ? (double)table->x[i * D + k] : 1;
                z += w[k] * x[k];
            }
            double p = 1 / (1 + exp(-z));
            for (size_t k = 0; k < WEIGHTS; k++) {
                gradient[k] += c * weight * (p - table->y[i]) * x[k];
                for (size_t l = 0; l < WEIGHTS; l++)
                    hessian[k][l] += c * weight * p * (1 - p) * x[k] * x[l];
            }
        }
        solve(hessian, gradient);
        for (size_t k = 0; k < WEIGHTS; k++)
            w[k] -= gradient[k];
    }
}

/* The model's weights, read off its scores of unit vectors. */
static void read_weights(const struct fitted *fitted, double w[WEIGHTS])
{
    float x[WEIGHTS * D] = {0};
    for (size_t k = 0; k < D; k++)
        x[k * D + k] = 1;
    fitted->classifier->predict(fitted->model, x, WEIGHTS, D, w);
    for (size_t k = 0; k < D; k++)
        w[k] -= w[D];
}

static void assert_matches_newton(const struct comm *world, const struct table *table, double c, const char *choice,
                                  struct arena *arena)
{
    double expected[WEIGHTS], w[WEIGHTS];
    struct fitted fitted = table_fit(world, table, choice, 0, arena);
    assert_all(world, fitted.ok);
    read_weights(&fitted, w);
    newton(table, c, expected);
    bool all_hold = true;
    for (size_t k = 0; k < WEIGHTS; k++)
        all_hold &= fabs(w[k] - expected[k]) < 1e-6;
    assert_all(world, all_hold);
}

static void test_finds_newtons_minimum(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table dense = table_random(200, D, 1, 1, arena), sparse = table_random(200, D, 0.2, 2, arena);
    assert_matches_newton(world, &dense, 1, "{\"name\":\"logistic\",\"tolerance\":1e-12}", arena);
    assert_matches_newton(world, &dense, 0.01, "{\"name\":\"logistic\",\"tolerance\":1e-12,\"c\":0.01}", arena);
    assert_matches_newton(world, &sparse, 10, "{\"name\":\"logistic\",\"tolerance\":1e-12,\"c\":10}", arena);
    sparse.weight = ARENA_ARRAY(arena, float, sparse.n);
    for (size_t i = 0; i < sparse.n; i++)
        sparse.weight[i] = (float)(0.1 + 5 * rng_unit(7, 0, i));
    assert_matches_newton(world, &sparse, 1, "{\"name\":\"logistic\",\"tolerance\":1e-12}", arena);
    for (size_t i = 0; i < dense.n; i++) /* columns of very different size */
        dense.x[i * D] *= 1e4f;
    assert_matches_newton(world, &dense, 1, "{\"name\":\"logistic\",\"tolerance\":1e-12,\"max_iterations\":2000}",
                          arena);
    arena_free(arena);
}

static void test_balanced_is_weighting_by_class(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_random(300, D, 1, 3, arena);
    size_t n_malicious = 0;
    for (size_t i = 0; i < table.n; i++) {
        table.y[i] = table.y[i] && i % 4 == 0;
        n_malicious += table.y[i];
    }
    struct fitted balanced =
        table_fit(world, &table, "{\"name\":\"logistic\",\"tolerance\":1e-12,\"balanced\":true}", 0, arena);
    table.weight = ARENA_ARRAY(arena, float, table.n);
    for (size_t i = 0; i < table.n; i++)
        table.weight[i] = (float)table.n / 2 / (float)(table.y[i] ? n_malicious : table.n - n_malicious);
    double expected[WEIGHTS], w[WEIGHTS];
    newton(&table, 1, expected);
    assert_all(world, balanced.ok);
    read_weights(&balanced, w);
    bool all_hold = true;
    for (size_t k = 0; k < WEIGHTS; k++)
        all_hold &= fabs(w[k] - expected[k]) < 1e-5; /* the test's weights are rounded to float */
    assert_all(world, all_hold);
    arena_free(arena);
}

static void test_flipped_labels_negate_scores(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_random(300, 20, 0.5, 4, arena);
    const char *choice = "{\"name\":\"logistic\",\"tolerance\":1e-11}";
    struct fitted plain = table_fit(world, &table, choice, 0, arena);
    table_flip(&table);
    struct fitted flipped = table_fit(world, &table, choice, 0, arena);
    assert_all(world, plain.ok && flipped.ok);
    const double *a = table_predict(&plain, &table, arena), *b = table_predict(&flipped, &table, arena);
    bool all_hold = true;
    for (size_t i = 0; i < table.n; i++)
        all_hold &= fabs(a[i] + b[i]) < 1e-7;
    assert_all(world, all_hold);
    arena_free(arena);
}

static void test_a_weight_is_a_number_of_rows(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table once = table_random(100, 8, 0.6, 5, arena), often = table_new(300, 8, arena);
    once.weight = ARENA_ARRAY(arena, float, once.n);
    often.n = 0;
    for (size_t i = 0; i < once.n; i++) {
        once.weight[i] = (float)(1 + i % 3);
        for (size_t k = 0; k < 1 + i % 3; k++) {
            memcpy(often.x + often.n * 8, once.x + i * 8, 8 * sizeof(float));
            often.y[often.n++] = once.y[i];
        }
    }
    const char *choice = "{\"name\":\"logistic\",\"tolerance\":1e-11,\"balanced\":true}";
    struct fitted a = table_fit(world, &once, choice, 0, arena), b = table_fit(world, &often, choice, 0, arena);
    assert_all(world, a.ok && b.ok);
    const double *score_a = table_predict(&a, &once, arena), *score_b = table_predict(&b, &once, arena);
    bool all_hold = true;
    for (size_t i = 0; i < once.n; i++)
        all_hold &= fabs(score_a[i] - score_b[i]) < 1e-7;
    assert_all(world, all_hold);
    arena_free(arena);
}

static void test_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table sparse = table_random(900, 50, 0.1, 6, arena), dense = table_random(650, 37, 1, 7, arena);
    dense.weight = ARENA_ARRAY(arena, float, dense.n);
    for (size_t i = 0; i < dense.n; i++)
        dense.weight[i] = (float)(0.01 + 1000 * rng_unit(8, 0, i));
    assert_same_on_any_ranks(world, fit_digest, &(struct fit_case){&sparse, "\"logistic\"", 0});
    assert_same_on_any_ranks(world, fit_digest, &(struct fit_case){&dense, "\"logistic\"", 0});
    assert_same_on_any_ranks(
        world, fit_digest,
        &(struct fit_case){&dense, "{\"name\":\"logistic\",\"tolerance\":0,\"balanced\":true,\"c\":100}", 0});
    arena_free(arena);
}

static void test_extreme_values_stay_finite(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_random(130, 6, 1, 9, arena);
    for (size_t i = 0; i < table.n; i++) {
        table.x[i * 6] = i % 2 ? FLT_MAX : -FLT_MAX;
        table.x[i * 6 + 1] = i % 3 ? FLT_TRUE_MIN : 0;
        table.x[i * 6 + 2] = 0;
        table.y[i] = table.x[i * 6 + 3] > 0;
    }
    struct fitted fitted = table_fit(world, &table, "\"logistic\"", 0, arena);
    assert_all(world, fitted.ok);
    const double *score = table_predict(&fitted, &table, arena);
    bool all_hold = true;
    for (size_t i = 0; i < table.n; i++)
        all_hold &= isfinite(score[i]);
    assert_all(world, all_hold);
    assert_all(world, scores_auc(score, table.y, table.n) > 0.95); /* the huge column does not drown the others */
    arena_free(arena);
}

static void test_a_weight_out_of_bounds_names_its_row(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct table table = table_random(400, 4, 1, 10, arena);
    table.weight = ARENA_ARRAY(arena, float, table.n);
    for (size_t i = 0; i < table.n; i++)
        table.weight[i] = 1;
    const float bad[] = {0, -1, 1025, INFINITY, NAN};
    for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
        table.weight[333] = bad[k];
        struct fitted fitted = table_fit(world, &table, "\"logistic\"", 0, arena);
        assert_all(world, !fitted.ok && fitted.err.code == ERROR_NUMERIC);
        assert_all(world, strstr(fitted.err.message, "row 333") != NULL);
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_newtons_minimum),
        cmocka_unit_test(test_balanced_is_weighting_by_class),
        cmocka_unit_test(test_flipped_labels_negate_scores),
        cmocka_unit_test(test_a_weight_is_a_number_of_rows),
        cmocka_unit_test(test_same_on_any_ranks),
        cmocka_unit_test(test_extreme_values_stay_finite),
        cmocka_unit_test(test_a_weight_out_of_bounds_names_its_row),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
