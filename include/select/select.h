/* Which lines are worth a label: each day's strangest, no line twice, near-duplicates removed, under a daily budget.
 * Days accumulate. The picks are the same on every rank and for any number of ranks; picks of a smaller budget on a
 * single day are a prefix of those of a larger one. */
#ifndef SELECT_SELECT_H
#define SELECT_SELECT_H

#include "features/rows.h"
#include "telemetry/day.h"

struct select_params {
    int64_t budget;        /* lines a day, if contamination is 0 */
    double contamination;  /* else this share of the day's unique lines, rounded up: scikit-learn's word for it */
    double near_threshold; /* a candidate whose embedding's cosine to a kept line (of any day) exceeds this is dropped;
                              1 keeps all */
    int64_t overfetch;     /* candidates fetched at first, as a multiple of the budget; doubled while it is not met */
};

extern const struct param_spec select_params_spec[];

struct pick {
    int32_t day; /* index of the day */
    int64_t row; /* its row in that day */
    double score;
    float nearest; /* highest cosine to a line kept before it; 0 if none */
    int64_t count; /* how often the line was seen that day */
    struct hash128 hash;
    struct str text;
    enum platform platform;
    enum truth truth; /* travels for the oracle backend only */
};

struct select_stats {
    int64_t budget;     /* of this day */
    int64_t candidates; /* looked at: repeated + near + kept */
    int64_t repeated;   /* dropped: canonical form already kept on another day, or excluded */
    int64_t near;       /* dropped: near-duplicate */
    int64_t kept;
};

struct selection; /* grows day by day; heap-owned memory lives in its own arena */

/* embedding: the feature set whose rows are compared (L2-normalised here). */
struct selection *selection_new(const struct select_params *params, const struct feature_set *embedding);
void selection_free(struct selection *selection); /* NULL-safe */
/* Lines of this canonical hash are never picked (they are in the baseline). Local: call alike on every rank. */
void selection_exclude(struct selection *selection, const struct hash128 *hash, size_t n);
/* Collective. score[lines->n]. Best first: score falling, row rising. Rank 0 decides near-duplicates, then all know. */
MUST_CHECK bool selection_add_day(const struct comm *comm, struct selection *selection, const struct lines *lines,
                                  const double *score, struct select_stats *stats, struct error *err);
size_t selection_count(const struct selection *selection);
const struct pick *selection_picks(const struct selection *selection); /* [count], days in order, best first in a day */
uint64_t selection_digest(const struct selection *selection);          /* local: picks are the same everywhere */

#endif
