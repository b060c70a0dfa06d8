/* Columns cut into a few bins at quantiles of the training rows. */
#ifndef TRAIN_GBDT_BINS_H
#define TRAIN_GBDT_BINS_H

#include "train/classifier.h"

enum { GBDT_MAX_BINS = 256 };

struct gbdt_bins {
    size_t n, d;
    size_t max_edges; /* edges kept a column */
    float *edge;      /* [d * max_edges] rising; a value's bin is the number of edges below it */
    uint32_t *offset; /* [d + 1] where each column's bins begin in a histogram; offset[d] is its size */
    uint8_t *bin;     /* [d * n] column by column */
    uint8_t *common;  /* [d] this rank's most frequent bin of the column */
    size_t *first;    /* [n + 1] where each row's entries begin */
    uint32_t *entry;  /* [first[n]] offset + bin of the columns whose bin is not the common one, rising */
};

/* Collective. At most n_bins (2 .. GBDT_MAX_BINS) bins a column; a column with fewer distinct values gets one each.
 * Edges come from all rows, or from a uniform sample of them if there are very many; they depend on the rows and the
 * seed only. The histogram of all columns must stay below 2^32 bins. */
void gbdt_bins_make(const struct comm *comm, const struct dataset *data, size_t n_bins, uint64_t seed,
                    struct arena *arena, struct gbdt_bins *out);

#endif
