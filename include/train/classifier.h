/* Classifier plug-ins: benign (0) or malicious (1), trained jointly. One file each in src/train/methods. */
#ifndef TRAIN_CLASSIFIER_H
#define TRAIN_CLASSIFIER_H

#include "comm/plan.h"
#include "support/plugin.h"

enum { TRAIN_BLOCK = 64 }; /* rows of a block: a block is summed in row order on one rank */

/* This rank's whole blocks of the training set. */
struct dataset {
    struct plan plan;    /* block TRAIN_BLOCK */
    size_t n, d;         /* rows here (plan_count), columns */
    const float *x;      /* [n * d] row-major, finite */
    const uint8_t *y;    /* [n] 0 benign, 1 malicious */
    const float *weight; /* [n] > 0, at most 2^10; NULL: all 1 */
};

struct classifier {
    struct plugin plugin;
    bool seeded; /* fit depends on its seed: without it, equal training sets of two seeds are one */
    /* Collective. The model is the same on every rank for any number of ranks, and lives in the arena. A set with one
     * class only, or none, is an error (ERROR_INPUT). */
    bool (*fit)(const struct comm *comm, const struct dataset *data, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err);
    /* score[n]: log odds of malicious, finite; x[n * d]. Local, pure. */
    void (*predict)(const void *model, const float *x, size_t n, size_t d, double *score);
};

const struct plugin_list *classifier_list(void);

#endif
