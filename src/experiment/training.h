/* The rows that one group of ranks trains and tests on. Features of the baseline and of the tests are made once, those
 * of an arm's picks once for all sizes, since sizes are prefixes. Private to the module. */
#ifndef EXPERIMENT_TRAINING_H
#define EXPERIMENT_TRAINING_H

#include "engine.h"

/* An arm's picks in the group that fits with them. */
struct group_picks {
    size_t n;
    int64_t *row;            /* [n] place among the benign ones, rising; blocks dealt over the group */
    struct str *text;        /* [n] */
    struct result_pick *all; /* [n_picks of the asking] in order, on the group's first rank */
};

struct group {
    struct engine *e;
    struct comm *comm;
    size_t number, n_groups;
    struct arena *arena;       /* sets and picks: as long as the group */
    struct set **baseline;     /* [n_grounds][n_baselines] */
    struct set **test;         /* [n_grounds][n_tests] */
    struct set *calibrate;     /* [n_grounds] */
    struct group_picks *picks; /* [n_askings] */
    size_t memory;             /* bytes that cached rows may take on this rank */
};

struct training; /* one (ground, baseline, features); heap-owned */

/* Collective over the group, as all below. */
MUST_CHECK bool training_open(struct group *group, size_t ground, size_t baseline, const struct experiment *e,
                              struct training **out, struct error *err);
void training_close(struct training *training); /* NULL-safe; local */
/* Whether it is one of these. Local. */
bool training_is(const struct training *training, size_t ground, size_t baseline, const struct experiment *e);
/* The rows of an asking's picks follow the baseline's. */
MUST_CHECK bool training_load(struct training *training, size_t asking, struct error *err);
/* Fits on the baseline and the first `added` picks, scores all tests, judges. */
MUST_CHECK bool training_fit(struct training *training, const struct experiment *e, int64_t added,
                             struct verdict_numbers *out, struct error *err);

#endif
