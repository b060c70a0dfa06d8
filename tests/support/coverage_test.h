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
    double seeds;    /* deviation by seeds, as a multiple of that by lines */
    double shift;    /* of malicious lines, in deviations of a line */
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
    const bool few = design->clusters < 200;
    if (!design->skewed)
        return few ? 4 : 1;
    return few ? 2 * skewed[k % ARRAY_LEN(skewed)] : skewed[k % ARRAY_LEN(skewed)];
}

static inline struct rng_state coverage_rng(uint64_t simulation, uint64_t what, uint64_t which)
{
    return rng_start(simulation, rng_stream("coverage", what, which), 0);
}

/* The sum of four uniform numbers is nearly normal and cheap; here: Box-Muller's half. */
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

static inline void coverage_arm(const struct coverage_design *design, uint64_t simulation, uint64_t which, uint64_t arm,
                                struct coverage_set *set)
{
    struct rng_state rng = coverage_rng(simulation, 2 + which, arm);
    double shared = 0;
    (void)design;
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
    double shift =
        design->shift - 0.1 * (double)arm + design->seeds * coverage_line_deviation(design) * coverage_normal(&rng);
    rng = coverage_rng(simulation, 5 + which, 100 * arm + seed);
    for (size_t i = 0; i < set->set.n; i++)
        set->score[i] = set->arm_part[i] + (set->set.y[i] ? shift : 0) + coverage_noise * coverage_normal(&rng);
}

/* value[arm][metric][seed]; resample[arm][metric][seed] -> [n_resamples], not made if n_resamples is 0. */
struct coverage_outcome {
    double value[COVERAGE_ARMS][METRIC_COUNT][COVERAGE_MOST_SEEDS];
    const float *resample[COVERAGE_ARMS][METRIC_COUNT][COVERAGE_MOST_SEEDS];
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
        coverage_arm(design, simulation, 0, arm, &test);
        coverage_arm(design, simulation, 1, arm, &calibrate);
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

/* The mean over new seeds and new lines: of many simulations with a seed each. truth[arm][metric]. */
static inline void coverage_truth(const struct coverage_design *design, size_t simulations, struct arena *arena,
                                  double truth[COVERAGE_ARMS][METRIC_COUNT])
{
    memset(truth, 0, COVERAGE_ARMS * sizeof *truth);
    for (size_t i = 0; i < simulations; i++) {
        struct arena_mark mark = arena_mark(arena);
        struct coverage_outcome outcome;
        coverage_simulate(design, 1000000 + i, 1, 0, arena, &outcome);
        for (size_t a = 0; a < COVERAGE_ARMS; a++)
            for (size_t m = 0; m < METRIC_COUNT; m++)
                truth[a][m] += outcome.value[a][m][0] / (double)simulations;
        arena_release(arena, mark);
    }
}

/* Intervals that hold the truth, and their widths: [seed counts][metrics], of arm 0's mean and of the difference. */
struct coverage_count {
    size_t n, mean[COVERAGE_SEED_COUNTS][COVERAGE_METRICS], difference[COVERAGE_SEED_COUNTS][COVERAGE_METRICS];
    double width[COVERAGE_SEED_COUNTS][COVERAGE_METRICS];
};

static inline void coverage_count(const struct coverage_design *design, uint64_t simulation, size_t most_seeds,
                                  size_t n_resamples, double truth[COVERAGE_ARMS][METRIC_COUNT], struct arena *arena,
                                  struct coverage_count *count)
{
    struct arena_mark mark = arena_mark(arena);
    struct coverage_outcome o;
    coverage_simulate(design, simulation, most_seeds, n_resamples, arena, &o);
    count->n++;
    for (size_t s = 0; s < COVERAGE_SEED_COUNTS && coverage_seeds[s] <= most_seeds; s++)
        for (size_t k = 0; k < COVERAGE_METRICS; k++) {
            const enum metric_id m = coverage_metrics[k];
            struct estimate e = estimate_mean(o.value[0][m], o.resample[0][m], coverage_seeds[s], n_resamples,
                                              o.effective, 0, 1, arena);
            struct estimate d = estimate_difference(o.value[0][m], o.resample[0][m], o.value[1][m], o.resample[1][m],
                                                    coverage_seeds[s], n_resamples, o.effective, arena);
            double gap = truth[0][m] - truth[1][m];
            count->mean[s][k] += e.low <= truth[0][m] && truth[0][m] <= e.high;
            count->difference[s][k] += d.low <= gap && gap <= d.high;
            count->width[s][k] += e.high - e.low;
        }
    arena_release(arena, mark);
}

#endif
