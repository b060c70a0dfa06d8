/* union, rankmean and the simple scores that they are checked with. */
#include "text_test.h"

#include "comm/gather.h"

enum { N = 60 };

struct scored {
    double score;
    int64_t row;
};

static int by_rank(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

/* rank[N] of all rows, from 1, on every rank. */
static void rank_all(const struct comm *comm, const struct rows *rows, const char *json, int64_t depth,
                     struct arena *arena, int64_t *rank)
{
    const double *score = text_score(comm, json, rows, arena);
    struct scored *own = ARENA_ARRAY(arena, struct scored, rows->n), *all;
    size_t n;
    for (size_t i = 0; i < rows->n; i++)
        own[i] = (struct scored){score[i], rows->row[i]};
    all = gather_all(comm, own, sizeof *own, rows->n, -1, &n, arena);
    qsort(all, n, sizeof *all, by_rank);
    for (size_t i = 0; i < n; i++)
        rank[all[i].row] = min_i64((int64_t)i, depth) + 1;
}

/* frequency and bm25 draw nothing, so a member's ranks are those of the detector alone. */
static void check(const struct comm *world, int64_t depth)
{
    struct arena *arena = arena_new();
    struct rows rows = text_rows(world, N, MIXED, text_line, arena);
    int64_t frequency[N], bm25[N];
    rank_all(world, &rows, "\"frequency\"", depth, arena, frequency);
    rank_all(world, &rows, "\"bm25\"", depth, arena, bm25);
    const char *both = "\"members\": \"frequency, bm25\"";
    const double *joined = text_score(
        world, arena_printf(arena, "{\"name\": \"union\", %s, \"depth\": %d}", both, (int)depth), &rows, arena);
    const double *mean = text_score(
        world, arena_printf(arena, "{\"name\": \"rankmean\", %s, \"depth\": %d}", both, (int)depth), &rows, arena);
    bool equal = true;
    for (size_t i = 0; i < rows.n; i++) {
        int64_t a = frequency[rows.row[i]], b = bm25[rows.row[i]];
        equal &= joined[i] == -(double)min_i64(a, b) && mean[i] == -(double)(a + b) / 2;
    }
    assert_all(world, equal);
    arena_free(arena);
}

static void test_ranks_by_hand(void **state)
{
    check(*state, 20000);
    check(*state, N);
    check(*state, 7);
    check(*state, 1);
}

static void test_frequency(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct rows rows = text_rows(world, N, MIXED, text_line, arena);
    const double *score = text_score(world, "\"frequency\"", &rows, arena);
    bool equal = true;
    for (size_t i = 0; i < rows.n; i++)
        equal &= fabs(score[i] + log((double)text_count(rows.row[i]))) < 1e-12;
    assert_all(world, equal);
    arena_free(arena);
}

static void test_same_bits_on_any_ranks(void **state)
{
    text_check_ranks(*state, "{\"name\": \"union\", \"members\": \"random,frequency,logentropy\", \"depth\": 9}", N);
    text_check_ranks(*state, "{\"name\": \"rankmean\", \"members\": \"random,frequency,logentropy\", \"depth\": 9}", N);
    text_check_ranks(*state, "{\"name\": \"union\", \"members\": \"random\"}", 1);
}

/* A member's seed depends on its name, so neither its place nor its company matter. */
static void test_order_of_members(void **state)
{
    const struct comm *world = *state;
    struct text_trial a = {"{\"name\": \"rankmean\", \"members\": \"random,frequency\"}", N, ROUND};
    struct text_trial b = {"{\"name\": \"rankmean\", \"members\": \" frequency , random \"}", N, ROUND};
    struct text_trial c = {"{\"name\": \"rankmean\", \"members\": \"bm25,random\"}", N, ROUND};
    uint64_t digest = text_digest(world, &a);
    assert_all(world, digest == text_digest(world, &b));
    assert_all(world, digest != text_digest(world, &c));
}

static void test_bad_members(void **state)
{
    const struct comm *world = *state;
    static const struct {
        const char *members, *complaint;
        enum error_code code;
    } bad[] = {
        {"frequency,nosuch", "nosuch", ERROR_USAGE}, {"frequency,bm25,frequency", "twice", ERROR_USAGE},
        {"", "no detector \\\"\\\"", ERROR_USAGE},   {"frequency,,bm25", "no detector", ERROR_USAGE},
        {"frequency,", "no detector", ERROR_USAGE},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct arena *arena = arena_new();
        struct rows rows = text_rows(world, N, ROUND, text_line, arena);
        struct choice choice =
            text_detector(arena_printf(arena, "{\"name\": \"union\", \"members\": \"%s\"}", bad[i].members), arena);
        double *score = ARENA_ARRAY(arena, double, rows.n);
        struct error err = {0};
        assert_all(world, !detect_score(world, &choice, &rows, 1, arena, score, &err));
        assert_all(world, err.code == bad[i].code && (i == 2 || strstr(err.message, bad[i].complaint) != NULL));
        arena_free(arena);
    }
}

/* A member that cannot work on these rows says so by name. */
static void test_member_that_fails(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    static const int64_t row[] = {0, 1};
    static const float dense[] = {1, 2};
    struct rows rows = {.n = comm_rank(world) == 0 ? 2 : 0, .d = 1, .row = row, .dense = dense};
    struct choice choice = text_detector("{\"name\": \"rankmean\", \"members\": \"frequency,bm25\"}", arena);
    double score[2];
    struct error err = {0};
    assert_all(world, !detect_score(world, &choice, &rows, 1, arena, score, &err));
    assert_all(world, err.code == ERROR_INPUT && strstr(err.message, "member bm25") != NULL);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranks_by_hand),
        cmocka_unit_test(test_frequency),
        cmocka_unit_test(test_same_bits_on_any_ranks),
        cmocka_unit_test(test_order_of_members),
        cmocka_unit_test(test_bad_members),
        cmocka_unit_test(test_member_that_fails),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
