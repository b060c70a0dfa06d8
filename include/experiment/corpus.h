/* Chosen lines with labels, the same on every rank: the baseline training set, test sets. */
#ifndef EXPERIMENT_CORPUS_H
#define EXPERIMENT_CORPUS_H

#include "experiment/config.h"

struct corpus {
    size_t n;
    struct str *text;
    struct hash128 *hash; /* canonical */
    uint8_t *y;           /* 0 benign, 1 malicious */
    int64_t n_benign, n_malicious;
};

/* Baseline: the malicious sample's lines labelled 1, then the benign sample's labelled 0 (a line in both is malicious).
 * Collective. */
MUST_CHECK bool corpus_baseline(const struct comm *comm, const struct experiment *experiment, struct arena *arena,
                                struct corpus *out, struct ingest_stats *stats, struct error *err);
/* A test set: the inputs' unique lines of known truth, in row order, without those in `training` (counted in *dropped).
 * Collective. */
MUST_CHECK bool corpus_test(const struct comm *comm, const struct experiment *experiment, const struct test_set *test,
                            const struct corpus *training, struct arena *arena, struct corpus *out, int64_t *dropped,
                            struct ingest_stats *stats, struct error *err);

#endif
