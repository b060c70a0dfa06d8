/* Progress of long work: rate, share, time left. A bar on a terminal, one line every few seconds in a batch log,
 * nothing when the log level is quiet or the work is short. Rank 0 prints its own share as an estimate of the whole: no
 * messages are sent, so ticks are local and cheap. */
#ifndef COMM_PROGRESS_H
#define COMM_PROGRESS_H

#include "comm/comm.h"

struct progress {
    const char *what, *unit;
    double started, last; /* seconds */
    uint64_t done, total; /* total 0: unknown */
    bool prints, terminal, shown;
};

/* total: this rank's own work in units (0 unknown). */
struct progress progress_start(const struct comm *comm, const char *what, const char *unit, uint64_t total);
void progress_tick(struct progress *progress, uint64_t done); /* done so far; call as often as you like */
void progress_end(struct progress *progress);

#endif
