/* Places of distributed rows in one order, without any rank seeing all of them. */
#ifndef COMM_ORDER_H
#define COMM_ORDER_H

#include "comm/comm.h"

/* place[i]: how many rows of all ranks come before this rank's row[i], by key rising, ties row rising. row[n] unique
 * over all ranks, key[n] NULL: all equal. Memory: about 100 bytes a row of this rank. Collective. */
void order_places(const struct comm *comm, const uint64_t *key, const int64_t *row, size_t n, struct arena *arena,
                  int64_t *place);

#endif
