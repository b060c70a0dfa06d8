/* Making struct lines. */
#ifndef TELEMETRY_LINES_H
#define TELEMETRY_LINES_H

#include "telemetry/day.h"

/* Arrays of n lines, not filled; no groups, no strings. */
struct lines lines_new(size_t n, size_t n_fields, struct arena *arena);
/* Sets n_global and n_events. Collective. */
void lines_count(const struct comm *comm, struct lines *lines);

#endif
