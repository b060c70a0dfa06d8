/* Many runs -> one sweep file and the table. Local (one rank). */
#ifndef RECORD_COLLECT_H
#define RECORD_COLLECT_H

#include "evaluate/estimate.h"
#include "record/result.h"

struct collect_axis {
    const char *key;  /* "detector", "select.near_threshold", "seed" */
    const char *name; /* the shortest end of the key that no other axis and no coordinate has */
    size_t n;
    const char **value; /* [n] as shown: a plug-in's name, with its parameters where two values share it; a number */
    bool seed;
    bool alone; /* it changes what is trained without any anomaly (baseline, classifier, its features) */
};

struct collect_run {
    const char *id;
    const char *path;         /* of its file */
    const char *failed;       /* why it failed, or NULL */
    const size_t *at;         /* [n_axes] */
    size_t control;           /* the run that differs only in having the detector "random"; itself if there is none */
    uint64_t tests, baseline; /* digests of the configuration (not the content) of tests and baseline: equal ones must
                                 have equal content digests */
};

/* The full grid, the last axis fastest. */
struct collect_plan {
    const char *name;
    size_t n_axes, n_runs;
    const struct collect_axis *axis;
    const struct collect_run *run;
    const char *sweep_id; /* of the configuration and its axes: kept in the sweep file */
};

struct collect_result {
    size_t missing, failed; /* runs */
};

/* A sweep file that is there is this sweep's own; else fails and says so. */
MUST_CHECK bool collect_own(const char *sweep_path, const char *sweep_id, struct error *err);
/* Reads the runs' files, writes sweep_path whole or not at all, appends the table's text. Fails if no run is there, if
 * runs differ in shape (tests, sizes, operating points, resamples) or a file is another run's, if
 * arms of equal configured tests or baseline have different content digests (and says which), or if sweep_path is the
 * file of another sweep. */
MUST_CHECK bool collect_sweep(const struct collect_plan *plan, const char *sweep_path, struct buf *table,
                              struct collect_result *out, struct error *err);

#endif
