/* The tests as every rank sees them: classes, counts, clusters and groups of all lines, no texts. Private to the
 * module. */
#ifndef EXPERIMENT_JUDGING_H
#define EXPERIMENT_JUDGING_H

#include "engine.h"

struct judged_lines {
    struct judged judged;
    size_t first;         /* of its lines among those of all tests */
    struct hash128 *hash; /* [judged.n] */
    struct str **field;   /* [n_fields][judged.n]; equal texts share their bytes */
    uint32_t **value;     /* [n_fields][judged.n] place among the field's values */
    size_t *n_values;     /* [n_fields] */
    size_t *group;        /* [n_fields] first group of this test and field */
    double clusters[2];   /* effective number: benign, malicious */
    struct draws *draws;  /* this rank's share of the resamples, see judging_draw */
    int64_t n_class[2], dropped;
};

struct judged_group {
    size_t test, field;
    struct str value;
};

struct judged_ground {
    struct judged_lines *test; /* [n_tests] */
    struct judged_lines calibrate;
    size_t n_lines; /* of all tests */
    size_t n_groups;
    struct judged_group *group; /* [n_groups] by test, field, value */
};

struct judging {
    struct judged_ground *ground; /* [n_grounds] */
};

/* Draws this rank's share of the resamples, first = rank, step = size of the group. Collective over the group. */
void judging_draw(const struct comm *group, struct engine *e);

#endif
