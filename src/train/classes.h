/* How much each class weighs, on every rank alike. */
#ifndef TRAIN_CLASSES_H
#define TRAIN_CLASSES_H

#include "train/classifier.h"

struct classes {
    int64_t count[2];  /* rows: benign, malicious; each at least 1 */
    double total[2];   /* sums of row weight times factor */
    double factor[2];  /* what a row's weight is multiplied by */
    double max_weight; /* the largest row weight times its factor */
};

/* Collective. balanced: factors give both classes half of the summed row weight. Fails if a class is missing, or a
 * row's weight is out of its bounds. */
MUST_CHECK bool classes_count(const struct comm *comm, const struct dataset *data, bool balanced, struct arena *arena,
                              struct classes *out, struct error *err);

static inline double classes_row_weight(const struct classes *classes, const struct dataset *data, size_t i)
{
    double weight = data->weight ? (double)data->weight[i] : 1;
    return weight * classes->factor[data->y[i]];
}

#endif
