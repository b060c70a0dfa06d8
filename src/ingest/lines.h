/* Making struct lines. */
#ifndef INGEST_LINES_H
#define INGEST_LINES_H

#include "ingest/day.h"

/* Arrays of n lines, not filled; no groups, no strings. */
struct lines lines_new(size_t n, size_t n_fields, struct arena *arena);
/* Sets n_global and n_events. Collective. */
void lines_count(const struct comm *comm, struct lines *lines);

#endif
