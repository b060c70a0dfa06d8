/* Which lines are worth a label: each day's strangest, no line twice, near-duplicates removed, under a daily budget.
 * Days accumulate. Picks are the same for any number of ranks; picks of a smaller budget on a single day are a prefix
 * of those of a larger one. Memory is divided by ranks: pick k of a day lies on the rank of its block, (k / PICK_BLOCK)
 * mod ranks. */
#ifndef SELECT_SELECT_H
#define SELECT_SELECT_H

#include "comm/keyset.h"
#include "features/rows.h"

enum { PICK_BLOCK = 64 };

struct select_params {
    int64_t budget;        /* lines a day, if contamination is 0 */
    double contamination;  /* else this share of the day's unique lines, rounded up: scikit-learn's word for it */
    double near_threshold; /* a candidate whose embedding's cosine to a kept line (of any day) exceeds this is dropped;
                              1 keeps all */
    int64_t overfetch;     /* candidates fetched at first, as a multiple of the budget; doubled while it is not met */
};

extern const struct param_spec select_params_spec[];

struct pick {
    int32_t day;   /* index of the day */
    int64_t place; /* its place among the picks of its day, best first */
    int64_t row;   /* its row in that day */
    double score;
    float nearest;           /* highest cosine to a line kept before it; 0 if none */
    int64_t count;           /* how often the line was seen that day */
    struct hash128 id, hash; /* which line it is; what it belongs to, by which lines are excluded */
    struct str text;
    uint16_t tag; /* of the line view */
};

struct select_stats {
    int64_t budget;     /* of this day */
    int64_t candidates; /* looked at: repeated + near + kept */
    int64_t repeated;   /* dropped: canonical form already kept on another day, or excluded */
    int64_t near;       /* dropped: near-duplicate */
    int64_t kept;
};

struct selection; /* grows day by day; heap-owned memory lives in its own arena */

/* embedding: the feature set whose rows are compared (L2-normalised here). excluded: canonical hashes that are never
 * picked, shared by selections, or NULL. Local; call alike on every rank. */
struct selection *selection_new(const struct comm *comm, const struct select_params *params,
                                const struct feature_set *embedding, const struct keyset *excluded);
void selection_free(struct selection *selection); /* NULL-safe; local */
/* score[lines->n]. Best first: score falling, row rising. Between days only texts and numbers are kept: embeddings of
 * kept lines are made again. Collective. */
MUST_CHECK bool selection_add_day(const struct comm *comm, struct selection *selection, const struct line_view *lines,
                                  const double *score, struct select_stats *stats, struct error *err);
/* A day whose picks are known from before: pick[n] are this rank's, by place rising, copied. Collective. */
void selection_restore_day(const struct comm *comm, struct selection *selection, const struct pick *pick, size_t n,
                           int64_t n_global);
size_t selection_days(const struct selection *selection);                   /* local */
int64_t selection_day_count(const struct selection *selection, size_t day); /* over all ranks; local */
/* This rank's picks of a day, place rising. Local. */
const struct pick *selection_day_picks(const struct selection *selection, size_t day, size_t *n);
uint64_t selection_digest(const struct comm *comm,
                          const struct selection *selection); /* the same for any number of ranks */

#endif
