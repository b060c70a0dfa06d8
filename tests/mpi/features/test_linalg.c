#include "mpi_test.h"

#include "features/linalg.h"
#include "normal.h"

#include <math.h>
#include <string.h>

static double number(size_t i)
{
    return normal_number(1, 2, i);
}

static void test_library_is_named(void **state)
{
    assert_all(*state, strstr(linalg_library(), "OpenBLAS") != NULL);
}

static void test_products(void **state)
{
    enum { N = 23, M = 9, D = 17 };
    double x[N * D], gram[D * D], y[M * N], out[M * D];
    float a[N * D], b[M * D], products[M * N];
    for (size_t i = 0; i < N * D; i++)
        a[i] = (float)(x[i] = number(i));
    for (size_t i = 0; i < M * D; i++)
        b[i] = (float)number(1000 + i);
    for (size_t i = 0; i < M * N; i++)
        y[i] = number(2000 + i);
    for (size_t i = 0; i < D * D; i++)
        gram[i] = -7;
    linalg_gram(x, N, D, gram);
    linalg_products(b, M, a, N, D, products);
    linalg_multiply(y, M, x, N, D, out);
    bool right = true;
    for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++) {
            double sum = 0;
            for (size_t r = 0; r < N; r++)
                sum += x[r * D + i] * x[r * D + j];
            right &= j < i ? gram[i * D + j] == -7 : fabs(gram[i * D + j] - sum) < 1e-12 * N;
        }
    for (size_t j = 0; j < M; j++)
        for (size_t i = 0; i < N; i++) {
            double sum = 0;
            for (size_t c = 0; c < D; c++)
                sum += (double)b[j * D + c] * (double)a[i * D + c];
            right &= fabs((double)products[j * N + i] - sum) < 1e-5 * D;
        }
    for (size_t j = 0; j < M; j++)
        for (size_t c = 0; c < D; c++) {
            double sum = 0;
            for (size_t i = 0; i < N; i++)
                sum += y[j * N + i] * x[i * D + c];
            right &= fabs(out[j * D + c] - sum) < 1e-12 * N;
        }
    assert_all(*state, right);
}

/* a v = lambda v, orthonormal, values falling, greatest entry positive; on every rank, though only rank 0 has a. */
static void check_eigen(const struct comm *world, size_t d, const double *matrix)
{
    struct arena *arena = arena_new();
    double *a = ARENA_ZARRAY(arena, double, d *d), *value = ARENA_ARRAY(arena, double, d);
    struct error err;
    for (size_t i = 0; i < d && comm_rank(world) == 0; i++)
        for (size_t j = 0; j < d; j++)
            a[i * d + j] = j < i ? 99 : matrix[i * d + j]; /* the lower triangle is not read */
    assert_all(world, linalg_eigen(world, a, d, value, arena, &err));
    bool right = true;
    for (size_t v = 0; v < d; v++) {
        const double *vector = a + v * d;
        double greatest = 0;
        for (size_t i = 0; i < d; i++) {
            double sum = 0;
            for (size_t j = 0; j < d; j++)
                sum += (i < j ? matrix[i * d + j] : matrix[j * d + i]) * vector[j];
            right &= fabs(sum - value[v] * vector[i]) < 1e-9 * (1 + fabs(value[0]));
            greatest = fabs(vector[i]) > fabs(greatest) ? vector[i] : greatest;
        }
        right &= greatest > 0 && (v == 0 || value[v] <= value[v - 1]);
        for (size_t w = 0; w <= v; w++) {
            double product = 0;
            for (size_t i = 0; i < d; i++)
                product += vector[i] * a[w * d + i];
            right &= fabs(product - (w == v)) < 1e-12 * (double)d * 10;
        }
    }
    assert_all(world, right);
    arena_free(arena);
}

static void test_eigenvectors(void **state)
{
    enum { D = 40 };
    double a[D * D], zero[D * D] = {0}, one = -3;
    for (size_t i = 0; i < D * D; i++)
        a[i] = number(i);
    check_eigen(*state, D, a);
    check_eigen(*state, 7, a);
    check_eigen(*state, 2, a);
    check_eigen(*state, 1, &one);
    check_eigen(*state, D, zero);
}

static void test_not_a_number_is_an_error_or_an_answer_on_all_ranks(void **state)
{
    struct arena *arena = arena_new();
    double a[9], value[3];
    struct error err = {0};
    for (size_t i = 0; i < 9; i++)
        a[i] = (double)NAN;
    int64_t ok[2] = {linalg_eigen(*state, a, 3, value, arena, &err), 0};
    ok[1] = -ok[0];
    reduce_max_i64(*state, ok, 2);
    assert_all(*state, ok[0] == -ok[1]);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_library_is_named),
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_eigenvectors),
        cmocka_unit_test(test_not_a_number_is_an_error_or_an_answer_on_all_ranks),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
