/* Rows brought together. Any total size. */
#ifndef COMM_GATHER_H
#define COMM_GATHER_H

#include "comm/comm.h"
#include "comm/plan.h"
#include "comm/topk.h"
#include "support/str.h"

/* The records of the listed rows on every rank, out[list->n * record_bytes], in list order. local_records is this
 * rank's array, indexed by ranked.local. */
void gather_listed(const struct comm *comm, const struct ranked_list *list, const void *local_records,
                   size_t record_bytes, void *out, struct arena *arena);
/* The same for strings: out[list->n] point into the arena. */
void gather_listed_str(const struct comm *comm, const struct ranked_list *list, const struct str *local,
                       struct str *out, struct arena *arena);
/* All ranks' records on `root`, in rank order; *out_n is 0 and the result NULL elsewhere. root -1: on every rank. */
void *gather_all(const struct comm *comm, const void *records, size_t record_bytes, size_t n_local, int root,
                 size_t *out_n, struct arena *arena);

#endif
