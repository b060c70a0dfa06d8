/* The numbers a classifier is judged by, one row each. A table of a sweep, a result file and the bootstrap loop over
 * them. */
#ifndef EVALUATE_METRIC_H
#define EVALUATE_METRIC_H

#include "support/base.h"

enum metric_id {
    METRIC_AUC,         /* Mann-Whitney: P(score of a malicious row > of a benign one) + half of ties (Fawcett 2006) */
    METRIC_FPR_AT_TPR,  /* read off the test's own curve: lowest FPR of a threshold whose TPR is at least tpr */
    METRIC_TPR_AT_FPR,  /* read off the test's own curve: highest TPR of a threshold whose FPR is at most fpr */
    METRIC_FPR,         /* at the validation threshold; NaN without a validation set, as all below */
    METRIC_TPR,         /* at the validation threshold */
    METRIC_PRECISION_3, /* at the validation threshold, one malicious line in 1e3; NaN where nothing is flagged */
    METRIC_PRECISION_4,
    METRIC_PRECISION_5,
    METRIC_ALARMS, /* false alarms a day at the validation threshold, lines weighed by how often they occur; NaN for
                      tests that are not a day */
    METRIC_COUNT
};

struct metric {
    const char *name;      /* "fpr_at_tpr": name of arrays in result files */
    const char *unit;      /* "1", "lines/day" */
    const char *long_name; /* one line for people and files */
    bool lower_is_better;
    bool at_threshold; /* needs a validation set */
    double low, high;  /* what it can be: [0, 1], or [0, infinity) */
};

extern const struct metric metrics[METRIC_COUNT];

#endif
