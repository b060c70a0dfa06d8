/* The configuration's "sweep" section -> the runs of a full grid. */
#ifndef EXPERIMENT_AXES_H
#define EXPERIMENT_AXES_H

#include "experiment/identity.h"

struct axis {
    const char *key;  /* "detector", "select.near_threshold", "seed" */
    const char *name; /* the shortest end of the key that is unique in the sweep and no coordinate of results */
    size_t n;
    const char **value; /* [n] as shown: a plug-in's name (with what differs where two share it) or a number */
    enum stage stage;   /* the first that it changes */
    bool seed;
};

struct run {
    struct experiment experiment;
    const char *config; /* canonical JSON */
    char id[17];        /* 16 hex digits of the identity key of STAGE_EVALUATE; "" if not known */
    size_t *at;         /* [n_axes] its place on each axis */
    size_t control;     /* the run with detector "random" and all else equal, itself if there is none */
};

struct sweep {
    size_t n_axes, n_runs;
    struct axis *axis; /* as written; the last varies fastest */
    struct run *run;
    char id[17]; /* of the whole: configuration with its axes, neither the days nor the content of files */
};

/* One run without a "sweep" section. Refused, with the place: an axis over what shapes results (sizes, tests,
 * validation, evaluate.*, name, data), repeated values, two runs of one configuration, a setting that an axis replaces,
 * keys that do not exist. Collective. */
MUST_CHECK bool axes_plan(const struct comm *comm, const struct json_doc *doc, const struct setting *setting,
                          size_t n_settings, struct identity *identity, struct arena *arena, struct sweep *out,
                          struct error *err);

#endif
