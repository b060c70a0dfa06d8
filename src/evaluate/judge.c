#include "evaluate/judge.h"

#include "tally.h"

#include <math.h>

const struct param_spec judge_params_spec[] = {
    PARAM_REAL(struct judge_params, tpr, 0.9, 0, 1,
               "share of malicious lines that must be found: for fpr_at_tpr and for the validation threshold"),
    PARAM_REAL(struct judge_params, fpr, 0.001, 0, 1, "share of benign lines that may be flagged, for tpr_at_fpr"),
    PARAM_REAL(struct judge_params, daily_volume, 50000000, 1, 1e15, "lines a day that false alarms are stated for"),
    PARAM_INT(struct judge_params, bootstrap, 1000, 0, 1000000,
              "resamples of clusters of lines; no intervals under 50"),
    PARAM_STRING(
        struct judge_params, cluster, "near",
        "what is resampled together: near (connected at cosine .8 within a class), line, or a field of the lines"),
    PARAM_STRING(struct judge_params, groups, "",
                 "comma-separated fields of the test lines that results are also given by"),
    PARAM_END,
};

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

/* Of flagged lines, if one line in `rarity` is malicious. */
static double precision(double fpr, double tpr, double rarity)
{
    double right = tpr, wrong = fpr * (rarity - 1);
    return right + wrong > 0 ? right / (right + wrong) : NAN;
}

/* A scored set under its draws. */
struct side {
    struct ranking ranking;
    struct pass pass;
    const struct draws *draws;
    const double *score;
};

struct judging {
    const struct judge_params *params;
    bool threshold; /* there is a calibrate half */
    struct side test, calibrate;
    const int64_t *count; /* [test lines] by place; NULL: alarms are not stated */
};

static bool side_make(const struct scored *scored, const struct draws *draws, struct arena *arena, struct side *out,
                      struct error *err)
{
    TRY(ranking_make(scored, arena, &out->ranking, err));
    out->draws = draws;
    out->pass = pass_make(&out->ranking, draws, arena);
    out->score = scored->score;
    return true;
}

static const int64_t *counts_by_place(const struct judged *set, const struct ranking *ranking, struct arena *arena)
{
    int64_t *count = ARENA_ARRAY(arena, int64_t, set->n);
    for (size_t i = 0; i < set->n; i++) {
        count[i] = set->count[ranking->line[i]];
        ASSERT(count[i] >= 0);
    }
    return count;
}

static bool judging_make(const struct scored *test, const struct draws *test_draws, const struct scored *calibrate,
                         const struct draws *calibrate_draws, const struct judge_params *params, struct arena *arena,
                         struct judging *out, struct error *err)
{
    *out = (struct judging){.params = params, .threshold = calibrate != NULL};
    TRY(side_make(test, test_draws, arena, &out->test, err));
    if (calibrate == NULL)
        return true;
    TRY(side_make(calibrate, calibrate_draws, arena, &out->calibrate, err) ||
        error_context(err, "the calibrate half of the validation set"));
    if (test->set->day)
        out->count = counts_by_place(test->set, &out->test.ranking, arena);
    return true;
}

/* threshold[LANES]: the highest scores of malicious lines that find a share tpr of them, one at least. */
static void find_thresholds(struct side *calibrate, size_t block, double tpr, double *threshold)
{
    uint32_t need[LANES], place[LANES] = {0};
    calibrate->pass.times = draws_block(calibrate->draws, block);
    for (size_t j = 0; j < LANES; j++) {
        need[j] = fewest_of(calibrate->draws->total[block][1][j], tpr);
        need[j] += need[j] == 0;
    }
    tally_cutoff(&calibrate->pass, need, place);
    for (size_t j = 0; j < LANES; j++)
        threshold[j] = calibrate->score[calibrate->ranking.line[place[j]]];
}

static void state_values(const struct tally *tally, size_t j, uint32_t benign, uint32_t malicious, bool threshold,
                         double *value)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        value[m] = NAN;
    if (benign == 0 || malicious == 0) /* a lane without a resample */
        return;
    value[METRIC_AUC] = (double)tally->twice_area[j] / 2 / (double)benign / (double)malicious;
    value[METRIC_FPR_AT_TPR] = share(tally->false_at_need[j], benign);
    value[METRIC_TPR_AT_FPR] = share(tally->true_at_allow[j], malicious);
    if (!threshold)
        return;
    double fpr = share(tally->false_flagged[j], benign), tpr = share(tally->true_flagged[j], malicious);
    value[METRIC_FPR] = fpr;
    value[METRIC_TPR] = tpr;
    value[METRIC_PRECISION_3] = precision(fpr, tpr, 1e3);
    value[METRIC_PRECISION_4] = precision(fpr, tpr, 1e4);
    value[METRIC_PRECISION_5] = precision(fpr, tpr, 1e5);
}

static void state_alarms(const struct judging *judging, const uint32_t *flagged, double (*value)[METRIC_COUNT])
{
    uint32_t all[LANES];
    uint64_t wrong[LANES], whole[LANES];
    for (size_t j = 0; j < LANES; j++)
        all[j] = (uint32_t)judging->test.pass.n;
    tally_counts(&judging->test.pass, judging->count, flagged, wrong);
    tally_counts(&judging->test.pass, judging->count, all, whole);
    for (size_t j = 0; j < LANES; j++)
        value[j][METRIC_ALARMS] = share(wrong[j], whole[j]) * judging->params->daily_volume;
}

/* value[LANES][METRIC_COUNT], threshold[LANES]: NaN without a calibrate half. */
static void judge_block(struct judging *judging, size_t block, double (*value)[METRIC_COUNT], double *threshold)
{
    struct side *test = &judging->test;
    uint32_t *benign = test->draws->total[block][0], *malicious = test->draws->total[block][1];
    struct tally tally = {.need = {0}};
    test->pass.times = draws_block(test->draws, block);
    for (size_t j = 0; j < LANES; j++) {
        threshold[j] = NAN;
        tally.need[j] = fewest_of(malicious[j], judging->params->tpr);
        tally.allow[j] = most_of(benign[j], judging->params->fpr);
    }
    if (judging->threshold)
        find_thresholds(&judging->calibrate, block, judging->params->tpr, threshold);
    for (size_t j = 0; judging->threshold && j < LANES; j++)
        tally.flagged[j] = (uint32_t)ranking_flagged(&test->ranking, threshold[j]);
    tally_lines(&test->pass, &tally);
    for (size_t j = 0; j < LANES; j++)
        state_values(&tally, j, benign[j], malicious[j], judging->threshold, value[j]);
    if (judging->count != NULL)
        state_alarms(judging, tally.flagged, value);
}

bool judge(const struct scored *test, const struct scored *calibrate, const struct judge_params *params,
           struct arena *arena, double *value, double *threshold, struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct draws draws = draws_plain(test->set, arena), calibrate_draws;
    struct judging judging;
    double of_lane[LANES][METRIC_COUNT], threshold_of_lane[LANES];
    if (calibrate != NULL)
        calibrate_draws = draws_plain(calibrate->set, arena);
    TRY(judging_make(test, &draws, calibrate, &calibrate_draws, params, arena, &judging, err));
    judge_block(&judging, 0, of_lane, threshold_of_lane);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        value[m] = of_lane[0][m];
    *threshold = threshold_of_lane[0];
    arena_release(arena, mark);
    return true;
}

bool judge_resamples(const struct scored *test, const struct draws *test_draws, const struct scored *calibrate,
                     const struct draws *calibrate_draws, const struct judge_params *params, struct arena *arena,
                     float *out, struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct judging judging;
    TRY(judging_make(test, test_draws, calibrate, calibrate_draws, params, arena, &judging, err));
    ASSERT(calibrate == NULL ||
           (calibrate_draws->n_resamples == test_draws->n_resamples && calibrate_draws->first == test_draws->first &&
            calibrate_draws->step == test_draws->step));
    size_t resample = test_draws->first;
    for (size_t block = 0; block < test_draws->n_blocks; block++) {
        double value[LANES][METRIC_COUNT], threshold[LANES];
        judge_block(&judging, block, value, threshold);
        for (size_t j = 0; j < LANES && resample < test_draws->n_resamples; j++, resample += test_draws->step)
            for (size_t m = 0; m < METRIC_COUNT; m++)
                out[m * test_draws->n_resamples + resample] = (float)value[j][m];
    }
    arena_release(arena, mark);
    return true;
}
