/* Cosine of a line to the nearest of the kept ones. Local and pure; a pair's cosine is the same number whatever was
 * computed beside it, since each product sum runs over the columns in order. */
#ifndef SELECT_NEAR_H
#define SELECT_NEAR_H

#include "support/arena.h"

/* Candidates are compared this many at a time, so that a row of the kept ones is read once for all of them. */
enum { NEAR_BATCH = 32 };

struct near {
    size_t n, d, capacity;
    float *row; /* [n * d], unit length or zero */
    struct arena *arena;
};

/* Up to NEAR_BATCH candidates, columns side by side, with the highest cosine seen so far. */
struct near_batch {
    float *packed;             /* [d * NEAR_BATCH] */
    float highest[NEAR_BATCH]; /* -1 at first */
};

/* To length 1 in place; a zero row stays zero (its cosine to anything is 0). */
void near_normalize(float *row, size_t d);
struct near near_start(size_t d, struct arena *arena);
void near_keep(struct near *near, const float *row);
struct near_batch near_batch_new(size_t d, struct arena *arena);
/* Takes rows[n * d], n <= NEAR_BATCH, and compares them to all kept rows. */
void near_compare(const struct near *near, const float *rows, size_t n, struct near_batch *batch);
/* Compares the batch to one more row. */
void near_compare_row(const struct near *near, const float *row, struct near_batch *batch);

#endif
