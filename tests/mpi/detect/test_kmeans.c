#include "trial.h"

#include "../../../src/detect/kmeans_fit.h"

#include <math.h>

#define KMEANS(more) "{\"name\":\"kmeans\"" more "}"

static void test_same_bits_on_any_ranks(void **state)
{
    /* three blocks, a sample that leaves rows out, more centroids than vector lanes */
    static const char *const detector[] = {KMEANS(",\"k\":40"), KMEANS(",\"k\":7,\"sample\":9001"),
                                           KMEANS(",\"k\":5,\"ranking\":\"global\",\"standardise\":false")};
    for (size_t i = 0; i < ARRAY_LEN(detector); i++) {
        struct trial input = {.detector = detector[i], .n = 10000, .d = 7, .fill = PLANTED, .seed = 4};
        uint64_t first = assert_same_bits(*state, &input);
        input.seed = 5;
        assert_all(*state, score_digest(*state, &input) != first);
    }
}

static void test_few_rows_and_constant_columns(void **state)
{
    for (int64_t n = 1; n <= 5; n++)
        for (enum fill fill = GAUSSIAN; fill <= SOME_CONSTANT; fill++) {
            struct trial input = {.detector = KMEANS(",\"k\":3"), .n = n, .d = 4, .fill = fill, .seed = 1};
            assert_same_bits(*state, &input);
        }
}

static void test_blocks_do_not_matter(void **state)
{
    assert_scores_ignore_blocks(*state, KMEANS(",\"k\":70"), 19);
    assert_scores_ignore_blocks(*state, KMEANS(",\"k\":3,\"ranking\":\"global\""), 50);
}

/* Two groups on a line, centroids 1 and 102 wherever k-means++ starts. */
static const float groups[] = {0, 1, 2, 100, 101, 105};

#define BY_HAND ",\"k\":2,\"standardise\":false,\"tolerance\":0"

static void test_global_ranking_by_hand(void **state)
{
    static const double expected[] = {1, 0, 1, 2, 1, 3};
    struct arena *arena = arena_new();
    struct fitted fitted = fit_rows(*state, KMEANS(BY_HAND ",\"ranking\":\"global\""), groups, 6, 1, arena);
    double score[6];
    score_rows(&fitted, groups, 6, score);
    for (size_t i = 0; i < 6; i++)
        assert_all(*state, fabs(score[i] - expected[i]) < 1e-5);
    arena_free(arena);
}

/* Each cluster's farthest first (ties together), then the second, then the third. */
static void test_cluster_ranking_by_hand(void **state)
{
    static const double expected[] = {0.5, -2, 0.5, -1 + 2.0 / 5, -2 + 1.0 / 4, 0.5};
    struct arena *arena = arena_new();
    struct fitted fitted = fit_rows(*state, KMEANS(BY_HAND), groups, 6, 1, arena);
    double score[6];
    score_rows(&fitted, groups, 6, score);
    for (size_t i = 0; i < 6; i++)
        assert_all(*state, fabs(score[i] - expected[i]) < 1e-5);
    /* a new row beyond all others beats them, the farther one more */
    static const float beyond[] = {-9, 120};
    score_rows(&fitted, beyond, 2, score);
    assert_all(*state, fabs(score[0] - 10.0 / 11) < 1e-5 && fabs(score[1] - 18.0 / 21) < 1e-5);
    arena_free(arena);
}

/* No more distinct rows than clusters: every row is a centroid. */
static void test_fewer_distinct_rows_than_clusters(void **state)
{
    static const float x[] = {1, 1, 5, 5, 5, 1, 9, 9};
    struct arena *arena = arena_new();
    struct fitted fitted = fit_rows(*state, KMEANS(",\"k\":6"), x, 8, 1, arena);
    double score[8];
    score_rows(&fitted, x, 8, score);
    for (size_t i = 0; i < 8; i++)
        assert_all(*state, score[i] == 0);
    arena_free(arena);
}

static void test_hostile_numbers_stay_finite(void **state)
{
    enum { N = 64, D = 3 };
    struct arena *arena = arena_new();
    float x[N * D];
    for (size_t i = 0; i < N * D; i++)
        x[i] = i % 7 == 0 ? 3e38F : i % 5 == 0 ? -3e38F : (float)i;
    static const char *const detector[] = {KMEANS(",\"k\":4"), KMEANS(",\"k\":4,\"standardise\":false"),
                                           KMEANS(",\"k\":4,\"standardise\":false,\"ranking\":\"global\"")};
    for (size_t k = 0; k < ARRAY_LEN(detector); k++) {
        struct fitted fitted = fit_rows(*state, detector[k], x, N, D, arena);
        double score[N];
        score_rows(&fitted, x, N, score);
        bool finite = true;
        for (size_t i = 0; i < N; i++)
            finite &= isfinite(score[i]);
        assert_all(*state, finite);
    }
    arena_free(arena);
}

static void test_planted_rows_come_first(void **state)
{
    struct trial input = {
        .detector = KMEANS(",\"k\":1,\"ranking\":\"global\""), .n = 2000, .d = 6, .fill = PLANTED, .seed = 1};
    assert_all(*state, average_precision(*state, &input) > 0.9);
    input.fill = GAUSSIAN;
    assert_all(*state, average_precision(*state, &input) < 0.2);
}

/* Lloyd's passes themselves, on all ranks. */
struct lloyd_case {
    struct column_scale scale;
    struct kmeans_data data;
};

static void make_case(const struct comm *comm, struct rows *rows, struct lloyd_case *out, struct arena *arena)
{
    struct error err;
    struct sample_part part = sample_part(comm, rows);
    float *z = sample_part_fill(&part, arena);
    assert_all(comm, column_scale_fit(comm, &part, z, false, arena, &out->scale, &err));
    column_scale_float(&out->scale, z, part.n, z);
    out->data = (struct kmeans_data){.part = part, .scale = &out->scale, .z = z};
}

static double inertia(const struct comm *comm, const struct kmeans_data *data, const double *centroid, size_t k)
{
    double sum = 0;
    struct arena *arena = arena_new();
    struct error err;
    struct exact acc;
    exact_start(&acc, 1, 1e12, arena);
    for (size_t i = 0; i < data->part.n; i++) {
        double best = INFINITY;
        for (size_t j = 0; j < k; j++) {
            double square = 0;
            for (size_t c = 0; c < data->scale->d; c++) {
                double off = (double)data->z[i * data->scale->d + c] - centroid[j * data->scale->d + c];
                square += off * off;
            }
            best = fmin(best, square);
        }
        exact_add_one(&acc, 0, best);
    }
    assert_all(comm, exact_reduce(comm, &acc, &sum, &err));
    arena_free(arena);
    return sum;
}

static void test_passes_lower_the_inertia(void **state)
{
    const struct comm *world = *state;
    enum { K = 12, D = 5 };
    struct arena *arena = arena_new();
    struct trial input = {.n = 9000, .d = D, .fill = PLANTED};
    struct comm *alone = comm_first(world, 1);
    struct rows rows = make_rows(alone == NULL ? world : alone, &input, arena);
    comm_free(alone);
    if (comm_rank(world) != 0) /* the sample is on every rank */
        rows = (struct rows){.n = 0, .d = D};
    struct rows sample = row_sample(world, &rows, 9000, 1, 1, arena);
    struct lloyd_case trial;
    make_case(world, &sample, &trial, arena);
    double start[K * D], last = INFINITY;
    assert_all(world, kmeans_start(world, &trial.data, K, 1, arena, start) == K);
    double first = inertia(world, &trial.data, start, K);
    static const size_t passes[] = {1, 2, 5, 20, 100};
    for (size_t i = 0; i < ARRAY_LEN(passes); i++) {
        double centroid[K * D];
        struct error err;
        size_t run;
        memcpy(centroid, start, sizeof start);
        assert_all(world, kmeans_lloyd(world, &trial.data, K, &(struct kmeans_limits){passes[i], 0}, arena, centroid,
                                       &run, &err));
        double now = inertia(world, &trial.data, centroid, K);
        assert_all(world, run <= passes[i] && now <= last * (1 + 1e-6) && now < first);
        last = now;
    }
    assert_all(world, last < 0.8 * first);
    arena_free(arena);
}

/* Centroids far from every row get the rows farthest from theirs. */
static void test_empty_clusters_are_refilled(void **state)
{
    const struct comm *world = *state;
    static const float x[] = {-4, -1, 1, 4.5F};
    int64_t row[] = {0, 1, 2, 3};
    struct arena *arena = arena_new();
    struct rows sample = {.n = 4, .d = 1, .row = row, .dense = x};
    struct lloyd_case trial;
    make_case(world, &sample, &trial, arena);
    double mean = trial.scale.mean[0], centroid[3] = {0, 1000, -1000};
    struct error err;
    size_t run;
    assert_all(world, kmeans_lloyd(world, &trial.data, 3, &(struct kmeans_limits){1, 0}, arena, centroid, &run, &err));
    assert_all(world, run == 1 && fabs(centroid[0]) < 1e-6 && fabs(centroid[1] - (4.5 - mean)) < 1e-6 &&
                          fabs(centroid[2] - (-4 - mean)) < 1e-6);
    assert_all(world, kmeans_lloyd(world, &trial.data, 3, &(struct kmeans_limits){50, 0}, arena, centroid, &run, &err));
    assert_all(world, run < 5 && fabs(inertia(world, &trial.data, centroid, 3) - 2) < 1e-5);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_on_any_ranks),      cmocka_unit_test(test_few_rows_and_constant_columns),
        cmocka_unit_test(test_blocks_do_not_matter),        cmocka_unit_test(test_global_ranking_by_hand),
        cmocka_unit_test(test_cluster_ranking_by_hand),     cmocka_unit_test(test_fewer_distinct_rows_than_clusters),
        cmocka_unit_test(test_hostile_numbers_stay_finite), cmocka_unit_test(test_planted_rows_come_first),
        cmocka_unit_test(test_passes_lower_the_inertia),    cmocka_unit_test(test_empty_clusters_are_refilled),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
