/* Detectors side by side, brought together by the ranks of their best rows. */
#ifndef DETECT_ENSEMBLE_H
#define DETECT_ENSEMBLE_H

#include "detect/detector.h"

struct ensemble_params {
    const char *members; /* names of detectors, parted by commas */
    int64_t depth;
};

extern const struct param_spec ensemble_specs[];

struct ensemble {
    size_t members, n; /* n: rows of this rank */
    int64_t *rank;     /* [n * members] from 1, best first (score falling, ties row rising); depth + 1 for all rows
                          below the `depth` best */
};

/* Fits and scores each member with its usual parameters and a seed of its own, drawn by name, so that a member's ranks
 * do not depend on the others. Collective. */
MUST_CHECK bool ensemble_fit(const struct comm *comm, const struct rows *rows, const struct ensemble_params *params,
                             uint64_t seed, struct arena *arena, struct ensemble **out, struct error *err);

#endif
