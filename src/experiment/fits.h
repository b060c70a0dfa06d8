/* The classifiers to be trained: each distinct (training set, classifier) once. Private to the module. */
#ifndef EXPERIMENT_FITS_H
#define EXPERIMENT_FITS_H

#include "training.h"

struct fit {
    const struct experiment *e;
    size_t ground, baseline, asking; /* asking: of the first run that needs it; SIZE_MAX: no pick is in the set */
    int64_t added;
    size_t group;  /* who trains it */
    size_t n_runs; /* that need it; above 1: trained first, and all groups learn its numbers */
    struct error failed;
    struct verdict_numbers *numbers; /* once it is done */
};

struct fit_list {
    size_t n;
    struct fit *fit;
    size_t *of_run;          /* [n_runs * n_sizes] a fit, or SIZE_MAX where the size is not reached */
    size_t *group_of_asking; /* [n_askings] */
};

/* The same on every rank. Local. */
void fits_list(const struct engine *e, size_t n_groups, struct arena *arena, struct fit_list *out);
/* Groups that ranks are cut into: as many as have work and as the memory of a rank allows. Collective. */
size_t fits_groups(const struct comm *workers, const struct engine *e, size_t *memory);
/* The group of this rank with its share of all sets and of the picks of its askings. Collective over workers. */
void group_make(const struct comm *workers, struct engine *e, size_t n_groups, size_t memory,
                const struct fit_list *fits, struct group *out);
void group_free(struct group *group);

#endif
