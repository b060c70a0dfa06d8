/* Who owns which rows of a global, densely numbered row set: contiguous ranges that never split a block, or blocks
 * dealt in turn. */
#ifndef COMM_PLAN_H
#define COMM_PLAN_H

#include "comm/comm.h"

struct plan {
    int64_t n_global, block; /* rows in all; rows of a whole block */
    int n_ranks, rank;
    int64_t *first; /* [n_ranks + 1]: rank r owns rows first[r] .. first[r + 1] - 1; every first is a multiple of block
                       or n_global. NULL: block b belongs to rank b mod n_ranks */
};

/* Whole blocks dealt evenly, earlier ranks get the odd ones. Local: every rank computes the same plan. block >= 1. */
struct plan plan_even(const struct comm *comm, int64_t n_global, int64_t block, struct arena *arena);
/* Block b on rank b mod n_ranks: the plan of every prefix is a prefix of each rank's rows. Local. */
struct plan plan_dealt(const struct comm *comm, int64_t n_global, int64_t block);
int plan_owner(const struct plan *plan, int64_t row); /* 0 <= row < n_global */
size_t plan_count(const struct plan *plan);           /* rows of this rank */
/* The i-th row of this rank, i < plan_count. */
int64_t plan_row(const struct plan *plan, size_t i);
/* First row of a plan of ranges. */
static inline int64_t plan_first(const struct plan *plan)
{
    return plan->first[plan->rank];
}

#endif
