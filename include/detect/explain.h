/* Why is a row strange? Occlusion: each column in turn takes its typical value, the median over a sample of the rows,
 * and what the score loses is the column's share. Works for any detector that uses features. */
#ifndef DETECT_EXPLAIN_H
#define DETECT_EXPLAIN_H

#include "detect/detector.h"

struct contribution {
    size_t column;
    float value, typical;
    double fall; /* score minus the score with the typical value; negative: the column made the row look ordinary */
};

struct explanation {
    double score;
    int64_t n_rows, n_stranger;  /* rows of the day; those that score higher */
    size_t n;                    /* columns whose value is not typical; 0 for a featureless detector */
    struct contribution *column; /* [n] by fall, greatest first, ties column rising */
};

/* Fits the detector on the rows as detect_score does with the same seed, then explains `line`, which need not be among
 * them. Typical values come from at most 4,096 rows drawn by hash. The same on every rank. Collective. */
MUST_CHECK bool detect_explain(const struct comm *comm, const struct choice *detector, const struct rows *rows,
                               struct str line, uint64_t seed, struct arena *arena, struct explanation *out,
                               struct error *err);

#endif
