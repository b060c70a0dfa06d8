#include "experiment/day_features.h"

#include "support/rng.h"

bool day_features(const struct comm *comm, const struct experiment *e, const struct lines *lines, struct arena *arena,
                  struct feature_set *out, struct error *err)
{
    struct line_view view = {.n = lines->n, .row = lines->row, .text = lines->text, .count = lines->count};
    return feature_set_prepare(comm, &e->features, &view, arena, out, err);
}

uint64_t day_seed(const struct experiment *e, size_t day)
{
    return rng_u64((uint64_t)e->seed, rng_stream("pipeline.day", 0, 0), day);
}
