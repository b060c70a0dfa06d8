#include "experiment/score.h"

#include "comm/gather.h"

enum { SCORE_BLOCK = 256 }; /* rows whose features are in memory at once while scoring */

bool score_fit(const struct comm *comm, const struct experiment *e, const struct corpus *training, struct arena *arena,
               struct trained *out, struct error *err)
{
    const struct classifier *classifier = (const struct classifier *)e->classifier.plugin;
    const struct feature_set *set = &out->features;
    struct plan plan = plan_even(comm, (int64_t)training->n, TRAIN_BLOCK, arena);
    size_t first = (size_t)plan_first(&plan), n = plan_count(&plan);
    int64_t *row = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        row[i] = (int64_t)(first + i);
    struct line_view lines = {.n = n, .row = row, .text = training->text + first};
    TRY(feature_set_prepare(comm, &e->classifier_features, &lines, arena, &out->features, err));
    float *x = ARENA_ARRAY(arena, float, n * set->d);
    for (size_t i = 0; i < n; i++)
        feature_set_row(set, training->text[first + i], x + i * set->d);
    struct dataset data = {.plan = plan, .n = n, .d = set->d, .x = x, .y = training->y + first};
    return classifier->fit(comm, &data, e->classifier.params, (uint64_t)e->seed, arena, &out->model, err);
}

double *score_corpus(const struct comm *comm, const struct experiment *e, const struct trained *trained,
                     const struct corpus *corpus, struct arena *arena)
{
    const struct classifier *classifier = (const struct classifier *)e->classifier.plugin;
    const struct feature_set *set = &trained->features;
    struct plan plan = plan_even(comm, (int64_t)corpus->n, 1, arena);
    size_t first = (size_t)plan_first(&plan), n = plan_count(&plan), all;
    double *score = ARENA_ARRAY(arena, double, n);
    float *x = ARENA_ARRAY(arena, float, SCORE_BLOCK * set->d);
    for (size_t i = 0; i < n; i += SCORE_BLOCK) {
        size_t block = min_size(SCORE_BLOCK, n - i);
        for (size_t j = 0; j < block; j++)
            feature_set_row(set, corpus->text[first + i + j], x + j * set->d);
        classifier->predict(trained->model, x, block, set->d, score + i);
    }
    double *result = gather_all(comm, score, sizeof *score, n, -1, &all, arena);
    ASSERT(all == corpus->n);
    return result;
}
