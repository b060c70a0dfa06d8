/* A grid of runs: the configuration's "sweep" section maps dotted keys to lists of values. One HDF5 file a run, named
 * by the hash of its canonical configuration, the program's version and the input files' names and sizes; finished runs
 * are skipped. */
#ifndef EXPERIMENT_SWEEP_H
#define EXPERIMENT_SWEEP_H

#include "experiment/config.h"

struct axis {
    const char *key;  /* "detector", "select.near_threshold", "seed" */
    const char *name; /* its last part, unique in the sweep */
    size_t n;
    const char **value; /* [n] as shown: a plug-in's name or a number */
};

struct run {
    struct experiment experiment;
    const char *config; /* canonical JSON */
    char id[17];        /* 16 hex digits */
    size_t *at;         /* [n_axes] its place on each axis */
};

struct sweep {
    size_t n_axes, n_runs;
    struct axis *axis; /* as written; the last varies fastest */
    struct run *run;
};

/* Collective (input files are looked at). One run without a "sweep" section. */
MUST_CHECK bool sweep_plan(const struct comm *comm, const struct json_doc *doc, struct arena *arena, struct sweep *out,
                           struct error *err);
/* Runs what is missing below out_dir: runs/ID.h5, labels.jsonl (journal), quarantine.jsonl. Collective. */
MUST_CHECK bool sweep_run(const struct comm *comm, const struct sweep *sweep, const char *out_dir, struct error *err);

#endif
