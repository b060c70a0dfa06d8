/* What detection on a day starts from; shared by the pipeline and explanations. Private to the module. */
#ifndef EXPERIMENT_DAY_FEATURES_H
#define EXPERIMENT_DAY_FEATURES_H

#include "experiment/config.h"

/* The detector's features, learnt from the day's lines where they learn. Collective. */
MUST_CHECK bool day_features(const struct comm *comm, const struct experiment *experiment, const struct lines *lines,
                             struct arena *arena, struct feature_set *out, struct error *err);
/* The detector's seed on day `day` (index). Local. */
uint64_t day_seed(const struct experiment *experiment, size_t day);

#endif
