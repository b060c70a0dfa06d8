#include "experiment/score.h"

#include "comm/gather.h"

enum { SCORE_BLOCK = 256 }; /* rows whose features are in memory at once while scoring */

/* This rank's part of a corpus. */
static struct line_view own_lines(const struct plan *plan, const struct corpus *corpus, struct arena *arena)
{
    const size_t n = plan_count(plan);
    int64_t *row = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        row[i] = plan_first(plan) + (int64_t)i;
    return (struct line_view){.n = n, .row = row, .text = corpus->text + plan_first(plan)};
}

bool score_fit(const struct comm *comm, const struct experiment *e, const struct corpus *training, struct arena *arena,
               struct trained *out, struct error *err)
{
    const struct classifier *classifier = (const struct classifier *)e->classifier.plugin;
    const struct feature_set *set = &out->features;
    struct plan plan = plan_even(comm, (int64_t)training->n, TRAIN_BLOCK, arena);
    struct line_view lines = own_lines(&plan, training, arena);
    TRY(feature_set_prepare(comm, &e->classifier_features, &lines, arena, &out->features, err));
    float *x = ARENA_ARRAY(arena, float, lines.n * set->d);
    for (size_t i = 0; i < lines.n; i++)
        feature_set_row(set, lines.text[i], x + i * set->d);
    struct dataset data = {
        .plan = plan, .n = lines.n, .d = set->d, .x = x, .y = training->y + (size_t)plan_first(&plan)};
    return classifier->fit(comm, &data, e->classifier.params, (uint64_t)e->seed, arena, &out->model, err);
}

bool score_corpus(const struct comm *comm, const struct experiment *e, const struct trained *trained,
                  const struct corpus *corpus, struct arena *arena, double **out, struct error *err)
{
    const struct classifier *classifier = (const struct classifier *)e->classifier.plugin;
    struct plan plan = plan_even(comm, (int64_t)corpus->n, 1, arena);
    struct feature_set set;
    struct line_view lines = own_lines(&plan, corpus, arena);
    TRY(feature_set_fetch(comm, &trained->features, &lines, arena, &set, err));
    double *score = ARENA_ARRAY(arena, double, lines.n);
    float *x = ARENA_ARRAY(arena, float, SCORE_BLOCK *set.d);
    for (size_t i = 0; i < lines.n; i += SCORE_BLOCK) {
        size_t block = min_size(SCORE_BLOCK, lines.n - i);
        for (size_t j = 0; j < block; j++)
            feature_set_row(&set, lines.text[i + j], x + j * set.d);
        classifier->predict(trained->model, x, block, set.d, score + i);
    }
    size_t all;
    *out = gather_all(comm, score, sizeof *score, lines.n, -1, &all, arena);
    ASSERT(all == corpus->n);
    return true;
}
