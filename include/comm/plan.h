/* Who owns which rows of a global, densely numbered row set: blocks dealt in turn. */
#ifndef COMM_PLAN_H
#define COMM_PLAN_H

#include "comm/comm.h"

struct plan {
    int64_t n_global, block; /* rows in all; rows of a whole block */
    int n_ranks, rank;       /* block b belongs to rank b mod n_ranks */
};

/* The plan of every prefix is a prefix of each rank's rows. block >= 1. Local: every rank computes the same plan. */
struct plan plan_dealt(const struct comm *comm, int64_t n_global, int64_t block);
size_t plan_count(const struct plan *plan); /* rows of this rank */
/* The i-th row of this rank, i < plan_count. */
int64_t plan_row(const struct plan *plan, size_t i);

#endif
