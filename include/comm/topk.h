/* The k best of a distributed set. A tree of merges: no rank ever holds more than O(k) foreign rows. */
#ifndef COMM_TOPK_H
#define COMM_TOPK_H

#include "comm/comm.h"

struct ranked {
    double score;
    int64_t row;    /* global row id */
    int32_t rank;   /* who owns it */
    uint32_t local; /* its index there */
};

struct ranked_list {
    size_t n;            /* min(k, rows in all) */
    struct ranked *item; /* best first: score falling, ties row rising; the same on every rank */
};

/* score[n_local] (no NaN: an error naming the row), row[n_local] unique over all ranks. Result in the arena. */
MUST_CHECK bool topk_best(const struct comm *comm, const double *score, const int64_t *row, size_t n_local, size_t k,
                          struct arena *arena, struct ranked_list *out, struct error *err);
/* The k rows with the lowest key, ties row rising: a uniform sample if key is a hash of the row. item.score is unused
 * (0). */
void topk_sample(const struct comm *comm, const uint64_t *key, const int64_t *row, size_t n_local, size_t k,
                 struct arena *arena, struct ranked_list *out);

#endif
