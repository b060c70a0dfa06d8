/* Which lines of a set are alike: connected components at a cosine of their embeddings. */
#ifndef FEATURES_NEAR_PAIRS_H
#define FEATURES_NEAR_PAIRS_H

#include "features/rows.h"

/* lines: this rank's share of a set of n_global lines, row numbers 0 .. n_global - 1; y[lines->n]: their classes. Lines
 * of one class whose L2-normalised rows have a cosine of at least `threshold` are joined, and so on through others.
 * cluster[n_global], on every rank: the lowest line number of its component. The same for any number of ranks: each
 * cosine is summed column after column. Every rank compares its lines to blocks of the others': n_global^2 / 2 pairs
 * over all ranks, memory of its own rows and one block. Collective. */
MUST_CHECK bool near_clusters(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                              const uint8_t *y, int64_t n_global, double threshold, struct arena *arena,
                              uint32_t *cluster, struct error *err);

#endif
