#include "mpi_test.h"

#include "comm/reduce.h"
#include "deal.h"
#include "support/hash.h"

#include <math.h>
#include <string.h>

static void test_integers(void **state)
{
    const struct comm *world = *state;
    int64_t r = comm_rank(world), size = comm_size(world), all[64];
    int64_t sum[] = {r + 1, -r}, low[] = {r, -r}, high[] = {r, -r};
    bool listed = true;

    reduce_sum_i64(world, sum, 2);
    reduce_min_i64(world, low, 2);
    reduce_max_i64(world, high, 2);
    assert_all(world, sum[0] == size * (size + 1) / 2 && sum[1] == -size * (size - 1) / 2);
    assert_all(world, low[0] == 0 && low[1] == 1 - size && high[0] == size - 1 && high[1] == 0);
    assert_all(world, reduce_scan_i64(world, r + 1) == r * (r + 1) / 2);
    reduce_list_i64(world, r * r, all);
    for (int i = 0; i < size; i++)
        listed = listed && all[i] == i * i;
    assert_all(world, listed);
    reduce_sum_i64(world, NULL, 0);
}

static void test_real_extremes(void **state)
{
    const struct comm *world = *state;
    double r = comm_rank(world), last = comm_size(world) - 1;
    double high[] = {r, -r, -INFINITY, -0.0};

    reduce_max_f64(world, high, 4);
    assert_all(world, high[0] == last && high[1] == 0 && high[2] == -INFINITY && !signbit(high[3]));
    assert_all(world, !signbit(high[1]));
}

static void test_many_values(void **state)
{
    const struct comm *world = *state;
    size_t n = (5 << 20) + 3; /* more than one message */
    int64_t *value = malloc(n * sizeof(*value)), wrong = 0, size = comm_size(world);

    for (size_t i = 0; i < n; i++)
        value[i] = (int64_t)i + comm_rank(world);
    reduce_sum_i64(world, value, n);
    for (size_t i = 0; i < n; i++)
        wrong += value[i] != (int64_t)i * size + size * (size - 1) / 2;
    free(value);
    assert_all(world, wrong == 0);
}

enum { PARTIALS = 10000, WIDTH = 5 };

/* Values of very different sizes within +-1000, whose plain sum would depend on the order. */
static double partial_value(uint64_t partial, uint64_t i)
{
    double v = (rng_unit(7, i, partial) - 0.5) * 2000;

    return ldexp(v, -(int)rng_below(8, i, partial, 60));
}

static uint64_t exact_digest(const struct comm *comm, void *context)
{
    const enum deal *deal = context;
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, PARTIALS);
    size_t n = deal_rows(comm, *deal, PARTIALS, row);
    double partial[WIDTH], out[WIDTH];
    struct exact acc;
    struct error err;
    uint64_t digest;

    exact_start(&acc, WIDTH, 1000, arena);
    for (size_t p = 0; p < n; p++) {
        for (uint64_t i = 0; i < WIDTH; i++)
            partial[i] = partial_value((uint64_t)row[p], i);
        exact_add(&acc, partial);
    }
    digest = exact_reduce(comm, &acc, out, &err) ? hash64((struct str){(char *)out, sizeof(out)}, 0) : 0;
    arena_free(arena);
    return digest;
}

/* The same sums without MPI. */
static uint64_t exact_serial(void)
{
    struct arena *arena = arena_new();
    double partial[WIDTH], out[WIDTH];
    struct exact acc;
    struct error err;
    uint64_t digest;

    exact_start(&acc, WIDTH, 1000, arena);
    for (uint64_t p = 0; p < PARTIALS; p++) {
        for (uint64_t i = 0; i < WIDTH; i++)
            partial[i] = partial_value(p, i);
        exact_add(&acc, partial);
    }
    digest = exact_value(&acc, out, &err) ? hash64((struct str){(char *)out, sizeof(out)}, 0) : 0;
    arena_free(arena);
    return digest;
}

static void test_exact_any_partition(void **state)
{
    const struct comm *world = *state;
    uint64_t serial = exact_serial();

    assert_all(world, serial != 0);
    for (int d = 0; d < DEAL_COUNT; d++) {
        enum deal deal = (enum deal)d;
        assert_all(world, exact_digest(world, &deal) == serial);
        assert_same_on_any_ranks(world, exact_digest, &deal);
    }
}

static void test_exact_values(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    size_t n = 10000; /* more than one round */
    double *out = ARENA_ARRAY(arena, double, n), size = comm_size(world);
    struct exact acc;
    struct error err;
    bool right = true, ok;

    exact_start(&acc, n, 1, arena);
    for (size_t i = 0; i < n; i++) /* +1, -1, tiny: carries and borrows through all lanes */
        exact_add_one(&acc, i, i % 3 == 0 ? 1 : i % 3 == 1 ? -1 : -ldexp(1, -80));
    ok = exact_reduce(world, &acc, out, &err);
    for (size_t i = 0; i < n; i++)
        right = right && out[i] == (i % 3 == 0 ? size : i % 3 == 1 ? -size : -ldexp(size, -80));
    assert_all(world, ok && right);

    exact_start(&acc, 0, 1, arena);
    assert_all(world, exact_reduce(world, &acc, out, &err));
    arena_free(arena);
}

static void test_exact_cancels(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    double out = 1;
    struct exact acc;
    struct error err;
    bool ok;

    /* large terms of both signs on every rank; what is left is a single small one */
    exact_start(&acc, 1, 1024, arena);
    for (int i = 0; i < 1000; i++)
        exact_add_one(&acc, 0, comm_rank(world) % 2 == 0 ? 1000.25 : -1000.25);
    if (comm_size(world) % 2 != 0 && comm_rank(world) == 0) {
        for (int i = 0; i < 1000; i++)
            exact_add_one(&acc, 0, -1000.25);
    }
    if (comm_rank(world) == comm_size(world) - 1)
        exact_add_one(&acc, 0, ldexp(1, -60));
    ok = exact_reduce(world, &acc, &out, &err);
    arena_free(arena);
    assert_all(world, ok && out == ldexp(1, -60));
}

static void test_exact_broken(void **state)
{
    const struct comm *world = *state;
    const double bad[] = {NAN, INFINITY, -1e9};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct arena *arena = arena_new();
        int last = comm_size(world) - 1;
        double out;
        struct exact acc;
        struct error err = {.rank = -1};
        bool ok;
        exact_start(&acc, 1, 10, arena);
        exact_add_one(&acc, 0, comm_rank(world) == last ? bad[i] : 1);
        ok = exact_reduce(world, &acc, &out, &err);
        arena_free(arena);
        assert_all(world, !ok && err.code == ERROR_NUMERIC && err.rank == last);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),     cmocka_unit_test(test_real_extremes),
        cmocka_unit_test(test_many_values),  cmocka_unit_test(test_exact_any_partition),
        cmocka_unit_test(test_exact_values), cmocka_unit_test(test_exact_cancels),
        cmocka_unit_test(test_exact_broken),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
