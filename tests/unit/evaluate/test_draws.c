#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/evaluate/draws.h"

#include "normal.h"
#include "support/hash.h"
#include "support/rng.h"

#include <math.h>
#include <string.h>

enum { N = 300, RESAMPLES = 150 };

struct made {
    struct judged set;
    struct scored scored;
    double score[N];
    uint8_t y[N];
    int64_t count[N];
    uint32_t cluster[N];
};

/* Binormal scores of a quarter malicious lines, `shift` higher, in clusters of up to `most` lines; a day. */
static void make(uint64_t seed, double shift, uint64_t most, struct made *made)
{
    for (size_t i = 0; i < N; i++) {
        made->y[i] = i % 4 == 0;
        made->score[i] = normal_number(seed, 1, i) + (made->y[i] ? shift : 0);
        made->count[i] = 1 + (int64_t)rng_below(seed, 2, i, 50);
        made->cluster[i] = (uint32_t)(hash_mix(2 * rng_below(seed, 3, i, N / most) + made->y[i]) >> 32);
    }
    made->set = (struct judged){.n = N, .y = made->y, .count = made->count, .cluster = made->cluster, .day = true};
    made->scored = (struct scored){&made->set, made->score};
}

static const struct judge_params params = {.tpr = 0.9, .fpr = 0.05, .daily_volume = 1e6};

static void resample(const struct made *test, const struct made *calibrate, size_t n, size_t step, float *out)
{
    struct arena *arena = arena_new();
    struct error err;
    for (size_t first = 0; first < step; first++) {
        struct draws *draws = draws_make(&test->set, 7, n, first, step, arena), *other = NULL;
        if (calibrate)
            other = draws_make(&calibrate->set, 8, n, first, step, arena);
        assert_true(judge_resamples(&test->scored, draws, calibrate ? &calibrate->scored : NULL, other, &params, arena,
                                    out, &err));
    }
    arena_free(arena);
}

/* The drawn lines written out, judged as a set of their own. */
static void written_out(const struct made *made, const struct draws *draws, size_t k, struct made *copy, size_t room,
                        struct arena *arena)
{
    double *score = ARENA_ARRAY(arena, double, room);
    uint8_t *y = ARENA_ARRAY(arena, uint8_t, room);
    int64_t *count = ARENA_ARRAY(arena, int64_t, room);
    size_t n = 0;
    for (size_t i = 0; i < N; i++) {
        size_t times = draws_block(draws, k / LANES)[draws->cluster[i] * LANES + k % LANES];
        for (; times > 0; times--, n++) {
            assert_true(n < room);
            score[n] = made->score[i];
            y[n] = made->y[i];
            count[n] = made->count[i];
        }
    }
    copy->set = (struct judged){.n = n, .y = y, .count = count, .cluster = NULL, .day = true};
    copy->scored = (struct scored){&copy->set, score};
}

static void test_resamples_are_the_drawn_lines(void **state)
{
    (void)state;
    static struct made test, calibrate, test_copy, calibrate_copy;
    static float out[METRIC_COUNT][RESAMPLES];
    struct arena *arena = arena_new();
    make(1, 1, 3, &test);
    make(2, 1, 5, &calibrate);
    for (size_t i = 0; i < N; i += 2)
        test.score[i] = round(test.score[i]); /* ties */
    resample(&test, &calibrate, RESAMPLES, 1, out[0]);
    const struct draws *draws = draws_make(&test.set, 7, RESAMPLES, 0, 1, arena);
    const struct draws *other = draws_make(&calibrate.set, 8, RESAMPLES, 0, 1, arena);
    for (size_t k = 0; k < RESAMPLES; k++) {
        double value[METRIC_COUNT], threshold;
        struct error err;
        struct arena_mark mark = arena_mark(arena);
        written_out(&test, draws, k, &test_copy, 10 * N, arena);
        written_out(&calibrate, other, k, &calibrate_copy, 10 * N, arena);
        assert_true(judge(&test_copy.scored, &calibrate_copy.scored, &params, arena, value, &threshold, &err));
        for (size_t m = 0; m < METRIC_COUNT; m++)
            assert_true(out[m][k] == (float)value[m]);
        arena_release(arena, mark);
    }
    arena_free(arena);
}

static void test_any_deal_gives_the_same(void **state)
{
    (void)state;
    static struct made test, calibrate;
    static float all[METRIC_COUNT][RESAMPLES], dealt[METRIC_COUNT][RESAMPLES];
    make(1, 1, 3, &test);
    make(2, 1, 5, &calibrate);
    resample(&test, &calibrate, RESAMPLES, 1, all[0]);
    for (size_t step = 2; step < 200; step = 2 * step + 1) { /* in the end more ranks than resamples */
        memset(dealt, 0xff, sizeof dealt);
        resample(&test, &calibrate, RESAMPLES, step, dealt[0]);
        assert_memory_equal(all, dealt, sizeof all);
    }
}

static void test_only_own_places_are_written(void **state)
{
    (void)state;
    static struct made test;
    static float out[METRIC_COUNT][RESAMPLES];
    struct arena *arena = arena_new();
    struct error err;
    make(1, 1, 3, &test);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        for (size_t k = 0; k < RESAMPLES; k++)
            out[m][k] = -7;
    struct draws *draws = draws_make(&test.set, 7, RESAMPLES, 2, 5, arena);
    assert_true(judge_resamples(&test.scored, draws, NULL, NULL, &params, arena, out[0], &err));
    for (size_t m = 0; m < METRIC_COUNT; m++)
        for (size_t k = 0; k < RESAMPLES; k++)
            assert_int_equal(out[m][k] == -7, k % 5 != 2);
    assert_true(isnan(out[METRIC_FPR][2]) && isnan(out[METRIC_ALARMS][2])); /* no threshold, no number */
    arena_free(arena);
}

static void test_no_resamples(void **state)
{
    (void)state;
    static struct made test;
    struct arena *arena = arena_new();
    struct error err;
    make(1, 1, 3, &test);
    struct draws *draws = draws_make(&test.set, 7, 0, 0, 1, arena);
    assert_true(judge_resamples(&test.scored, draws, NULL, NULL, &params, arena, NULL, &err));
    draws = draws_make(&test.set, 7, 3, 3, 4, arena); /* a rank without a share */
    assert_true(judge_resamples(&test.scored, draws, NULL, NULL, &params, arena, NULL, &err));
    arena_free(arena);
}

static void test_resamples_are_paired(void **state)
{
    (void)state;
    static struct made a, b;
    static float x[METRIC_COUNT][RESAMPLES], y[METRIC_COUNT][RESAMPLES];
    make(1, 1, 2, &a);
    b = a;
    b.set.y = b.y, b.set.cluster = b.cluster, b.set.count = b.count;
    b.scored = (struct scored){&b.set, b.score};
    for (size_t i = 0; i < N; i++)
        b.score[i] = exp(3 * a.score[i]);
    resample(&a, NULL, RESAMPLES, 1, x[0]);
    resample(&b, NULL, RESAMPLES, 1, y[0]);
    assert_memory_equal(x, y, sizeof x[0] * 3);
    double spread = 0, paired = 0;
    for (size_t i = 0; i < N; i++)
        b.score[i] = a.score[i] + 0.05 * normal_number(3, 3, i);
    resample(&b, NULL, RESAMPLES, 1, y[0]);
    for (size_t k = 1; k < RESAMPLES; k++) {
        spread += pow((double)(x[METRIC_AUC][k] - x[METRIC_AUC][k - 1]), 2);
        paired += pow((double)(x[METRIC_AUC][k] - y[METRIC_AUC][k]), 2);
    }
    assert_true(spread > 0 && paired < spread / 20);
}

/* Classes keep their number of clusters: one malicious cluster is always there, once. Numbers of clusters do not
 * matter, nor does their order. */
static void test_classes_are_drawn_by_themselves(void **state)
{
    (void)state;
    static struct made made;
    struct arena *arena = arena_new();
    make(1, 1, 3, &made);
    for (size_t i = 0; i < N; i++)
        made.cluster[i] = made.y[i] ? 7 : (uint32_t)i / 2 + 100;
    struct draws *a = draws_make(&made.set, 3, RESAMPLES, 0, 1, arena);
    assert_int_equal(a->n_clusters[1], 1);
    for (size_t k = 0; k < RESAMPLES; k++)
        assert_int_equal(a->total[k / LANES][1][k % LANES], N / 4);
    assert_true(fabs(judged_clusters(&made.set, 1, arena) - 1) < 1e-12);
    for (size_t i = 0; i < N; i++)
        made.cluster[i] = UINT32_MAX - made.cluster[i];
    struct draws *b = draws_make(&made.set, 3, RESAMPLES, 0, 1, arena);
    assert_memory_equal(a->cluster, b->cluster, N * sizeof *a->cluster);
    assert_memory_equal(a->times, b->times, a->n_blocks * (a->n_clusters[0] + 1) * LANES);
    struct draws *c = draws_make(&made.set, 4, RESAMPLES, 0, 1, arena);
    assert_memory_not_equal(a->times, c->times, a->n_blocks * (a->n_clusters[0] + 1) * LANES);
    arena_free(arena);
}

static void test_effective_clusters(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    uint8_t y[] = {0, 0, 0, 0, 1, 1, 1, 1};
    uint32_t cluster[] = {5, 6, 7, 8, 9, 9, 9, 1};
    struct judged set = {.n = 8, .y = y, .cluster = cluster};
    assert_true(fabs(judged_clusters(&set, 0, arena) - 4) < 1e-12);
    assert_true(fabs(judged_clusters(&set, 1, arena) - 1.6) < 1e-12); /* 16 / (9 + 1) */
    set.n = 4;
    assert_true(judged_clusters(&set, 1, arena) == 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resamples_are_the_drawn_lines),
        cmocka_unit_test(test_any_deal_gives_the_same),
        cmocka_unit_test(test_only_own_places_are_written),
        cmocka_unit_test(test_no_resamples),
        cmocka_unit_test(test_resamples_are_paired),
        cmocka_unit_test(test_classes_are_drawn_by_themselves),
        cmocka_unit_test(test_effective_clusters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
