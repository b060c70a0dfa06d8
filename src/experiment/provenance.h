/* Where a result came from: program, build, machine, libraries, time. */
#ifndef EXPERIMENT_PROVENANCE_H
#define EXPERIMENT_PROVENANCE_H

#include "comm/comm.h"
#include "store/store.h"

/* Writes attributes of group /provenance. Local (rank 0). */
MUST_CHECK bool provenance_write(const struct comm *comm, struct store *store, struct error *err);

#endif
