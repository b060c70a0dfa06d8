/* Means over seeds and what they may be worth: intervals whose target is new seeds and new lines. */
#ifndef EVALUATE_ESTIMATE_H
#define EVALUATE_ESTIMATE_H

#include "evaluate/metric.h"
#include "support/arena.h"

enum { ESTIMATE_LEAST_SEEDS = 3, ESTIMATE_LEAST_CLUSTERS = 10, ESTIMATE_LEAST_RESAMPLES = 50 };

enum interval_state {
    INTERVAL_GIVEN,
    INTERVAL_NO_VALUE,      /* no seed has a value: the mean is NaN too */
    INTERVAL_FEW_SEEDS,     /* seeds with a value */
    INTERVAL_FEW_CLUSTERS,  /* effective ones */
    INTERVAL_FEW_RESAMPLES, /* those in which every seed with a value has one; also if they are not half of all */
    INTERVAL_NO_VARIATION   /* seeds and resamples all agree, or the mean is at a bound of a metric without the other */
};

struct estimate {
    double mean, low, high; /* 95 % interval; NaN where it is not given */
    size_t n_seeds;         /* that have a value */
    enum interval_state state;
};

/* One metric of one cell. value[n_seeds], NaN for a seed that has none; resample[n_seeds] -> [n_resamples] of the same
 * cluster draws (paired over seeds), not read for a seed without a value. n_clusters: effective number of the test
 * set's clusters of the class that varies most (the smaller one), and for metrics at a threshold of the calibrate
 * half's too. low, high: bounds of the metric; give the daily volume as `high` of alarms. The method, its sources and
 * its simulated coverage stand in src/evaluate/estimate.c. */
struct estimate estimate_mean(const double *value, const float *const *resample, size_t n_seeds, size_t n_resamples,
                              double n_clusters, double low, double high, struct arena *arena);
/* The same of value[i] - other[i], paired by seed and by cluster draw. A seed counts if it has both. */
struct estimate estimate_difference(const double *value, const float *const *resample, const double *other,
                                    const float *const *other_resample, size_t n_seeds, size_t n_resamples,
                                    double n_clusters, struct arena *arena);
/* Short text for a table's footnote: "fewer than 3 seeds", ... ; "" if given. */
const char *interval_state_text(enum interval_state state);

#endif
