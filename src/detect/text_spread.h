/* Median and spread of numbers that lie on many ranks. Medians of an even number are the lower of the middle two, so
 * they are numbers of the set, and the same for any distribution. */
#ifndef DETECT_TEXT_SPREAD_H
#define DETECT_TEXT_SPREAD_H

#include "comm/comm.h"
#include "support/hash.h"

struct spread {
    double median, mad; /* median absolute deviation from the median */
};

/* Of all ranks' values; {0, 0} if there are none. No NaN. Eight rounds of 256 counts. Collective. */
struct spread spread_all(const struct comm *comm, const double *value, size_t n, struct arena *arena);

struct group_value {
    struct hash128 group;
    double value; /* no NaN */
};

/* Of each group's values on all ranks: out[n_groups] answers this rank's `group`, {0, 0} if it has no value anywhere.
 * Values go to the rank that owns their group. Collective. */
void spread_groups(const struct comm *comm, const struct group_value *value, size_t n, const struct hash128 *group,
                   size_t n_groups, struct spread *out);

#endif
