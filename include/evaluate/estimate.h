/* Means over seeds and what they may be worth: intervals whose target is new seeds and new lines. */
#ifndef EVALUATE_ESTIMATE_H
#define EVALUATE_ESTIMATE_H

#include "evaluate/metric.h"
#include "support/arena.h"

enum { ESTIMATE_LEAST_SEEDS = 3, ESTIMATE_LEAST_CLUSTERS = 10 };

enum interval_state { INTERVAL_GIVEN, INTERVAL_NO_VALUE, INTERVAL_FEW_SEEDS, INTERVAL_FEW_CLUSTERS };

struct estimate {
    double mean, low, high; /* 95 % interval; NaN where it is not given */
    size_t n_seeds;
    enum interval_state state;
};

/* One metric of one cell. value[n_seeds], resample[n_seeds] -> [n_resamples] of the same cluster draws (paired over
 * seeds). n_clusters: effective number of the test set's clusters of the class that varies most (the smaller one).
 * low, high: bounds of the metric. The method, its source and its simulated coverage stand in src/evaluate/estimate.c.
 */
struct estimate estimate_mean(const double *value, const float *const *resample, size_t n_seeds, size_t n_resamples,
                              double n_clusters, double low, double high, struct arena *arena);
/* The same of value[i] - other[i], paired by seed and by cluster draw. */
struct estimate estimate_difference(const double *value, const float *const *resample, const double *other,
                                    const float *const *other_resample, size_t n_seeds, size_t n_resamples,
                                    double n_clusters, struct arena *arena);
/* Short text for a table's footnote: "fewer than 3 seeds", ... ; "" if given. */
const char *interval_state_text(enum interval_state state);

#endif
