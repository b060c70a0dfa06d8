/* Who ran each line how often, brought to the rank that keeps the line. */
#ifndef INGEST_GROUPS_H
#define INGEST_GROUPS_H

#include "comm/comm.h"
#include "ingest/day.h"
#include "unique.h"

/* Who keeps the canonical form of each of this rank's lines, and its number there. */
struct keepers {
    int *rank;
    uint32_t *line;
};

/* Collective. Fills user_* and host_* of out, which holds the kept lines of `unique` in their order. */
void groups_merge(const struct comm *comm, const struct unique *unique, const struct keepers *keepers,
                  struct arena *scratch, struct arena *arena, struct lines *out);

#endif
