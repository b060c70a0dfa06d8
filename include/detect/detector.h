/* Detector plug-ins: how strange is a row? Fitted jointly, scored row by row. One file each in src/detect/methods. */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "comm/comm.h"
#include "features/rows.h"

struct detector {
    struct plugin plugin;
    /* Collective. The model is the same on every rank for any distribution of the rows, and lives in the arena. There
     * is a row at least (detect_score sees to it); a single row, equal rows and constant columns must do, as must a
     * rank without rows. */
    bool (*fit)(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err);
    /* score[n] of rows first .. first + n - 1: higher = stranger, finite; x[n * rows->d] are their features, NULL if
     * `featureless`. Local, pure. */
    void (*score)(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *score);
    bool featureless; /* works on texts, ids or counts alone: no features are computed for it */
};

const struct plugin_list *detector_list(void);

/* Fit and score all rows: score[rows->n]. Features are computed in blocks. No row on any rank is an error, and so is a
 * score that is not finite (naming the row). Collective. */
MUST_CHECK bool detect_score(const struct comm *comm, const struct choice *detector, const struct rows *rows,
                             uint64_t seed, struct arena *arena, double *score, struct error *err);

#endif
