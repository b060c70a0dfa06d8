/* Ways to lay n rows out over ranks, for tests whose result must not depend on it. */
#ifndef DEAL_H
#define DEAL_H

#include "comm/comm.h"
#include "support/rng.h"

enum deal { DEAL_IN_TURN, DEAL_ALL_ON_LAST, DEAL_ALL_ON_FIRST, DEAL_SCATTERED, DEAL_BACKWARDS, DEAL_COUNT };

static inline int deal_owner(enum deal deal, int64_t row, int n_ranks)
{
    switch (deal) {
    case DEAL_ALL_ON_LAST:
        return n_ranks - 1;
    case DEAL_ALL_ON_FIRST:
        return 0;
    case DEAL_SCATTERED:
        return (int)rng_below(99, 0, (uint64_t)row, (uint64_t)n_ranks);
    default:
        return (int)(row % n_ranks);
    }
}

/* This rank's rows in their local order, into row[n]; returns how many. */
static inline size_t deal_rows(const struct comm *comm, enum deal deal, size_t n, int64_t *row)
{
    size_t n_local = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t r = (int64_t)(deal == DEAL_BACKWARDS ? n - 1 - i : i);
        if (deal_owner(deal, r, comm_size(comm)) == comm_rank(comm))
            row[n_local++] = r;
    }
    return n_local;
}

#endif
