/* A made-up two-way design: seeds x lines in clusters -> scores of two arms -> judge, judge_resamples -> estimate. How
 * often do the intervals hold the mean over new seeds and new sets of lines?
 *
 * The score of a line under an arm and a seed is a sum of normal parts: the class (shift, moved by the seed and arm),
 * the cluster, the line, the cluster as the arm sees it, the line as the arm sees it, the line as the seed sees it. */
#ifndef COVERAGE_TEST_H
#define COVERAGE_TEST_H

#include "evaluate/estimate.h"
#include "evaluate/judge.h"
#include "support/rng.h"

#include <math.h>

enum { COVERAGE_ARMS = 2, COVERAGE_MOST_SEEDS = 20, COVERAGE_SEED_COUNTS = 4, COVERAGE_METRICS = 4 };
static const size_t coverage_seeds[COVERAGE_SEED_COUNTS] = {3, 5, 10, 20};
static const enum metric_id coverage_metrics[COVERAGE_METRICS] = {METRIC_AUC, METRIC_FPR, METRIC_TPR,
                                                                  METRIC_FPR_AT_TPR};

struct coverage_design {
    size_t clusters; /* effective, of each class and set */
    bool skewed;     /* sizes of 1, 1, 1, 1, 2 and 4 in turn; else all of one size */
    double seeds;    /* deviation of the classes' distance by seeds, as a multiple of that by lines; at most .7 */
    double shift;    /* of malicious lines; a line's score has a deviation of about 1 */
};

/* Lines of one simulation: a test set and a calibrate half. */
struct coverage_set {
    struct judged set;
    double *part, *score; /* [n] what all arms share; of one arm and seed */
    double *arm_part;     /* [n] */
    double effective;     /* clusters of the smaller class */
};

static inline size_t coverage_size(const struct coverage_design *design, size_t k)
{
    static const size_t skewed[] = {1, 1, 1, 1, 2, 4};
    const bool many = design->clusters >= 500; /* fewer lines each, for time's sake */
    if (design->skewed)
        return skewed[k % ARRAY_LEN(skewed)] * (many ? 1 : 2);
    return many ? 1 : 4;
}

static inline struct rng_state coverage_rng(uint64_t simulation, uint64_t what, uint64_t which)
{
    return rng_start(simulation, rng_stream("coverage", what, which), 0);
}

static inline double coverage_normal(struct rng_state *rng)
{
    double radius = sqrt(-2 * log(rng_next_unit(rng) + 0x1p-53));
    return radius * cos(6.283185307179586 * rng_next_unit(rng));
}

static const double coverage_cluster = 0.45, coverage_line = 0.75, coverage_arm_cluster = 0.3, coverage_arm_line = 0.3,
                    coverage_noise = 0.2;

/* Deviation of the difference of class means by lines. */
static inline double coverage_line_deviation(const struct coverage_design *design)
{
    double size = (double)coverage_size(design, 0);
    double shared = coverage_cluster * coverage_cluster + coverage_arm_cluster * coverage_arm_cluster;
    double own = coverage_line * coverage_line + coverage_arm_line * coverage_arm_line;
    return sqrt(2 * (shared + own / size) / (double)design->clusters);
}

static inline void coverage_lines(const struct coverage_design *design, uint64_t simulation, uint64_t which,
                                  struct arena *arena, struct coverage_set *out)
{
    /* six clusters of 10 lines are 100 / 24 effective ones */
    size_t n_clusters = design->skewed ? (design->clusters * 144 + 99) / 100 : design->clusters, n = 0;
    size_t room = 2 * n_clusters * 8;
    uint8_t *y = ARENA_ARRAY(arena, uint8_t, room);
    uint32_t *cluster = ARENA_ARRAY(arena, uint32_t, room);
    struct rng_state rng = coverage_rng(simulation, 1, which);
    out->part = ARENA_ARRAY(arena, double, room);
    out->arm_part = ARENA_ARRAY(arena, double, room);
    out->score = ARENA_ARRAY(arena, double, room);
    for (uint8_t c = 0; c < 2; c++)
        for (size_t k = 0; k < n_clusters; k++) {
            if (which == 1 && c == 0 && k > 0)
                break; /* a threshold asks for malicious lines only */
            double shared = coverage_cluster * coverage_normal(&rng);
            for (size_t i = 0; i < coverage_size(design, k); i++, n++) {
                y[n] = c;
                cluster[n] = (uint32_t)(k + c * n_clusters);
                out->part[n] = shared + coverage_line * coverage_normal(&rng);
            }
        }
    out->set = (struct judged){.n = n, .y = y, .cluster = cluster};
    out->effective = judged_clusters(&out->set, 1, arena);
}

static inline void coverage_arm(uint64_t simulation, uint64_t which, uint64_t arm, struct coverage_set *set)
{
    struct rng_state rng = coverage_rng(simulation, 2 + which, arm);
    double shared = 0;
    for (size_t i = 0; i < set->set.n; i++) {
        if (i == 0 || set->set.cluster[i] != set->set.cluster[i - 1])
            shared = coverage_arm_cluster * coverage_normal(&rng);
        set->arm_part[i] = set->part[i] + shared + coverage_arm_line * coverage_normal(&rng);
    }
}

static inline void coverage_score(const struct coverage_design *design, uint64_t simulation, uint64_t which,
                                  uint64_t arm, uint64_t seed, struct coverage_set *set)
{
    struct rng_state rng = coverage_rng(simulation, 4, 100 * arm + seed);
    double by_seed = fmin(0.7, design->seeds * coverage_line_deviation(design));
    double shift = design->shift - 0.1 * (double)arm + by_seed * coverage_normal(&rng);
    rng = coverage_rng(simulation, 5 + which, 100 * arm + seed);
    for (size_t i = 0; i < set->set.n; i++)
        set->score[i] = set->arm_part[i] + (set->set.y[i] ? shift : 0) + coverage_noise * coverage_normal(&rng);
}

struct coverage_outcome {
    double value[COVERAGE_ARMS][METRIC_COUNT][COVERAGE_MOST_SEEDS];
    const float *resample[COVERAGE_ARMS][METRIC_COUNT][COVERAGE_MOST_SEEDS]; /* -> [n_resamples] */
    double effective;
};

static inline void coverage_simulate(const struct coverage_design *design, uint64_t simulation, size_t n_seeds,
                                     size_t n_resamples, struct arena *arena, struct coverage_outcome *out)
{
    static const struct judge_params params = {.tpr = 0.9, .fpr = 0.05, .daily_volume = 1};
    struct coverage_set test, calibrate;
    struct error err;
    coverage_lines(design, simulation, 0, arena, &test);
    coverage_lines(design, simulation, 1, arena, &calibrate);
    struct draws *draws = draws_make(&test.set, 2 * simulation, n_resamples, 0, 1, arena);
    struct draws *other = draws_make(&calibrate.set, 2 * simulation + 1, n_resamples, 0, 1, arena);
    struct scored scored = {&test.set, test.score}, threshold_of = {&calibrate.set, calibrate.score};
    out->effective = test.effective;
    for (uint64_t arm = 0; arm < COVERAGE_ARMS; arm++) {
        coverage_arm(simulation, 0, arm, &test);
        coverage_arm(simulation, 1, arm, &calibrate);
        for (uint64_t seed = 0; seed < n_seeds; seed++) {
            double value[METRIC_COUNT], threshold;
            float *resample = ARENA_ARRAY(arena, float, METRIC_COUNT *n_resamples);
            coverage_score(design, simulation, 0, arm, seed, &test);
            coverage_score(design, simulation, 1, arm, seed, &calibrate);
            bool ok = judge(&scored, &threshold_of, &params, arena, value, &threshold, &err) &&
                      judge_resamples(&scored, draws, &threshold_of, other, &params, arena, resample, &err);
            ASSERT(ok);
            for (size_t m = 0; m < METRIC_COUNT; m++) {
                out->value[arm][m][seed] = value[m];
                out->resample[arm][m][seed] = resample + m * n_resamples;
            }
        }
    }
}

/* Intervals of all simulations of a design, for one count of seeds and one metric: of arm 0, and of arm 0 - arm 1. */
struct coverage_cell {
    double *low[COVERAGE_ARMS], *high[COVERAGE_ARMS]; /* [n] */
};

struct coverage_run {
    size_t n;
    struct coverage_cell cell[COVERAGE_SEED_COUNTS][COVERAGE_METRICS];
    double truth[COVERAGE_METRICS]
                [COVERAGE_ARMS]; /* means over all simulations and seeds: of arm 0, of the difference */
};

static inline void coverage_estimate(const struct coverage_outcome *outcome, size_t n_seeds, size_t n_resamples,
                                     size_t k, size_t i, struct arena *arena, struct coverage_cell *cell)
{
    enum metric_id m = coverage_metrics[k];
    const double *value[COVERAGE_ARMS] = {outcome->value[0][m], outcome->value[1][m]};
    const float *const *resample[COVERAGE_ARMS] = {outcome->resample[0][m], outcome->resample[1][m]};
    struct estimate estimate[COVERAGE_ARMS] = {estimate_mean(value[0], resample[0], n_seeds, n_resamples,
                                                             outcome->effective, metrics[m].low, metrics[m].high,
                                                             arena),
                                               estimate_difference(value[0], resample[0], value[1], resample[1],
                                                                   n_seeds, n_resamples, outcome->effective, arena)};
    for (size_t a = 0; a < COVERAGE_ARMS; a++) {
        cell->low[a][i] = estimate[a].low;
        cell->high[a][i] = estimate[a].high;
    }
}

/* n simulations of the first n_counts counts of seeds. */
static inline void coverage_all(const struct coverage_design *design, uint64_t seed, size_t n, size_t n_counts,
                                size_t n_resamples, struct arena *arena, struct coverage_run *run)
{
    size_t most = coverage_seeds[n_counts - 1];
    *run = (struct coverage_run){.n = n};
    for (size_t s = 0; s < n_counts; s++)
        for (size_t k = 0; k < COVERAGE_METRICS; k++)
            for (size_t a = 0; a < COVERAGE_ARMS; a++) {
                run->cell[s][k].low[a] = ARENA_ARRAY(arena, double, n);
                run->cell[s][k].high[a] = ARENA_ARRAY(arena, double, n);
            }
    for (size_t i = 0; i < n; i++) {
        struct arena_mark mark = arena_mark(arena);
        struct coverage_outcome outcome;
        coverage_simulate(design, rng_stream("simulation", seed, i), most, n_resamples, arena, &outcome);
        for (size_t k = 0; k < COVERAGE_METRICS; k++) {
            for (size_t s = 0; s < n_counts; s++)
                coverage_estimate(&outcome, coverage_seeds[s], n_resamples, k, i, arena, &run->cell[s][k]);
            const double(*value)[METRIC_COUNT][COVERAGE_MOST_SEEDS] =
                (const double(*)[METRIC_COUNT][COVERAGE_MOST_SEEDS])outcome.value;
            for (size_t j = 0; j < most; j++) {
                double first = value[0][coverage_metrics[k]][j], second = value[1][coverage_metrics[k]][j];
                run->truth[k][0] += first / (double)(n * most);
                run->truth[k][1] += (first - second) / (double)(n * most);
            }
        }
        arena_release(arena, mark);
    }
}

/* Share of simulations whose interval (of arm 0, or of the difference) holds the truth; one without an interval does
 * not. *width: mean of the intervals. */
static inline double coverage_of(const struct coverage_run *run, size_t s, size_t k, size_t a, double *width)
{
    const struct coverage_cell *cell = &run->cell[s][k];
    double truth = run->truth[k][a], held = 0, sum = 0, given = 0;
    for (size_t i = 0; i < run->n; i++) {
        held += cell->low[a][i] <= truth && truth <= cell->high[a][i];
        if (isnan(cell->low[a][i]))
            continue;
        sum += cell->high[a][i] - cell->low[a][i];
        given++;
    }
    *width = given > 0 ? sum / given : NAN;
    return held / (double)run->n;
}

#endif
