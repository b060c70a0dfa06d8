/* Lines of known class: baselines, tests, validation, and what no arm may pick. */
#include "engine.h"

/* The baseline and the halves of the validation set stay the same for all seeds. */
static const uint64_t constant_seed = 1;

static struct ingest_options reading_options(const struct engine *e, const struct experiment *x)
{
    struct ingest_options options = x->ingest;
    options.quarantine = e->options.out_dir ? engine_path(e, "quarantine.jsonl", e->arena) : NULL;
    return options;
}

static bool read_baselines(const struct comm *workers, struct engine *e, struct ground *ground, struct error *err)
{
    ground->baseline = ARENA_ZARRAY(e->arena, struct set, ground->n_baselines);
    for (size_t b = 0; b < ground->n_baselines; b++) {
        const struct experiment *x = ground->baseline_of[b];
        struct ingest_options options = reading_options(e, x);
        struct ingest_stats stats = {0};
        TRY(baseline_read(workers, &x->baseline, &options, constant_seed, e->arena, &ground->baseline[b], &stats, err));
        ingest_add(&ground->ingest, &stats);
        keyset_add(workers, ground->excluded, ground->baseline[b].hash, ground->baseline[b].n);
    }
    return true;
}

/* Lines of any baseline are taken out of every test, so that arms of different baselines have one test set. */
static bool read_tests(const struct comm *workers, struct engine *e, struct ground *ground, struct error *err)
{
    struct ingest_options options = reading_options(e, ground->e);
    const struct test_sets *tests = &ground->e->tests;
    ground->test = ARENA_ZARRAY(e->arena, struct set, e->n_tests);
    options.fields = e->field;
    options.n_fields = e->n_fields;
    for (size_t t = 0; t < tests->n; t++) {
        struct ingest_stats stats = {0};
        TRY(test_read(workers, &tests->test[t], &options, ground->excluded, e->arena, &ground->test[t], &stats, err));
        ingest_add(&ground->ingest, &stats);
    }
    for (size_t t = 0; t < tests->n; t++) /* only now: tests may share lines */
        keyset_add(workers, ground->excluded, ground->test[t].hash, ground->test[t].n);
    return true;
}

static bool read_validation(const struct comm *workers, struct engine *e, struct ground *ground, struct error *err)
{
    const struct test_sets *validation = &ground->e->validation;
    struct ingest_options options = reading_options(e, ground->e);
    struct ingest_stats stats = {0};
    struct set all;
    if (validation->n == 0)
        return true;
    options.fields = e->field;
    options.n_fields = e->n_fields;
    TRY(test_read(workers, &validation->test[0], &options, ground->excluded, e->arena, &all, &stats, err));
    ingest_add(&ground->ingest, &stats);
    ground->validation_digest = all.digest;
    keyset_add(workers, ground->excluded, all.hash, all.n);
    TRY(set_half(workers, &all, 0, e->arena, &ground->test[e->n_tests - 1], err) ||
        error_context(err, "validation, the half for tuning"));
    return set_half(workers, &all, 1, e->arena, &ground->calibrate, err) ||
           error_context(err, "validation, the half for the threshold");
}

bool corpora_read(const struct comm *workers, struct engine *e, struct error *err)
{
    for (size_t g = 0; g < e->n_grounds; g++) {
        struct ground *ground = &e->ground[g];
        ground->excluded = keyset_new(workers);
        TRY(read_baselines(workers, e, ground, err) && read_tests(workers, e, ground, err) &&
            read_validation(workers, e, ground, err));
        ground->excluded_digest = keyset_digest(workers, ground->excluded);
    }
    engine_clock(e, CLOCK_TELEMETRY);
    return true;
}

void corpora_free(struct engine *e)
{
    for (size_t g = 0; g < e->n_grounds; g++)
        keyset_free(e->ground[g].excluded);
}
