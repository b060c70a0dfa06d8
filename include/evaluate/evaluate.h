/* How well scores separate malicious (1) from benign (0) rows. Plain arrays in, numbers out; no MPI, no models.
 * Ties are steps: rows of equal score cross a threshold together. */
#ifndef EVALUATE_EVALUATE_H
#define EVALUATE_EVALUATE_H

#include "support/arena.h"
#include "support/error.h"
#include "support/param.h"

struct metrics {
    double auc;        /* Mann-Whitney: P(score of a malicious row > of a benign one) + half of ties (Fawcett 2006) */
    double fpr_at_tpr; /* lowest FPR of a threshold whose TPR is at least tpr */
    double tpr_at_fpr; /* highest TPR of a threshold whose FPR is at most fpr */
};

enum { METRIC_AUC, METRIC_FPR_AT_TPR, METRIC_TPR_AT_FPR, METRIC_COUNT };
static inline double metric_value(const struct metrics *m, int which)
{
    return which == METRIC_AUC ? m->auc : which == METRIC_FPR_AT_TPR ? m->fpr_at_tpr : m->tpr_at_fpr;
}

struct evaluate_params {
    double tpr, fpr;     /* the operating points */
    double daily_volume; /* lines a day that false alarms are stated for */
    int64_t bootstrap;   /* resamples */
};

extern const struct param_spec evaluate_params_spec[];

/* score[n] (no NaN), y[n]. Fails if a class is missing. */
MUST_CHECK bool evaluate(const double *score, const uint8_t *y, size_t n, const struct evaluate_params *params,
                         struct arena *arena, struct metrics *out, struct error *err);
/* out[params->bootstrap]: metrics of stratified resamples (each class with replacement, its own size). Resample i is a
 * function of (seed, i) and the rows' order alone, so two score vectors of the same rows are resampled alike:
 * differences are paired. */
MUST_CHECK bool evaluate_bootstrap(const double *score, const uint8_t *y, size_t n,
                                   const struct evaluate_params *params, uint64_t seed, struct arena *arena,
                                   struct metrics *out, struct error *err);
/* Percentile interval at `level` (0.95) of value[n]: linear interpolation between order statistics. Reorders value. */
void evaluate_interval(double *value, size_t n, double level, double *low, double *high);

#endif
