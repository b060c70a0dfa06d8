/* Why a line is strange on a day, as text for people. */
#ifndef EXPERIMENT_EXPLAIN_H
#define EXPERIMENT_EXPLAIN_H

#include "experiment/config.h"

/* Appends score, place among the day's lines and the columns that made it strange. day: index from 0. Collective. */
MUST_CHECK bool explain_line(const struct comm *comm, const struct experiment *experiment, size_t day, struct str line,
                             struct buf *out, struct error *err);

#endif
