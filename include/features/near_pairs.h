/* Clusters of near-duplicates of a set of lines of known class: connected components of pairs of one class whose cosine
 * reaches a threshold. */
#ifndef FEATURES_NEAR_PAIRS_H
#define FEATURES_NEAR_PAIRS_H

#include "features/rows.h"

/* lines: this rank's share; their row ids are 0 .. n_global - 1, each on one rank. y[lines->n]: their classes, 0 or 1.
 * cluster[n_global], on every rank: the lowest line number of the line's component. A line without features (a row of
 * zeros) is near to none. threshold: above 0. A set that learns and has not yet, learns from these lines; one that
 * fetches, fetches for them. The same for any number of ranks and any distribution of the lines.
 *
 * Work n_global^2 * d / ranks; memory beyond the result 3 * 4 * d bytes a line of a rank's share and 12 a line of all.
 * Collective; fails on all ranks or on none. */
MUST_CHECK bool near_clusters(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                              const uint8_t *y, int64_t n_global, double threshold, struct arena *arena,
                              uint32_t *cluster, struct error *err);

#endif
