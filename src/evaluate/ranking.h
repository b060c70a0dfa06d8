/* Lines of a judged set by falling score, cut into steps of equal score. */
#ifndef EVALUATE_RANKING_H
#define EVALUATE_RANKING_H

#include "evaluate/judge.h"

struct ranking {
    size_t n, n_steps;
    uint32_t *line; /* [n] by falling score, ties in the set's order */
    uint64_t *key;  /* [n] of line[i], rising: ~sort_key_f64(score) */
    uint32_t *end;  /* [n_steps] one past the last place of the step */
};

/* Fails on NaN scores and if a class is missing. */
MUST_CHECK bool ranking_make(const struct scored *scored, struct arena *arena, struct ranking *out, struct error *err);
/* How many lines have a score that is not below the threshold. */
size_t ranking_flagged(const struct ranking *ranking, double threshold);

/* The fewest of n lines that are a share of at least `share`, the most that are at most it. Shares are compared as
 * doubles: 27 of 30 is .9. */
uint32_t fewest_of(uint32_t n, double share);
uint32_t most_of(uint32_t n, double share);

#endif
