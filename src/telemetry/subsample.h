/* A day cut down to a uniform sample of its unique lines. */
#ifndef TELEMETRY_SUBSAMPLE_H
#define TELEMETRY_SUBSAMPLE_H

#include "comm/comm.h"
#include "unique.h"

/* Collective. Of the kept lines of all ranks the k with the lowest key, a mix of (seed, canonical hash), stay kept;
 * equal keys by rising row. */
void subsample(const struct comm *comm, struct unique *unique, uint64_t seed, int64_t k, struct arena *scratch);

#endif
