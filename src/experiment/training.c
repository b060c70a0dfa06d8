#include "training.h"

#include "comm/agree.h"
#include "comm/exchange.h"
#include "comm/gather.h"

#include <stdlib.h>

enum { SCORE_BLOCK = 256 }; /* rows whose features are in memory at once where they are not kept */

/* Lines scored by every fit: a test, or the calibrate half. */
struct target {
    const struct set *set;
    struct feature_set features; /* ready for its lines; not if the features are learnt */
    float *x;                    /* [set->n * d]; NULL: made again, block by block */
};

struct training {
    struct group *group;
    size_t ground, baseline, asking; /* asking: SIZE_MAX: none is loaded */
    const struct experiment *e;
    const struct feature_set *features;
    bool learns;
    struct arena *arena, *picks_arena, *scratch;
    size_t n_base, n; /* rows here: of the baseline; with the picks */
    struct str *text; /* [n] */
    int64_t *row;     /* [n] in the training set */
    uint8_t *y;       /* [n] */
    float *x;         /* [n * d], unless the features are learnt */
    float *base_x;    /* [n_base * d] */
    size_t n_targets; /* tests, then the calibrate half if there is one */
    struct target *target;
};

static struct line_view view_of_set(const struct set *set, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, set->n);
    for (size_t i = 0; i < set->n; i++)
        row[i] = plan_row(&set->plan, i);
    return (struct line_view){.n = set->n, .row = row, .text = set->text};
}

static void fill(const struct feature_set *features, const struct str *text, size_t n, float *x)
{
    for (size_t i = 0; i < n; i++)
        feature_set_row(features, text[i], x + i * features->d);
}

static bool open_targets(struct training *t, struct error *err)
{
    const struct comm *comm = t->group->comm;
    const struct engine *e = t->group->e;
    const size_t d = t->features->d;
    size_t floats = 0;
    t->n_targets = e->n_tests + (t->group->calibrate[t->ground].plan.n_global > 0);
    t->target = ARENA_ZARRAY(t->arena, struct target, t->n_targets);
    for (size_t i = 0; i < t->n_targets; i++) {
        t->target[i].set = i < e->n_tests ? &t->group->test[t->ground][i] : &t->group->calibrate[t->ground];
        floats += t->target[i].set->n * d;
    }
    if (t->learns)
        return true;
    for (size_t i = 0; i < t->n_targets; i++) {
        struct target *target = &t->target[i];
        struct line_view view = view_of_set(target->set, t->arena);
        TRY(feature_set_fetch(comm, t->features, &view, t->arena, &target->features, err));
        if (floats * sizeof(float) > t->group->memory / 2)
            continue;
        target->x = ARENA_ARRAY(t->arena, float, target->set->n *d);
        fill(&target->features, target->set->text, target->set->n, target->x);
    }
    return true;
}

static bool open_base(struct training *t, struct error *err)
{
    const struct set *base = &t->group->baseline[t->ground][t->baseline];
    struct feature_set ready;
    t->n_base = base->n;
    if (t->learns)
        return true;
    struct line_view view = view_of_set(base, t->arena);
    TRY(feature_set_fetch(t->group->comm, t->features, &view, t->arena, &ready, err));
    t->base_x = ARENA_ARRAY(t->arena, float, base->n * t->features->d);
    fill(&ready, base->text, base->n, t->base_x);
    return true;
}

bool training_open(struct group *group, size_t ground, size_t baseline, const struct experiment *e,
                   struct training **out, struct error *err)
{
    struct training *t = calloc(1, sizeof *t);
    ASSERT(t != NULL);
    *t = (struct training){.group = group,
                           .ground = ground,
                           .baseline = baseline,
                           .asking = SIZE_MAX,
                           .e = e,
                           .features = &e->classifier_features,
                           .learns = feature_set_learns(&e->classifier_features),
                           .arena = arena_new(),
                           .picks_arena = arena_new(),
                           .scratch = arena_new()};
    *out = t;
    if (open_base(t, err) && open_targets(t, err))
        return true;
    training_close(t);
    *out = NULL;
    return false;
}

void training_close(struct training *t)
{
    if (!t)
        return;
    arena_free(t->scratch);
    arena_free(t->picks_arena);
    arena_free(t->arena);
    free(t);
}

bool training_is(const struct training *t, size_t ground, size_t baseline, const struct experiment *e)
{
    struct buf a = {.limit = 1 << 20}, b = {.limit = 1 << 20};
    if (!t || t->ground != ground || t->baseline != baseline)
        return false;
    feature_set_to_json(t->features, &a);
    feature_set_to_json(&e->classifier_features, &b);
    bool equal = str_equal(buf_str(&a), buf_str(&b));
    buf_free(&a);
    buf_free(&b);
    return equal;
}

struct moved {
    int64_t row;
    struct str text;
};

static int by_row(const void *a, const void *b)
{
    int64_t x = ((const struct moved *)a)->row, y = ((const struct moved *)b)->row;
    return (x > y) - (x < y);
}

/* The asking's benign picks on the ranks of their blocks of the training set, row rising. */
static struct moved *move_picks(struct training *t, size_t asking, size_t *n)
{
    const struct comm *comm = t->group->comm;
    const struct group_picks *picks = &t->group->picks[asking];
    const int64_t n_base = t->group->baseline[t->ground][t->baseline].plan.n_global;
    int *dest = ARENA_ARRAY(t->picks_arena, int, picks->n);
    for (size_t i = 0; i < picks->n; i++)
        dest[i] = (int)(((n_base + picks->row[i]) / SET_BLOCK) % comm_size(comm));
    struct exchange exchange;
    size_t n_texts;
    exchange_records(comm, picks->row, sizeof *picks->row, picks->n, dest, t->picks_arena, &exchange);
    struct str *text = exchange_texts(comm, picks->text, picks->n, dest, t->picks_arena, &n_texts);
    ASSERT(n_texts == exchange.n);
    struct moved *out = ARENA_ARRAY(t->picks_arena, struct moved, n_texts);
    for (size_t i = 0; i < n_texts; i++)
        out[i] = (struct moved){n_base + ((const int64_t *)exchange.records)[i], text[i]};
    qsort(out, n_texts, sizeof *out, by_row);
    *n = n_texts;
    return out;
}

bool training_load(struct training *t, size_t asking, struct error *err)
{
    const struct set *base = &t->group->baseline[t->ground][t->baseline];
    const size_t d = t->features->d;
    struct moved *pick = NULL;
    size_t n_picks = 0;
    if (t->asking == asking && t->text)
        return true;
    arena_release(t->picks_arena, (struct arena_mark){0, 0});
    if (asking != SIZE_MAX)
        pick = move_picks(t, asking, &n_picks);
    t->asking = asking;
    t->n = t->n_base + n_picks;
    t->text = ARENA_ARRAY(t->picks_arena, struct str, t->n);
    t->row = ARENA_ARRAY(t->picks_arena, int64_t, t->n);
    t->y = ARENA_ZARRAY(t->picks_arena, uint8_t, t->n);
    for (size_t i = 0; i < t->n_base; i++) {
        t->text[i] = base->text[i];
        t->row[i] = plan_row(&base->plan, i);
        t->y[i] = base->y[i];
    }
    for (size_t i = 0; i < n_picks; i++) {
        t->text[t->n_base + i] = pick[i].text;
        t->row[t->n_base + i] = pick[i].row;
    }
    if (t->learns)
        return true;
    struct feature_set ready;
    struct line_view view = {.n = n_picks, .row = t->row + t->n_base, .text = t->text + t->n_base};
    TRY(feature_set_fetch(t->group->comm, t->features, &view, t->picks_arena, &ready, err));
    t->x = ARENA_ARRAY(t->picks_arena, float, t->n *d);
    memcpy(t->x, t->base_x, t->n_base * d * sizeof(float));
    fill(&ready, t->text + t->n_base, n_picks, t->x + t->n_base * d);
    return true;
}

/* Scores of all lines of a target in its order, on every rank. */
static double *score_target(const struct training *t, const struct target *target, const struct feature_set *features,
                            const struct classifier *classifier, const void *model)
{
    const struct set *set = target->set;
    const size_t d = features->d, size = (size_t)comm_size(t->group->comm), n_all = (size_t)set->plan.n_global;
    double *own = ARENA_ARRAY(t->scratch, double, set->n);
    if (target->x) {
        classifier->predict(model, target->x, set->n, d, own);
    } else {
        float *x = ARENA_ARRAY(t->scratch, float, SCORE_BLOCK *d);
        for (size_t i = 0; i < set->n; i += SCORE_BLOCK) {
            size_t n = min_size(SCORE_BLOCK, set->n - i);
            fill(features, set->text + i, n, x);
            classifier->predict(model, x, n, d, own + i);
        }
    }
    size_t n, at = 0;
    const double *all = gather_all(t->group->comm, own, sizeof *own, set->n, -1, &n, t->scratch);
    double *score = ARENA_ARRAY(t->scratch, double, n_all);
    ASSERT(n == n_all);
    for (size_t r = 0; r < size; r++)
        for (size_t block = r * SET_BLOCK; block < n_all; block += size * SET_BLOCK)
            for (size_t i = block; i < min_size(block + SET_BLOCK, n_all); i++)
                score[i] = all[at++];
    return score;
}

static bool fit_and_score(struct training *t, const struct experiment *x, int64_t added, const double **score,
                          struct error *err)
{
    const struct classifier *classifier = (const struct classifier *)x->classifier.plugin;
    const struct comm *comm = t->group->comm;
    const int64_t n_base = t->group->baseline[t->ground][t->baseline].plan.n_global;
    struct dataset data = {
        .plan = plan_dealt(comm, n_base + added, TRAIN_BLOCK), .d = t->features->d, .x = t->x, .y = t->y};
    struct feature_set learnt = *t->features;
    void *model;
    data.n = plan_count(&data.plan);
    if (t->learns) {
        struct line_view view = {.n = data.n, .row = t->row, .text = t->text};
        TRY(feature_set_prepare(comm, t->features, &view, t->scratch, &learnt, err));
        float *rows = ARENA_ARRAY(t->scratch, float, data.n *data.d);
        fill(&learnt, t->text, data.n, rows);
        data.x = rows;
    }
    TRY(classifier->fit(comm, &data, x->classifier.params, (uint64_t)x->seed, t->scratch, &model, err));
    engine_clock(t->group->e, CLOCK_TRAIN);
    for (size_t i = 0; i < t->n_targets; i++)
        score[i] = score_target(t, &t->target[i], t->learns ? &learnt : &t->target[i].features, classifier, model);
    return true;
}

bool training_fit(struct training *t, const struct experiment *x, int64_t added, struct verdict_numbers *out,
                  struct error *err)
{
    const struct engine *e = t->group->e;
    struct arena_mark mark = arena_mark(t->scratch);
    const double **score = ARENA_ARRAY(t->scratch, const double *, t->n_targets);
    bool ok = fit_and_score(t, x, added, score, err) &&
              judging_do(t->group->comm, e, t->ground, score, t->n_targets > e->n_tests ? score[e->n_tests] : NULL,
                         t->scratch, out, err);
    arena_release(t->scratch, mark);
    engine_clock(t->group->e, CLOCK_EVALUATE);
    return ok;
}
