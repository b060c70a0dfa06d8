/* From each rank's unique lines to the day's. */
#ifndef INGEST_COLLAPSE_H
#define INGEST_COLLAPSE_H

#include "comm/comm.h"
#include "ingest/day.h"
#include "unique.h"

/* Collective. first_row[segment]: global row of a segment's first good record. Arrays of *out live in the arena, texts
 * where they are already. Counts, rows and truth of `unique` are changed. */
void collapse(const struct comm *comm, struct unique *unique, const int64_t *first_row,
              const struct ingest_options *options, struct arena *scratch, struct arena *arena, struct lines *out);

#endif
