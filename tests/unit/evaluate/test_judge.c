#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "evaluate/judge.h"
#include "normal.h"
#include "support/hash.h"
#include "support/rng.h"

#include <math.h>
#include <string.h>

enum { MOST = 200 };

struct made {
    struct judged set;
    struct scored scored;
    double score[MOST];
    uint8_t y[MOST];
    int64_t count[MOST];
    uint32_t cluster[MOST];
};

static void close_made(struct made *made, size_t n, bool day)
{
    made->set = (struct judged){.n = n, .y = made->y, .count = made->count, .cluster = made->cluster, .day = day};
    made->scored = (struct scored){&made->set, made->score};
}

static struct judge_params points(double tpr, double fpr)
{
    return (struct judge_params){.tpr = tpr, .fpr = fpr, .daily_volume = 1e6, .cluster = "near", .groups = ""};
}

/* Judges without a calibrate half. */
static void judge_plain(const double *score, const uint8_t *y, size_t n, double tpr, double fpr, double *value)
{
    struct judged set = {.n = n, .y = y};
    struct scored scored = {&set, score};
    struct judge_params params = points(tpr, fpr);
    struct arena *arena = arena_new();
    double threshold;
    struct error err;
    assert_true(judge(&scored, NULL, &params, arena, value, &threshold, &err));
    assert_true(isnan(threshold));
    for (size_t m = 0; m < METRIC_COUNT; m++)
        assert_int_equal(isnan(value[m]) != 0, metrics[m].at_threshold);
    assert_int_equal(arena_used(arena), 0);
    arena_free(arena);
}

/* Every pair, and every score as a threshold. */
static void brute_force(const struct scored *test, double tpr, double fpr, double *value)
{
    size_t n = test->set->n;
    const uint8_t *y = test->set->y;
    double won = 0, n_class[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        n_class[y[i]]++;
    value[METRIC_FPR_AT_TPR] = tpr <= 0 ? 0 : 1;
    value[METRIC_TPR_AT_FPR] = 0;
    for (size_t t = 0; t < n; t++) {
        double flagged[2] = {0, 0};
        for (size_t i = 0; i < n; i++) {
            flagged[y[i]] += test->score[i] >= test->score[t];
            if (y[t] && !y[i])
                won += test->score[t] > test->score[i] ? 1 : test->score[t] == test->score[i] ? 0.5 : 0;
        }
        if (flagged[1] / n_class[1] >= tpr)
            value[METRIC_FPR_AT_TPR] = fmin(value[METRIC_FPR_AT_TPR], flagged[0] / n_class[0]);
        if (flagged[0] / n_class[0] <= fpr)
            value[METRIC_TPR_AT_FPR] = fmax(value[METRIC_TPR_AT_FPR], flagged[1] / n_class[1]);
    }
    value[METRIC_AUC] = won / (n_class[0] * n_class[1]);
}

/* The highest score that finds the share. */
static double brute_threshold(const struct scored *calibrate, double tpr)
{
    double best = -INFINITY, n_malicious = 0;
    for (size_t i = 0; i < calibrate->set->n; i++)
        n_malicious += calibrate->set->y[i];
    for (size_t t = 0; t < calibrate->set->n; t++) {
        double found = 0;
        for (size_t i = 0; i < calibrate->set->n; i++)
            found += calibrate->set->y[i] && calibrate->score[i] >= calibrate->score[t];
        if (calibrate->set->y[t] && found / n_malicious >= tpr)
            best = fmax(best, calibrate->score[t]);
    }
    return best;
}

static void brute_at_threshold(const struct scored *test, double threshold, double volume, double *value)
{
    double n_class[2] = {0}, flagged[2] = {0}, alarms = 0, events = 0;
    for (size_t i = 0; i < test->set->n; i++) {
        uint8_t y = test->set->y[i];
        double count = y ? 0 : (double)test->set->count[i];
        n_class[y]++;
        events += count;
        if (test->score[i] >= threshold) {
            flagged[y]++;
            alarms += count;
        }
    }
    double fpr = flagged[0] / n_class[0], tpr = flagged[1] / n_class[1];
    value[METRIC_FPR] = fpr;
    value[METRIC_TPR] = tpr;
    for (int k = 0; k < 3; k++) {
        double base = pow(10, -3 - k);
        value[METRIC_PRECISION_3 + k] =
            flagged[0] + flagged[1] > 0 ? base * tpr / (base * tpr + (1 - base) * fpr) : NAN;
    }
    value[METRIC_ALARMS] = test->set->day ? alarms / events * volume : NAN;
}

/* Lines of few score levels in some rounds: many ties. Both classes are there, clusters are of one class. */
static void make(uint64_t round, struct made *made)
{
    size_t n = 2 + rng_below(1, round, 0, MOST - 1);
    uint64_t distinct = 1 + rng_below(1, round, 1, 30), clusters = 1 + rng_below(1, round, 2, 40);
    double share = rng_unit(1, round, 3);
    for (size_t i = 0; i < n; i++) {
        made->y[i] = i < 2 ? (uint8_t)i : rng_unit(2, round, i) < share;
        made->score[i] = (double)rng_below(3, round, i, distinct) + (made->y[i] ? 0.25 * (double)distinct : 0);
        if (round % 3 == 0)
            made->score[i] += normal_number(4, round, i);
        made->count[i] = 1 + (int64_t)rng_below(5, round, i, 1000);
        made->cluster[i] = (uint32_t)(hash_mix(2 * rng_below(6, round, i, clusters) + made->y[i]) >> 32);
    }
    close_made(made, n, round % 2 == 0);
}

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fmax(1, fabs(a));
}

static void test_by_hand(void **state)
{
    (void)state;
    const double score[] = {0.9, 0.8, 0.7, 0.6, 0.55, 0.5};
    const uint8_t y[] = {1, 1, 0, 1, 0, 0};
    double value[METRIC_COUNT];
    judge_plain(score, y, 6, 0.9, 0.3, value);
    assert_true(fabs(value[METRIC_AUC] - 8.0 / 9) < 1e-15);
    assert_true(value[METRIC_FPR_AT_TPR] == 1.0 / 3);
    assert_true(value[METRIC_TPR_AT_FPR] == 2.0 / 3);
    judge_plain(score, y, 6, 0.5, 0.34, value);
    assert_true(value[METRIC_FPR_AT_TPR] == 0 && value[METRIC_TPR_AT_FPR] == 1);
}

static void test_ties_are_steps(void **state)
{
    (void)state;
    const double equal[] = {1, 1, 1, 1}, zeros[] = {0.0, -0.0, -1, 1};
    const uint8_t y[] = {0, 1, 0, 1};
    double value[METRIC_COUNT];
    judge_plain(equal, y, 4, 0.5, 0.5, value);
    assert_true(value[METRIC_AUC] == 0.5);
    assert_true(value[METRIC_FPR_AT_TPR] == 1); /* flagging one flags all */
    assert_true(value[METRIC_TPR_AT_FPR] == 0);
    judge_plain(zeros, y, 4, 0.5, 0.4, value);
    assert_true(value[METRIC_AUC] == 3.5 / 4); /* the two zeros tie */
    assert_true(value[METRIC_FPR_AT_TPR] == 0 && value[METRIC_TPR_AT_FPR] == 0.5);
}

static void test_perfect_and_reversed(void **state)
{
    (void)state;
    const double score[] = {INFINITY, 3, -2, -INFINITY};
    const uint8_t good[] = {1, 1, 0, 0}, bad[] = {0, 0, 1, 1};
    double value[METRIC_COUNT];
    judge_plain(score, good, 4, 1, 0, value);
    assert_true(value[METRIC_AUC] == 1 && value[METRIC_FPR_AT_TPR] == 0 && value[METRIC_TPR_AT_FPR] == 1);
    judge_plain(score, bad, 4, 0.1, 0.99, value);
    assert_true(value[METRIC_AUC] == 0 && value[METRIC_FPR_AT_TPR] == 1 && value[METRIC_TPR_AT_FPR] == 0);
    judge_plain(score, bad, 4, 0, 0, value);
    assert_true(value[METRIC_FPR_AT_TPR] == 0); /* nothing needs to be found */
    judge_plain(score, bad, 4, 0, 1, value);
    assert_true(value[METRIC_TPR_AT_FPR] == 1);
}

static void test_shares_that_doubles_cannot_hold(void **state)
{
    (void)state;
    double score[60], value[METRIC_COUNT];
    uint8_t y[60];
    for (size_t i = 0; i < 60; i++) {
        score[i] = -(double)i;
        y[i] = i < 27 || i >= 57; /* 27 of 30 malicious lines first: exactly 0.9 */
    }
    judge_plain(score, y, 60, 0.9, 0.0, value);
    assert_true(value[METRIC_FPR_AT_TPR] == 0);
    assert_true(value[METRIC_TPR_AT_FPR] == 27.0 / 30);
}

static void test_against_brute_force(void **state)
{
    (void)state;
    static struct made test, calibrate;
    struct arena *arena = arena_new();
    for (uint64_t round = 0; round < 400; round++) {
        double value[METRIC_COUNT], expected[METRIC_COUNT], threshold;
        struct error err;
        struct judge_params params = points(rng_unit(7, round, 0), rng_unit(7, round, 1) / 2);
        make(2 * round, &test);
        make(2 * round + 1, &calibrate);
        close_made(&test, test.set.n, round % 2 == 0);
        assert_true(judge(&test.scored, &calibrate.scored, &params, arena, value, &threshold, &err));
        brute_force(&test.scored, params.tpr, params.fpr, expected);
        assert_true(threshold == brute_threshold(&calibrate.scored, params.tpr));
        brute_at_threshold(&test.scored, threshold, params.daily_volume, expected);
        for (size_t m = 0; m < METRIC_COUNT; m++)
            assert_true(same(value[m], expected[m]));
    }
    arena_free(arena);
}

static void test_nothing_flagged_has_no_precision(void **state)
{
    (void)state;
    static struct made test, calibrate;
    struct judge_params params = points(0.9, 0.001);
    struct arena *arena = arena_new();
    double value[METRIC_COUNT], threshold;
    struct error err;
    make(0, &test);
    make(1, &calibrate);
    for (size_t i = 0; i < calibrate.set.n; i++)
        calibrate.score[i] += 1000;
    assert_true(judge(&test.scored, &calibrate.scored, &params, arena, value, &threshold, &err));
    assert_true(value[METRIC_FPR] == 0 && value[METRIC_TPR] == 0 && value[METRIC_ALARMS] == 0);
    assert_true(isnan(value[METRIC_PRECISION_3]) && isnan(value[METRIC_PRECISION_5]));
    memset(test.count, 0, sizeof test.count); /* a day without events */
    assert_true(judge(&test.scored, &calibrate.scored, &params, arena, value, &threshold, &err));
    assert_true(isnan(value[METRIC_ALARMS]));
    arena_free(arena);
}

static void test_what_cannot_be_judged(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const double score[] = {1, 2, NAN};
    const uint8_t class[][3] = {{0, 0, 0}, {1, 1, 1}, {0, 1, 1}};
    const struct {
        size_t class, n;
        enum error_code code;
    } cases[] = {{0, 2, ERROR_INPUT}, {1, 2, ERROR_INPUT}, {0, 0, ERROR_INPUT}, {2, 3, ERROR_NUMERIC}};
    struct judge_params params = points(0.9, 0.001);
    double value[METRIC_COUNT], threshold;
    struct judged good = {.n = 2, .y = class[2]};
    struct scored good_scored = {&good, score};
    for (size_t i = 0; i < 4; i++) {
        struct error err;
        struct judged set = {.n = cases[i].n, .y = class[cases[i].class]};
        struct scored scored = {&set, score};
        assert_false(judge(&scored, NULL, &params, arena, value, &threshold, &err));
        assert_int_equal(err.code, cases[i].code);
        assert_false(judge(&good_scored, &scored, &params, arena, value, &threshold, &err));
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(err.message, "calibrate"));
        assert_non_null(strstr(err.message, cases[i].code == ERROR_NUMERIC ? "line 2" : "both classes"));
    }
    arena_free(arena);
}

static void test_metrics_and_parameters(void **state)
{
    (void)state;
    struct judge_params params;
    params_default(judge_params_spec, &params);
    assert_true(params.tpr == 0.9 && params.fpr == 0.001 && params.daily_volume == 5e7 && params.bootstrap == 1000);
    assert_string_equal(params.cluster, "near");
    assert_string_equal(params.groups, "");
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        assert_true(metrics[m].name[0] != '\0' && metrics[m].unit[0] != '\0' && metrics[m].long_name[0] != '\0');
        assert_true(metrics[m].low == 0 && metrics[m].high == (m == METRIC_ALARMS ? INFINITY : 1));
        assert_int_equal(metrics[m].at_threshold, m >= METRIC_FPR);
        for (size_t other = 0; other < m; other++)
            assert_string_not_equal(metrics[m].name, metrics[other].name);
    }
}

static void test_area_under_time(void **state)
{
    (void)state;
    const double value[] = {1, 0.5, 0, NAN};
    assert_true(isnan(area_under_time(value, 0)) && isnan(area_under_time(value, 1)));
    assert_true(area_under_time(value, 2) == 0.75);
    assert_true(area_under_time(value, 3) == 0.5);
    assert_true(isnan(area_under_time(value, 4)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_ties_are_steps),
        cmocka_unit_test(test_perfect_and_reversed),
        cmocka_unit_test(test_shares_that_doubles_cannot_hold),
        cmocka_unit_test(test_against_brute_force),
        cmocka_unit_test(test_nothing_flagged_has_no_precision),
        cmocka_unit_test(test_what_cannot_be_judged),
        cmocka_unit_test(test_metrics_and_parameters),
        cmocka_unit_test(test_area_under_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
