/* Failing together. */
#ifndef COMM_AGREE_H
#define COMM_AGREE_H

#include "comm/comm.h"

/* True on all ranks if ok on all. Else false on all, and *err is the lowest failing rank's error everywhere, with
 * err->rank set. Local work collects its own error; calling this at the end of it means that nobody waits for a rank
 * that left. */
MUST_CHECK bool agree(const struct comm *comm, bool ok, struct error *err);

#endif
