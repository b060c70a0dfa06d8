/* From each rank's unique fields to the day's unique canonical lines. */
#ifndef TELEMETRY_COLLAPSE_H
#define TELEMETRY_COLLAPSE_H

#include "comm/comm.h"
#include "telemetry/day.h"
#include "unique.h"

/* Collective. first_row[segment]: global row of a segment's first good record. Arrays of *out live in the arena, texts
 * where they are already. */
void collapse(const struct comm *comm, const struct unique *unique, const int64_t *first_row, struct arena *scratch,
              struct arena *arena, struct lines *out);

#endif
