/* One number for a distributed row set, equal for any partition of the rows. */
#ifndef COMM_DIGEST_H
#define COMM_DIGEST_H

#include "comm/comm.h"
#include "support/str.h"

/* Sum over rows of hash(row id, row bytes), then mixed with the number of rows. data[n_local * row_bytes]. On every
 * rank. */
uint64_t digest_rows(const struct comm *comm, const void *data, size_t row_bytes, const int64_t *row, size_t n_local);
uint64_t digest_strs(const struct comm *comm, const struct str *data, const int64_t *row, size_t n_local);

#endif
