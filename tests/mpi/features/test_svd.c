#include "mpi_test.h"

#include "comm/digest.h"
#include "features/rows.h"
#include "support/rng.h"

#include <math.h>

struct trial {
    const char *svd; /* JSON */
    int64_t n;
};

static struct feature_set parse(const struct comm *comm, const char *json, struct arena *arena)
{
    struct json_doc *doc;
    struct error err;
    struct feature_set set;
    bool ok = json_parse(str_of(json), "test", false, &doc, &err) &&
              feature_set_parse(doc, json_root(doc), arena, &set, &err);
    assert_all(comm, ok);
    json_free(doc);
    return set;
}

static struct str text_of(int64_t row, struct arena *arena)
{
    static const char *const verb[] = {"copy", "dir /s", "echo", "powershell -nop -c", "ping -n 3", "reg add"};
    uint64_t x = rng_u64(1, 1, (uint64_t)row);
    return str_of(arena_printf(arena, "cmd /c %s c:\\t%" PRIu64 "\\%" PRIx64, verb[x % 6], x % 11, x >> 40));
}

/* Lines 0 .. n - 1, line r on rank r % size but none on the last rank (if there are two at least). */
static struct feature_set learn(const struct comm *comm, const struct trial *trial, struct arena *arena)
{
    int size = comm_size(comm) > 1 ? comm_size(comm) - 1 : 1;
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)trial->n);
    struct str *text = ARENA_ARRAY(arena, struct str, (size_t)trial->n);
    size_t n = 0;
    for (int64_t r = 0; r < trial->n; r++)
        if (r % size == comm_rank(comm)) {
            row[n] = r;
            text[n++] = text_of(r, arena);
        }
    struct feature_set set = parse(comm, trial->svd, arena), learned;
    struct line_view lines = {.n = n, .row = row, .text = text};
    struct error err;
    assert_all(comm, feature_set_learns(&set));
    assert_all(comm, feature_set_prepare(comm, &set, &lines, arena, &learned, &err));
    return learned;
}

enum { PROBES = 60 };

static uint64_t row_digest(const struct comm *comm, void *context)
{
    struct arena *arena = arena_new();
    struct feature_set set = learn(comm, context, arena);
    float *x = ARENA_ARRAY(arena, float, PROBES *set.d);
    int64_t row[PROBES];
    size_t n = comm_rank(comm) == 0 ? PROBES : 0;
    for (int64_t r = 0; r < PROBES; r++) {
        row[r] = r;
        feature_set_row(&set, text_of(r, arena), x + (size_t)r * set.d);
    }
    uint64_t digest = digest_rows(comm, x, set.d * sizeof *x, row, n), own = 0;
    for (size_t i = 0; i < PROBES * set.d; i++) { /* and on every rank */
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        own = own * 31 + bits;
    }
    int64_t most[2] = {(int64_t)(own >> 1), -(int64_t)(own >> 1)};
    reduce_max_i64(comm, most, 2);
    assert_all(comm, most[0] == -most[1]);
    arena_free(arena);
    return digest;
}

static void test_same_on_any_ranks(void **state)
{
    static const struct trial trials[] = {
        {"{\"name\":\"svd\",\"dims\":64,\"components\":5}", 9000},
        {"{\"name\":\"svd\",\"dims\":64,\"components\":5,\"sample\":5000}", 9000},
        {"{\"name\":\"svd\",\"dims\":256,\"components\":5}", 100},
    };
    for (size_t i = 0; i < ARRAY_LEN(trials); i++)
        assert_same_on_any_ranks(*state, row_digest, (void *)(uintptr_t)&trials[i]);
}

static double product(const float *a, const float *b, size_t d)
{
    double sum = 0;
    for (size_t i = 0; i < d; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* With as many components as the lines have dimensions nothing is lost: inner products are those of the hashed rows. */
static void check_inner_products(const struct comm *world, const char *svd, const char *hashed, int64_t n)
{
    struct arena *arena = arena_new();
    struct feature_set few = learn(world, &(struct trial){svd, n}, arena), many = parse(world, hashed, arena);
    float *a = ARENA_ARRAY(arena, float, PROBES *few.d), *b = ARENA_ARRAY(arena, float, PROBES *many.d);
    size_t probes = min_size(PROBES, (size_t)n);
    for (size_t i = 0; i < probes; i++) {
        feature_set_row(&few, text_of((int64_t)i, arena), a + i * few.d);
        feature_set_row(&many, text_of((int64_t)i, arena), b + i * many.d);
    }
    bool kept = true;
    for (size_t i = 0; i < probes; i++)
        for (size_t j = 0; j <= i; j++)
            kept &= fabs(product(a + i * few.d, a + j * few.d, few.d) -
                         product(b + i * many.d, b + j * many.d, many.d)) < 1e-5;
    assert_all(world, kept);
    arena_free(arena);
}

static void test_all_components_keep_inner_products(void **state)
{
    check_inner_products(*state, "{\"name\":\"svd\",\"dims\":32,\"components\":32}",
                         "{\"name\":\"embedding\",\"dims\":32}", 500);
    check_inner_products(*state, "{\"name\":\"svd\",\"dims\":512,\"components\":40}",
                         "{\"name\":\"embedding\",\"dims\":512}", 40);
}

/* The leading components hold more of the rows' squares than any later ones, most of it in all. */
static void test_components_fall(void **state)
{
    enum { N = 400, K = 12 };
    struct arena *arena = arena_new();
    struct feature_set set =
        learn(*state, &(struct trial){"{\"name\":\"svd\",\"dims\":128,\"components\":12}", N}, arena);
    double square[K] = {0}, total = 0;
    for (int64_t r = 0; r < N; r++) {
        float x[K];
        feature_set_row(&set, text_of(r, arena), x);
        for (size_t i = 0; i < K; i++) {
            square[i] += (double)x[i] * (double)x[i];
            total += (double)x[i] * (double)x[i];
        }
    }
    for (size_t i = 1; i < K; i++)
        assert_all(*state, square[i] <= square[i - 1] * (1 + 1e-5) && square[i] > 0);
    assert_all(*state, total > 0.5 * N && total <= N * (1 + 1e-5));
    arena_free(arena);
}

/* Components beyond the rank, and those of no lines at all, are zeros. */
static void test_few_lines(void **state)
{
    for (int64_t n = 0; n <= 3; n++) {
        struct arena *arena = arena_new();
        struct feature_set set =
            learn(*state, &(struct trial){"{\"name\":\"svd\",\"dims\":64,\"components\":8}", n}, arena);
        float x[8];
        feature_set_row(&set, text_of(0, arena), x);
        double length = product(x, x, 8);
        assert_all(*state, n == 0 ? length == 0 : fabs(length - 1) < 1e-5);
        for (size_t i = (size_t)n; i < 8; i++)
            assert_all(*state, x[i] == 0);
        feature_set_row(&set, STR(""), x);
        assert_all(*state, product(x, x, 8) == 0);
        arena_free(arena);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_on_any_ranks),
        cmocka_unit_test(test_all_components_keep_inner_products),
        cmocka_unit_test(test_components_fall),
        cmocka_unit_test(test_few_lines),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
