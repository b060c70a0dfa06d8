/* The steps of a ROC curve: scores ranked once, falling, equal scores as one group. */
#ifndef EVALUATE_ROC_H
#define EVALUATE_ROC_H

#include "evaluate/evaluate.h"

struct ranking {
    size_t n_groups;    /* distinct scores, highest first */
    size_t n_class[2];  /* benign, malicious rows */
    uint32_t *group[2]; /* [n_class[c]] the group of each row of class c, in row order */
};

/* Fails on NaN or a missing class. */
MUST_CHECK bool ranking_make(const double *score, const uint8_t *y, size_t n, struct arena *arena, struct ranking *out,
                             struct error *err);
/* count[c][g]: rows of class c in group g; they sum to n_class[c]. */
struct metrics ranking_metrics(const struct ranking *ranking, uint32_t *const count[2],
                               const struct evaluate_params *params);

#endif
