/* Trees of an isolation forest (Liu, Ting and Zhou, ICDM 2008), laid out for scoring. Local: no other ranks here.
 *
 * Values are compared as uint32 keys that order as the floats do (-0 equals 0). A tree is complete, of one depth for
 * all, and breadth-first from node 1: node k has children 2k and 2k + 1, and a row goes to 2k + 1 if its key is greater
 * than the node's. A leaf that came early has its path length copied to all places below it. */
#ifndef DETECT_FOREST_H
#define DETECT_FOREST_H

#include "support/arena.h"

enum {
    FOREST_TOP = 4,    /* levels that scoring takes at once: no tree has fewer places */
    FOREST_LANES = 64, /* most rows scored at a time */
};

struct forest {
    size_t trees, d;
    size_t limit;     /* of the depth */
    size_t depth;     /* of the layout: limit, but at least FOREST_TOP */
    size_t lanes;     /* rows scored at a time */
    double normal;    /* mean path length in a random tree over the sample: c(n) */
    uint32_t *offset; /* [trees << depth] column * lanes; entry 0 of each tree is unused, as in key */
    uint32_t *key;    /* [trees << depth] */
    float *path;      /* [trees << depth] path length of the leaf */
};

static inline uint32_t forest_key(float value)
{
    union {
        float real;
        uint32_t bits;
    } view = {.real = value + 0.0F};
    return view.bits ^ ((uint32_t)((int32_t)view.bits >> 31) | UINT32_C(0x80000000));
}

/* Mean path length of an unsuccessful search in a binary search tree of n keys. */
double forest_mean_path(size_t n);
/* An empty forest for samples of `sample` >= 1 rows: limit ceil(log2(sample)). */
struct forest forest_new(size_t trees, size_t sample, size_t d, struct arena *arena);
/* Grows tree t on x[n * d]. Columns and thresholds depend on seed, t and the set of rows only, not on their order. */
void forest_grow(struct forest *forest, size_t t, const float *x, size_t n, uint64_t seed, struct arena *arena);
/* out[n] = 2^(-mean path / c(sample)), in (0, 1), higher = stranger; 0.5 if a sample had one row. Any floats are
 * allowed. */
void forest_score(const struct forest *forest, const float *x, size_t n, double *out);

#endif
