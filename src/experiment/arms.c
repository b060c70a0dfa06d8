/* Runs -> the tree of what they need: equal readings, scorings, arms and askings are one. */
#include "engine.h"

#include "scan/normalize.h"
#include "support/index.h"

/* The place of a key in its level of the tree, in order of appearance; *is_new if it was not seen before. */
static size_t level_place(struct key_index *level, size_t parent, const struct buf *key, bool *is_new)
{
    return key_index_number(level, hash128(buf_str(key), hash_mix(parent)), is_new);
}

static void ground_key(const struct experiment *e, struct buf *key)
{
    params_to_json(ingest_params, &e->ingest, key);
    params_to_json(normalize_params, &e->ingest.normalize, key);
}

static size_t ground_baseline(struct ground *ground, const struct experiment *e, struct buf *key, struct buf *other)
{
    key->n = 0;
    baseline_to_json(&e->baseline, key);
    for (size_t b = 0; b < ground->n_baselines; b++) {
        other->n = 0;
        baseline_to_json(&ground->baseline_of[b]->baseline, other);
        if (str_equal(buf_str(key), buf_str(other)))
            return b;
    }
    ground->baseline_of[ground->n_baselines] = e;
    return ground->n_baselines++;
}

static size_t place_ground(struct engine *e, struct key_index *level, const struct experiment *x, size_t n,
                           struct buf *key)
{
    bool is_new;
    key->n = 0;
    ground_key(x, key);
    size_t at = level_place(level, 0, key, &is_new);
    if (is_new)
        e->ground[at] = (struct ground){.e = x, .baseline_of = ARENA_ARRAY(e->arena, const struct experiment *, n)};
    return at;
}

static size_t place_reading(struct engine *e, struct key_index *level, const struct experiment *x, size_t ground,
                            struct buf *key)
{
    bool is_new;
    key->n = 0;
    experiment_stage_text(x, STAGE_READ, x->n_days, key);
    size_t at = level_place(level, 2 * ground + x->pool.deal, key, &is_new);
    if (is_new)
        e->reading[at] = (struct reading){.e = x, .ground = ground, .whole = x->pool.deal && x->n_days > 1};
    return at;
}

static size_t place_arm(struct engine *e, struct key_index *level, const struct experiment *x, size_t scoring,
                        struct buf *key)
{
    bool is_new;
    key->n = 0;
    experiment_stage_text(x, STAGE_SELECT, x->n_days, key);
    size_t at = level_place(level, scoring, key, &is_new);
    if (is_new)
        e->arm[at] =
            (struct arm){.e = x, .scoring = scoring, .day = ARENA_ZARRAY(e->arena, struct day_note, e->n_days)};
    return at;
}

static size_t place_asking(struct engine *e, struct key_index *level, const struct experiment *x, size_t arm,
                           struct buf *key)
{
    bool is_new;
    key->n = 0;
    experiment_stage_text(x, STAGE_LABEL, x->n_days, key);
    params_to_json(curve_params_spec, &x->curve, key);
    size_t at = level_place(level, arm, key, &is_new);
    if (is_new)
        e->asking[at] = (struct asking){.e = x,
                                        .arm = arm,
                                        .label = ARENA_ZARRAY(e->arena, struct label *, e->n_days),
                                        .place = ARENA_ZARRAY(e->arena, int64_t *, e->n_days),
                                        .added = ARENA_ARRAY(e->arena, int64_t, e->e->n_sizes),
                                        .asked = ARENA_ARRAY(e->arena, int64_t, e->e->n_sizes),
                                        .set_digest = ARENA_ZARRAY(e->arena, uint64_t, e->e->n_sizes)};
    return at;
}

static size_t place_scoring(struct engine *e, struct key_index *level, const struct experiment *x, size_t reading,
                            struct buf *key)
{
    bool is_new;
    key->n = 0;
    experiment_stage_text(x, STAGE_DETECT, x->n_days, key);
    size_t at = level_place(level, reading, key, &is_new);
    if (is_new)
        e->scoring[at] = (struct scoring){.e = x, .reading = reading};
    return at;
}

void arms_make(struct engine *e, const size_t *wanted, size_t n)
{
    enum { GROUND, READING, SCORING, ARM, ASKING, LEVELS };
    struct key_index level[LEVELS] = {{0}};
    struct buf key = {.limit = (size_t)64 << 20}, other = {.limit = (size_t)64 << 20};
    e->n_runs = n;
    e->n_days = 0;
    for (size_t i = 0; i < n; i++)
        e->n_days = e->n_days < e->sweep->run[wanted[i]].experiment.n_days ? e->sweep->run[wanted[i]].experiment.n_days
                                                                           : e->n_days;
    e->e = n > 0 ? &e->sweep->run[wanted[0]].experiment : NULL;
    e->ground = ARENA_ZARRAY(e->arena, struct ground, n);
    e->reading = ARENA_ZARRAY(e->arena, struct reading, n);
    e->scoring = ARENA_ZARRAY(e->arena, struct scoring, n);
    e->arm = ARENA_ZARRAY(e->arena, struct arm, n);
    e->asking = ARENA_ZARRAY(e->arena, struct asking, n);
    e->run = ARENA_ZARRAY(e->arena, struct engine_run, n);
    for (size_t i = 0; i < n; i++) {
        const struct run *run = &e->sweep->run[wanted[i]];
        const struct experiment *x = &run->experiment;
        size_t ground = place_ground(e, &level[GROUND], x, n, &key);
        size_t reading = place_reading(e, &level[READING], x, ground, &key);
        size_t scoring = place_scoring(e, &level[SCORING], x, reading, &key);
        size_t arm = place_arm(e, &level[ARM], x, scoring, &key);
        e->run[i] = (struct engine_run){.run = run,
                                        .index = wanted[i],
                                        .asking = place_asking(e, &level[ASKING], x, arm, &key),
                                        .baseline = ground_baseline(&e->ground[ground], x, &key, &other)};
    }
    e->n_grounds = level[GROUND].n;
    e->n_readings = level[READING].n;
    e->n_scorings = level[SCORING].n;
    e->n_arms = level[ARM].n;
    e->n_askings = level[ASKING].n;
    for (size_t i = 0; i < LEVELS; i++)
        key_index_free(&level[i]);
    buf_free(&key);
    buf_free(&other);
}
