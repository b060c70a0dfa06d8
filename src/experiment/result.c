/* What a run leaves, put together from the engine's state. */
#include "judging.h"

#include "experiment/identity.h"
#include "features/linalg.h"
#include "label/backend.h"
#include "store/store.h"
#include "support/clock.h"
#include "support/file.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "commit.h" /* generated: BENOMALY_COMPILER, BENOMALY_BUILD_TYPE */

struct parts {
    const struct engine *e;
    const struct engine_run *run;
    const struct experiment *x;
    const struct asking *asking;
    const struct arm *arm;
    const struct ground *ground;
    const struct judged_ground *judged;
    const struct verdict_numbers *const *numbers;
    struct arena *arena;
    struct result *out;
};

static void add_tests(struct parts *p)
{
    const struct engine *e = p->e;
    p->out->n_tests = e->n_tests;
    p->out->test = ARENA_ZARRAY(p->arena, struct result_test, e->n_tests);
    for (size_t t = 0; t < e->n_tests; t++) {
        const struct judged_lines *lines = &p->judged->test[t];
        const bool tune = t >= p->x->tests.n;
        p->out->test[t] = (struct result_test){.name = e->test_name[t],
                                               .role = tune ? "tune" : "test",
                                               .day = lines->judged.day,
                                               .sequence = tune ? NULL : p->x->tests.test[t].sequence,
                                               .n_benign = lines->n_class[0],
                                               .n_malicious = lines->n_class[1],
                                               .dropped = lines->dropped,
                                               .clusters = {lines->clusters[0], lines->clusters[1]}};
    }
}

static void add_days(struct parts *p)
{
    p->out->n_days = p->x->n_days;
    p->out->day = ARENA_ARRAY(p->arena, struct result_day, p->x->n_days);
    for (size_t d = 0; d < p->x->n_days; d++) {
        const struct day_note *note = &p->arm->day[d];
        p->out->day[d] =
            (struct result_day){note->events,          note->unique,      note->select.budget, note->select.candidates,
                                note->select.repeated, note->select.near, note->select.kept};
    }
}

static void add_sizes(struct parts *p)
{
    const size_t n = p->x->n_sizes;
    p->out->n_sizes = n;
    p->out->size = ARENA_ARRAY(p->arena, struct result_size, n);
    p->out->threshold = ARENA_ARRAY(p->arena, double, n);
    for (size_t s = 0; s < n; s++) {
        p->out->size[s] =
            (struct result_size){p->x->size[s], p->numbers[s] != NULL, p->asking->added[s], p->asking->asked[s]};
        p->out->threshold[s] = p->numbers[s] ? *p->numbers[s]->threshold : (double)NAN;
    }
}

static void add_points(struct parts *p)
{
    const size_t n_sizes = p->x->n_sizes, n_resamples = (size_t)p->x->evaluate.bootstrap;
    p->out->n_resamples = n_resamples;
    p->out->point = ARENA_ZARRAY(p->arena, struct result_point, p->e->n_tests * n_sizes);
    for (size_t t = 0; t < p->e->n_tests; t++)
        for (size_t s = 0; s < n_sizes; s++)
            for (size_t m = 0; m < METRIC_COUNT; m++) {
                struct result_point *point = &p->out->point[t * n_sizes + s];
                const struct verdict_numbers *numbers = p->numbers[s];
                point->value[m] = numbers ? numbers->value[t * METRIC_COUNT + m] : (double)NAN;
                point->resample[m] = numbers ? numbers->resample + (t * METRIC_COUNT + m) * n_resamples : NULL;
            }
}

/* Area under each metric over the tests of a sequence, in their order. */
static void add_sequences(struct parts *p)
{
    const struct test_sets *tests = &p->x->tests;
    const size_t n_sizes = p->x->n_sizes;
    double *value = ARENA_ARRAY(p->arena, double, tests->n);
    p->out->sequence = ARENA_ARRAY(p->arena, const char *, tests->n);
    p->out->aut = ARENA_ARRAY(p->arena, double, tests->n *METRIC_COUNT *n_sizes);
    for (size_t t = 0; t < tests->n; t++) {
        size_t q = 0;
        while (q < p->out->n_sequences && tests->test[t].sequence &&
               strcmp(p->out->sequence[q], tests->test[t].sequence) != 0)
            q++;
        if (!tests->test[t].sequence || q < p->out->n_sequences)
            continue;
        p->out->sequence[p->out->n_sequences++] = tests->test[t].sequence;
        for (size_t m = 0; m < METRIC_COUNT; m++)
            for (size_t s = 0; s < n_sizes; s++) {
                size_t n = 0;
                for (size_t k = t; k < tests->n; k++)
                    if (tests->test[k].sequence && strcmp(tests->test[k].sequence, tests->test[t].sequence) == 0)
                        value[n++] = p->out->point[k * n_sizes + s].value[m];
                p->out->aut[(q * METRIC_COUNT + m) * n_sizes + s] = area_under_time(value, n);
            }
    }
}

static void add_lines(struct parts *p)
{
    struct result_lines *out = &p->out->lines;
    const size_t n = p->judged->n_lines, n_sizes = p->x->n_sizes;
    *out = (struct result_lines){.n = n,
                                 .test = ARENA_ARRAY(p->arena, int32_t, n),
                                 .hash = ARENA_ARRAY(p->arena, struct hash128, n),
                                 .y = ARENA_ARRAY(p->arena, uint8_t, n),
                                 .count = ARENA_ARRAY(p->arena, int64_t, n),
                                 .cluster = ARENA_ARRAY(p->arena, uint32_t, n),
                                 .score = ARENA_ARRAY(p->arena, double, n *n_sizes),
                                 .field = ARENA_ARRAY(p->arena, struct str *, p->e->n_fields)};
    p->out->n_fields = p->e->n_fields;
    p->out->field = p->e->field;
    for (size_t f = 0; f < p->e->n_fields; f++)
        out->field[f] = ARENA_ARRAY(p->arena, struct str, n);
    for (size_t t = 0; t < p->e->n_tests; t++) {
        const struct judged_lines *lines = &p->judged->test[t];
        const size_t first = lines->first, n_here = lines->judged.n;
        for (size_t i = 0; i < n_here; i++)
            out->test[first + i] = (int32_t)t;
        memcpy(out->hash + first, lines->hash, n_here * sizeof *out->hash);
        memcpy(out->y + first, lines->judged.y, n_here);
        memcpy(out->count + first, lines->judged.count, n_here * sizeof *out->count);
        memcpy(out->cluster + first, lines->judged.cluster, n_here * sizeof *out->cluster);
        for (size_t f = 0; f < p->e->n_fields; f++)
            memcpy(out->field[f] + first, lines->field[f], n_here * sizeof **out->field);
    }
    for (size_t s = 0; s < n_sizes; s++)
        for (size_t i = 0; i < n; i++)
            out->score[s * n + i] = p->numbers[s] ? p->numbers[s]->score[i] : (double)NAN;
}

static void add_groups(struct parts *p)
{
    const size_t n = p->judged->n_groups, n_sizes = p->x->n_sizes;
    p->out->n_groups = n;
    p->out->group = ARENA_ARRAY(p->arena, struct result_group, n);
    for (size_t g = 0; g < n; g++) {
        const struct judged_group *group = &p->judged->group[g];
        struct group_value *at = ARENA_ARRAY(p->arena, struct group_value, n_sizes);
        for (size_t s = 0; s < n_sizes; s++)
            at[s] = p->numbers[s] ? p->numbers[s]->group[g] : (struct group_value){0, 0, NAN, NAN, NAN};
        p->out->group[g] = (struct result_group){(int32_t)group->test, (int32_t)group->field, group->value, at};
    }
}

static void add_picks(struct parts *p, const struct result_pick *pick)
{
    const struct labeler *labeler = &p->x->labeler;
    p->out->n_picks = (size_t)p->asking->n_picks;
    p->out->pick = ARENA_ARRAY(p->arena, struct result_pick, p->out->n_picks);
    memcpy(p->out->pick, pick, p->out->n_picks * sizeof *pick);
    p->out->n_backends = labeler->n_backends;
    p->out->backend = ARENA_ZARRAY(p->arena, struct result_backend, labeler->n_backends);
    for (size_t b = 0; b < labeler->n_backends; b++) {
        const struct backend *backend = (const struct backend *)labeler->backend[b].plugin;
        p->out->backend[b] = (struct result_backend){.name = backend->plugin.name, .simulated = backend->simulated};
    }
    for (size_t i = 0; i < p->out->n_picks; i++) {
        p->out->simulated |= pick[i].simulated;
        if (pick[i].backend < 0)
            continue;
        p->out->backend[pick[i].backend].verdicts++;
        p->out->backend[pick[i].backend].simulated |= pick[i].simulated;
    }
}

static void add_counts(struct parts *p)
{
    const struct reading *reading = &p->e->reading[p->e->scoring[p->arm->scoring].reading];
    struct ingest_stats in = p->ground->ingest;
    int64_t verdict[4] = {0};
    for (size_t d = 0; d < (reading->whole ? 1 : p->x->n_days); d++)
        ingest_add(&in, &p->arm->day[d].ingest);
    for (size_t i = 0; i < p->out->n_picks; i++)
        verdict[p->out->pick[i].verdict]++;
    const struct set *base = &p->ground->baseline[p->run->baseline];
    const struct named_count count[] = {
        {"/ingest", "files", "files", in.files},
        {"/ingest", "bytes", "bytes", in.bytes},
        {"/ingest", "records", "records", in.records},
        {"/ingest", "bad", "records", in.bad},
        {"/ingest", "filtered", "records", ingest_filtered(&in)},
        {"/ingest", "other_kind", "records", in.filtered[0]},
        {"/ingest", "no_command_line", "records", in.filtered[READ_NO_COMMAND - READ_OTHER]},
        {"/ingest", "not_started", "records", in.filtered[READ_NO_START - READ_OTHER]},
        {"/ingest", "not_wanted", "records", in.filtered[READ_UNWANTED - READ_OTHER]},
        {"/ingest", "blank", "records", in.blank},
        {"/ingest", "unreadable_files", "files", in.unreadable},
        {"/ingest", "synthetic_records", "records", in.synthetic},
        {"/baseline", "benign", "lines", base->n_class[0]},
        {"/baseline", "malicious", "lines", base->n_class[1]},
        {"/labels", "benign", "lines", verdict[VERDICT_BENIGN]},
        {"/labels", "malicious", "lines", verdict[VERDICT_MALICIOUS]},
        {"/labels", "abstain", "lines", verdict[VERDICT_ABSTAIN]},
        {"/labels", "none", "lines", verdict[VERDICT_NONE]}};
    p->out->synthetic = in.synthetic > 0;
    p->out->n_counts = ARRAY_LEN(count);
    p->out->count = ARENA_ARRAY(p->arena, struct named_count, ARRAY_LEN(count));
    memcpy(p->out->count, count, sizeof count);
}

static void add_digest(struct parts *p, const char *name, uint64_t value)
{
    p->out->digest[p->out->n_digests++] = (struct named_digest){name, value};
}

static void add_digests(struct parts *p)
{
    struct arena *a = p->arena;
    const size_t n_tests = p->e->n_tests, n_sizes = p->x->n_sizes;
    p->out->digest = ARENA_ARRAY(a, struct named_digest, 4 + n_tests * (1 + n_sizes) + 2 * p->x->n_days);
    add_digest(p, "baseline", p->ground->baseline[p->run->baseline].digest);
    for (size_t t = 0; t < p->x->tests.n; t++)
        add_digest(p, arena_printf(a, "test.%s", p->e->test_name[t]), p->ground->test[t].digest);
    if (p->x->validation.n > 0)
        add_digest(p, "validation", p->ground->validation_digest);
    for (size_t d = 0; d < p->x->n_days; d++) {
        add_digest(p, arena_printf(a, "lines.day%zu", d + 1), p->arm->day[d].lines_digest);
        add_digest(p, arena_printf(a, "scores.day%zu", d + 1), p->arm->day[d].scores_digest);
    }
    add_digest(p, "picks", p->asking->picks_digest);
    add_digest(p, "labels", p->asking->labels_digest);
    for (size_t s = 0; s < n_sizes; s++)
        for (size_t t = 0; t < n_tests && p->numbers[s]; t++) {
            const struct judged_lines *lines = &p->judged->test[t];
            struct str bytes = {(const char *)(p->numbers[s]->score + lines->first), lines->judged.n * sizeof(double)};
            add_digest(p, arena_printf(a, "scores.%s.%" PRId64, p->e->test_name[t], p->x->size[s]), hash64(bytes, 0));
        }
}

static void run_result(const struct engine *e, const struct engine_run *run, const struct result_pick *pick,
                       const struct verdict_numbers *const *numbers, struct arena *arena, struct result *out)
{
    const struct experiment *x = &run->run->experiment;
    const struct asking *asking = &e->asking[run->asking];
    const struct arm *arm = &e->arm[asking->arm];
    const size_t ground = e->reading[e->scoring[arm->scoring].reading].ground;
    struct parts p = {.e = e,
                      .run = run,
                      .x = x,
                      .asking = asking,
                      .arm = arm,
                      .ground = &e->ground[ground],
                      .judged = &e->judging->ground[ground],
                      .numbers = numbers,
                      .arena = arena,
                      .out = out};
    *out = (struct result){.name = x->name,
                           .run_id = run->run->id,
                           .config = run->run->config,
                           .seed = x->seed,
                           .commit = program_commit(),
                           .dirty = program_dirty(),
                           .program = program_digest(),
                           .tpr = x->evaluate.tpr,
                           .fpr = x->evaluate.fpr,
                           .daily_volume = x->evaluate.daily_volume,
                           .n_axes = e->sweep->n_axes,
                           .axis = ARENA_ARRAY(arena, struct named_text, e->sweep->n_axes)};
    for (size_t a = 0; a < e->sweep->n_axes; a++)
        out->axis[a] = (struct named_text){e->sweep->axis[a].key, e->sweep->axis[a].value[run->run->at[a]]};
    add_tests(&p);
    add_days(&p);
    add_sizes(&p);
    add_points(&p);
    add_sequences(&p);
    add_lines(&p);
    add_groups(&p);
    add_picks(&p, pick);
    add_counts(&p);
    add_digests(&p);
}

/* A run's share of the time: of what all runs share an equal part, of training and evaluation what passed since the run
 * before. */
static void share_of_time(struct engine *e, double *seconds)
{
    for (size_t k = 0; k < CLOCK_COUNT; k++) {
        seconds[k] = k < CLOCK_TRAIN ? e->seconds[k] / (double)e->n_runs : e->seconds[k] - e->logged[k];
        e->logged[k] = e->seconds[k];
    }
}

static bool write_file(struct engine *e, const struct result *result, const struct comm *group, struct arena *arena,
                       struct error *err)
{
    char host[256] = "unknown", now[32];
    double seconds[CLOCK_COUNT];
    gethostname(host, sizeof host - 1);
    clock_utc(now);
    share_of_time(e, seconds);
    const struct named_text text[] = {{"version", BENOMALY_VERSION},   {"commit", program_commit()},
                                      {"compiler", BENOMALY_COMPILER}, {"build_type", BENOMALY_BUILD_TYPE},
                                      {"mpi", comm_library_version()}, {"hdf5", store_library_version()},
                                      {"blas", linalg_library()}};
    const struct run_log log = {.host = host,
                                .time = now,
                                .ranks = comm_size(group),
                                .n_stages = CLOCK_COUNT,
                                .stage = clock_stage_names,
                                .seconds = seconds,
                                .bytes_sent = e->bytes,
                                .n_texts = ARRAY_LEN(text),
                                .text = text};
    const char *path = engine_path(e, arena_printf(arena, "runs/%s.h5", result->run_id), arena);
    const char *failed = engine_path(e, arena_printf(arena, "runs/%s.failed", result->run_id), arena);
    return run_file_write(path, result, engine_path(e, "runs.jsonl", arena), &log, err) && file_remove(failed, err);
}

bool run_write(struct engine *e, struct engine_run *run, const struct result_pick *pick,
               const struct verdict_numbers *const *numbers, const struct comm *group, struct error *err)
{
    struct arena *arena = arena_new();
    struct result result;
    bool ok = true;
    run_result(e, run, pick, numbers, arena, &result);
    for (size_t i = 0; e->digests && i < result.n_digests; i++)
        buf_printf(e->digests, "%-40s %016" PRIx64 "\n", result.digest[i].name, result.digest[i].value);
    if (e->options.out_dir)
        ok = write_file(e, &result, group, arena, err);
    arena_free(arena);
    return ok;
}

void run_write_failed(const struct engine *e, const struct engine_run *run)
{
    struct arena *arena = arena_new();
    struct error err = {0};
    struct buf text = {.limit = 1 << 16};
    char now[32];
    clock_utc(now);
    if (e->options.out_dir) {
        const char *path = engine_path(e, arena_printf(arena, "runs/%s.failed", run->run->id), arena);
        buf_printf(&text, "{\"run\":\"%s\",\"time\":\"%s\",\"commit\":\"%s\",\"reason\":", run->run->id, now,
                   program_commit());
        buf_add_json_string(&text, str_of(run->failed.message));
        buf_add_str(&text, STR("}\n"));
        if (!file_replace(path, buf_str(&text), &err))
            log_rank(LOG_ERROR, "the failure of run %s cannot be recorded: %s", run->run->id, err.message);
    }
    buf_free(&text);
    arena_free(arena);
}
