/* A classifier's scores on a test set -> metrics, and the same on resamples of clusters of lines. Plain arrays in,
 * numbers out; no MPI, no models. Ties are steps: rows of equal score cross a threshold together. */
#ifndef EVALUATE_JUDGE_H
#define EVALUATE_JUDGE_H

#include "evaluate/metric.h"
#include "support/arena.h"
#include "support/error.h"
#include "support/param.h"

struct judge_params {
    double tpr, fpr;     /* the operating points */
    double daily_volume; /* lines a day that false alarms are stated for */
    int64_t bootstrap;   /* resamples */
    const char *cluster; /* what is resampled together: "near" (connected at cosine .8 in a class), "line", or the name
                            of a field of the lines; judged by the caller */
    const char *groups;  /* comma-separated fields of the test lines that results are also given by; "": none */
};

extern const struct param_spec judge_params_spec[];

/* A set of lines of known class, whole on this rank: 8 bytes a score and what is below. */
struct judged {
    size_t n;
    const uint8_t *y;        /* [n] 0 benign, 1 malicious */
    const int64_t *count;    /* [n] how often each line occurs; used if `day` */
    const uint32_t *cluster; /* [n] cluster of the line, any numbers; lines of two classes are never one cluster */
    bool day;                /* state alarms */
};

/* (sum of sizes)^2 / (sum of squared sizes) of the clusters of class c: how many equal clusters would vary as much. */
double judged_clusters(const struct judged *set, uint8_t c, struct arena *arena);

/* Scores that are compared to a threshold: a validation set's calibrate half. NULL: no threshold. */
struct scored {
    const struct judged *set;
    const double *score; /* [set->n], no NaN */
};

/* value[METRIC_COUNT]; *threshold: the highest score that finds at least params->tpr of the calibrate half's malicious
 * lines, and at least one (a line is flagged if its score is not below it), NaN without a calibrate half. Fails on NaN
 * scores or a missing class. */
MUST_CHECK bool judge(const struct scored *test, const struct scored *calibrate, const struct judge_params *params,
                      struct arena *arena, double *value, double *threshold, struct error *err);

/* How often each cluster of a set is drawn in resamples first, first + step, ... (the share of one rank): a function of
 * (seed, resample) and the set's lines alone, so that scores of the same set are resampled alike and differences are
 * paired. Each class keeps its number of clusters. Sets that are judged together take different seeds, else their k-th
 * clusters would be drawn alike. */
struct draws;
struct draws *draws_make(const struct judged *set, uint64_t seed, size_t n_resamples, size_t first, size_t step,
                         struct arena *arena);
/* The metrics of those resamples: out[METRIC_COUNT][n_resamples], only places first, first + step, ... are written. The
 * calibrate half is resampled too, and the threshold found anew. A resample without what a metric needs gives NaN. */
MUST_CHECK bool judge_resamples(const struct scored *test, const struct draws *test_draws,
                                const struct scored *calibrate, const struct draws *calibrate_draws,
                                const struct judge_params *params, struct arena *arena, float *out, struct error *err);

/* FPR and TPR at a threshold, and AUC, of the lines whose group[i] is g: results by group. NaN where a class is
 * missing.
 */
struct group_value {
    int64_t n_benign, n_malicious;
    double fpr, tpr, auc;
};
void judge_groups(const struct scored *test, double threshold, const uint32_t *group, size_t n_groups,
                  struct arena *arena, struct group_value *out);

/* Area under a metric over periods in order of time, trapezoid, divided by the number of steps: AUT of Pendlebury et
 * al. (TESSERACT, USENIX Security 2019). n >= 2, else NaN. */
double area_under_time(const double *value, size_t n);

#endif
