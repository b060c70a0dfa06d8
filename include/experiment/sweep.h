/* A sweep: what is missing is planned, days are read and scored once for all runs, lines are labelled once, classifiers
 * are trained and tested; each run becomes a file, all of them a table. Reading src/experiment/sweep.c is reading the
 * method. */
#ifndef EXPERIMENT_SWEEP_H
#define EXPERIMENT_SWEEP_H

#include "experiment/axes.h"

struct sweep_options {
    const char *out_dir;  /* results: runs/ID.h5, runs/ID.failed, sweep.h5, runs.jsonl, labels.jsonl, quarantine.jsonl,
                             cache/; NULL: nothing is written (check) */
    bool redo;            /* finished runs are run again */
    bool accept;          /* finished runs of another build of the program count as finished */
    size_t slice, slices; /* of the runs the slice-th of `slices` parts (from 1); slices 0: all */
};

struct sweep_outcome {
    size_t done, kept, failed, elsewhere; /* runs: made now, finished before, failed now, made by another process */
    const char *first_failure;            /* its reason, in the arena; NULL if none failed */
};

/* Runs what is missing. A run that fails is recorded with its reason and the others go on; false: the sweep itself
 * cannot go on. Another process may work on the same folder: runs are shared by locks, nothing is done twice or lost.
 * Collective.
 */
MUST_CHECK bool sweep_run(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                          struct arena *arena, struct sweep_outcome *out, struct error *err);
/* The table and out_dir/sweep.h5 from finished runs; *missing counts runs without a file. Collective; the text comes on
 * rank 0. */
MUST_CHECK bool sweep_collect(const struct comm *world, const struct sweep *sweep, const char *out_dir,
                              struct buf *table, size_t *missing, struct error *err);
/* What sweep_run would do, as text: runs, stages, lines to label, memory, time. Reads no telemetry. Collective. */
MUST_CHECK bool sweep_describe(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                               struct buf *out, struct error *err);
/* One "stage digest" line a stage of each run, without writing results and without asking anybody for money.
 * Collective.
 */
MUST_CHECK bool sweep_check(const struct comm *world, struct sweep *sweep, struct buf *out, struct error *err);
/* Why a line is strange on a day (index from 0), as text. Collective. */
MUST_CHECK bool explain_line(const struct comm *comm, const struct experiment *experiment, size_t day, struct str line,
                             struct buf *out, struct error *err);
/* The picks of a run's file with their texts, found again in the inputs by hash, as JSON lines. Collective; the text
 * comes on rank 0. */
MUST_CHECK bool picks_show(const struct comm *comm, const char *path, const struct experiment *experiment,
                           struct buf *out, struct error *err);

#endif
