/* The supervised classifier on corpora: featurise this rank's part, fit jointly, score jointly. */
#ifndef EXPERIMENT_SCORE_H
#define EXPERIMENT_SCORE_H

#include "experiment/corpus.h"

struct trained {
    struct feature_set features; /* prepared on the training set */
    void *model;
};

/* Collective. training: text and y, the same on every rank. */
MUST_CHECK bool score_fit(const struct comm *comm, const struct experiment *experiment, const struct corpus *training,
                          struct arena *arena, struct trained *out, struct error *err);
/* score[corpus->n] on every rank, in corpus order. Collective. */
MUST_CHECK bool score_corpus(const struct comm *comm, const struct experiment *experiment,
                             const struct trained *trained, const struct corpus *corpus, struct arena *arena,
                             double **out, struct error *err);

#endif
