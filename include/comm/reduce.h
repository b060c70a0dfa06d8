/* Reductions whose result is the same for any number of ranks: integers and exact sums only. In place, result on all
 * ranks. */
#ifndef COMM_REDUCE_H
#define COMM_REDUCE_H

#include "comm/comm.h"
#include "support/exact.h"

void reduce_sum_i64(const struct comm *comm, int64_t *value, size_t n);
void reduce_min_i64(const struct comm *comm, int64_t *value, size_t n);
void reduce_max_i64(const struct comm *comm, int64_t *value, size_t n);
void reduce_max_f64(const struct comm *comm, double *value, size_t n); /* no NaN */
/* Sum of value over lower ranks (0 on rank 0). */
int64_t reduce_scan_i64(const struct comm *comm, int64_t value);
/* all[r] = value of rank r; all has comm_size entries, on every rank. */
void reduce_list_i64(const struct comm *comm, int64_t value, int64_t *all);

/* Sum over all ranks of the block partials added to acc, out[n] on every rank: bit-equal for any number of ranks and
 * any order. Ships three int64 lanes through plain MPI_SUM. Fails on all ranks if any partial was not finite or broke
 * the bound. */
MUST_CHECK bool exact_reduce(const struct comm *comm, const struct exact *acc, double *out, struct error *err);

#endif
