#include "experiment/sweep.h"

#include "engine.h"

#include "comm/agree.h"
#include "record/collect.h"
#include "support/file.h"

#include <stdlib.h>

static const char *run_path(const char *out_dir, const char *id, const char *ending, struct arena *arena)
{
    return arena_printf(arena, "%s/runs/%s.%s", out_dir, id, ending);
}

/* Made by another build of the program than this one. */
static bool is_foreign(const struct run_stamp *stamp)
{
    if (stamp->dirty || program_dirty())
        return strcmp(stamp->program, program_digest()) != 0;
    return strcmp(stamp->commit, program_commit()) != 0;
}

static enum run_state state_of(const struct run *run, const struct sweep_options *options, struct arena *arena,
                               struct run_stamp *stamp)
{
    struct error ignored = {0};
    const char *path = run_path(options->out_dir, run->id, "h5", arena);
    if (run->id[0] == '\0')
        return RUN_NEW;
    if (file_exists(path) && !options->redo && run_file_stamp(path, arena, stamp, &ignored) &&
        strcmp(stamp->run_id, run->id) == 0)
        return is_foreign(stamp) ? RUN_FOREIGN : RUN_KEPT;
    return file_exists(run_path(options->out_dir, run->id, "failed", arena)) ? RUN_FAILED : RUN_NEW;
}

/* Runs of one slice lie side by side, so that they share days and arms. */
static bool in_slice(const struct sweep_options *options, size_t i, size_t n)
{
    if (options->slices == 0)
        return true;
    const size_t k = options->slice - 1;
    return i >= n * k / options->slices && i < n * (k + 1) / options->slices;
}

enum run_state run_state_of(const struct sweep *sweep, const struct sweep_options *options, size_t run,
                            struct arena *arena)
{
    struct run_stamp stamp;
    if (!in_slice(options, run, sweep->n_runs))
        return RUN_OTHER_SLICE;
    return options->out_dir ? state_of(&sweep->run[run], options, arena, &stamp) : RUN_NEW;
}

/* state[n_runs], on rank 0. Fails if finished runs come from another build and nobody said what to do with them. */
static bool find_states(const struct sweep *sweep, const struct sweep_options *options, uint8_t *state,
                        struct error *err)
{
    struct arena *arena = arena_new();
    struct run_stamp stamp = {0}, other = {0};
    size_t n_foreign = 0;
    for (size_t i = 0; i < sweep->n_runs; i++) {
        state[i] = RUN_OTHER_SLICE;
        if (!in_slice(options, i, sweep->n_runs))
            continue;
        state[i] = options->out_dir ? (uint8_t)state_of(&sweep->run[i], options, arena, &stamp) : RUN_NEW;
        if (state[i] != RUN_FOREIGN)
            continue;
        other = stamp;
        if (options->accept)
            state[i] = RUN_KEPT;
        else
            n_foreign++;
    }
    bool ok = n_foreign == 0 ||
              fail(err, ERROR_CONFIG,
                   "%zu finished runs were made by another build of the program (such as commit %s%s; this is %s%s): "
                   "--accept keeps them, --redo makes them again, --out DIR starts afresh",
                   n_foreign, other.commit, other.dirty ? ", changed" : "", program_commit(),
                   program_dirty() ? ", changed" : "");
    arena_free(arena);
    return ok;
}

static bool make_folders(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                         struct error *err)
{
    struct arena *arena = arena_new();
    bool ok =
        comm_rank(world) != 0 || (collect_own(arena_printf(arena, "%s/sweep.h5", options->out_dir), sweep->id, err) &&
                                  file_make_dirs(arena_printf(arena, "%s/runs", options->out_dir), err) &&
                                  file_remove(arena_printf(arena, "%s/quarantine.jsonl", options->out_dir), err));
    arena_free(arena);
    return agree(world, ok, err);
}

static void count_outcome(const struct comm *world, const struct engine *e, struct arena *arena,
                          struct sweep_outcome *out)
{
    for (size_t i = 0; e->workers && i < e->n_runs; i++) {
        const struct engine_run *run = &e->run[i];
        if (run->failed.code != ERROR_NONE) {
            if (out->failed++ == 0)
                out->first_failure = arena_printf(arena, "%s", run->failed.message);
        } else if (run->elsewhere)
            out->elsewhere++;
        else
            out->done++;
    }
    size_t n[3] = {out->done, out->elsewhere, out->failed};
    comm_bcast(world, n, sizeof n, 0);
    out->done = n[0];
    out->elsewhere = n[1];
    out->failed = n[2];
    size_t bytes = out->first_failure ? strlen(out->first_failure) + 1 : 0;
    const char *text = comm_bcast_new(world, out->first_failure, &bytes, 0, arena);
    out->first_failure = bytes > 0 ? text : NULL;
}

/* The method: days, labels, fits. */
static bool run_engine(const struct comm *world, struct engine *e, struct error *err)
{
    bool ok = true;
    if (!e->workers) {
        labels_serve(e);
    } else {
        ok = days_run(e->workers, e, err);
        labels_end(e); /* whatever happened, the labeling rank is told to go */
        ok = ok && orders_make(e->workers, e, err) && judging_make(e->workers, e, err) && fits_run(e->workers, e, err);
    }
    return agree(world, ok, err);
}

static bool run_wanted(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                       const size_t *wanted, size_t n, struct buf *digests, struct arena *arena,
                       struct sweep_outcome *out, struct error *err)
{
    struct engine *e;
    bool ok = engine_start(world, sweep, options, wanted, n, &e, err);
    e->digests = comm_rank(world) == 0 ? digests : NULL;
    ok = ok && run_engine(world, e, err);
    if (ok)
        count_outcome(world, e, arena, out);
    engine_free(e);
    return ok;
}

bool sweep_run(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
               struct arena *arena, struct sweep_outcome *out, struct error *err)
{
    uint8_t *state = ARENA_ZARRAY(arena, uint8_t, sweep->n_runs);
    size_t *wanted = ARENA_ARRAY(arena, size_t, sweep->n_runs), n = 0;
    *out = (struct sweep_outcome){0};
    TRY(make_folders(world, sweep, options, err));
    TRY(agree(world, comm_rank(world) != 0 || find_states(sweep, options, state, err), err));
    comm_bcast(world, state, sweep->n_runs, 0);
    for (size_t i = 0; i < sweep->n_runs; i++) {
        if (state[i] == RUN_NEW || state[i] == RUN_FAILED)
            wanted[n++] = i;
        out->kept += state[i] == RUN_KEPT;
    }
    log_job(LOG_INFO, "%zu runs: %zu to be made, %zu finished before%s", sweep->n_runs, n, out->kept,
            options->slices > 1 ? ", the rest in other slices" : "");
    return n == 0 || run_wanted(world, sweep, options, wanted, n, NULL, arena, out, err);
}

bool sweep_check(const struct comm *world, struct sweep *sweep, struct buf *out, struct error *err)
{
    struct arena *arena = arena_new();
    const struct sweep_options options = {0};
    size_t *wanted = ARENA_ARRAY(arena, size_t, sweep->n_runs);
    struct sweep_outcome outcome = {0};
    for (size_t i = 0; i < sweep->n_runs; i++) {
        wanted[i] = i;
        experiment_simulate_paid(&sweep->run[i].experiment, arena);
    }
    bool ok = run_wanted(world, sweep, &options, wanted, sweep->n_runs, out, arena, &outcome, err);
    if (ok && outcome.failed > 0)
        ok = fail(err, ERROR_INPUT, "%s", outcome.first_failure);
    arena_free(arena);
    return ok;
}

/* Digest of a part of a configuration. */
static uint64_t text_digest(void (*write)(const struct experiment *, struct buf *), const struct experiment *e)
{
    struct buf text = {.limit = (size_t)16 << 20};
    write(e, &text);
    uint64_t digest = hash64(buf_str(&text), 0);
    buf_free(&text);
    return digest;
}

static void write_tests(const struct experiment *e, struct buf *out)
{
    tests_to_json(&e->tests, out);
    tests_to_json(&e->validation, out);
}

static void write_baseline(const struct experiment *e, struct buf *out)
{
    baseline_to_json(&e->baseline, out);
}

static const char *failure_of(const char *path, struct arena *arena)
{
    struct error ignored = {0};
    struct str text, reason = STR("the record of its failure cannot be read");
    struct json_doc *doc = NULL;
    const char *out = NULL;
    if (!file_exists(path))
        return NULL;
    if (file_read(path, 1 << 20, arena, &text, &ignored) && json_parse(text, path, false, &doc, &ignored))
        json_as_str(json_get(json_root(doc), "reason"), &reason);
    out = arena_printf(arena, "%.*s", STR_ARG(reason));
    json_free(doc);
    return out;
}

static void collect_plan_of(const struct sweep *sweep, const char *out_dir, struct arena *arena,
                            struct collect_plan *out)
{
    struct collect_axis *axis = ARENA_ARRAY(arena, struct collect_axis, sweep->n_axes);
    struct collect_run *run = ARENA_ARRAY(arena, struct collect_run, sweep->n_runs);
    for (size_t a = 0; a < sweep->n_axes; a++)
        axis[a] =
            (struct collect_axis){.key = sweep->axis[a].key,
                                  .name = sweep->axis[a].name,
                                  .n = sweep->axis[a].n,
                                  .value = sweep->axis[a].value,
                                  .seed = sweep->axis[a].seed,
                                  .alone = sweep->axis[a].stage == STAGE_TRAIN || sweep->axis[a].stage == STAGE_READ};
    for (size_t i = 0; i < sweep->n_runs; i++) {
        const struct run *from = &sweep->run[i];
        run[i] = (struct collect_run){.id = from->id,
                                      .path = run_path(out_dir, from->id, "h5", arena),
                                      .failed = failure_of(run_path(out_dir, from->id, "failed", arena), arena),
                                      .at = from->at,
                                      .control = from->control,
                                      .tests = text_digest(write_tests, &from->experiment),
                                      .baseline = text_digest(write_baseline, &from->experiment)};
    }
    *out = (struct collect_plan){.name = sweep->run[0].experiment.name,
                                 .n_axes = sweep->n_axes,
                                 .n_runs = sweep->n_runs,
                                 .axis = axis,
                                 .run = run,
                                 .sweep_id = sweep->id};
}

bool sweep_collect(const struct comm *world, const struct sweep *sweep, const char *out_dir, struct buf *table,
                   size_t *missing, struct error *err)
{
    struct arena *arena = arena_new();
    struct collect_result result = {0};
    bool ok = true;
    if (comm_rank(world) == 0) {
        struct collect_plan plan;
        collect_plan_of(sweep, out_dir, arena, &plan);
        ok = collect_sweep(&plan, arena_printf(arena, "%s/sweep.h5", out_dir), table, &result, err);
    }
    ok = agree(world, ok, err);
    *missing = result.missing;
    comm_bcast(world, missing, sizeof *missing, 0);
    arena_free(arena);
    return ok;
}
