#include "experiment/sweep.h"

#include "comm/agree.h"
#include "experiment/record.h"
#include "label/backend.h"
#include "support/clock.h"
#include "support/file.h"
#include "support/hash.h"
#include "support/log.h"

enum { SWEEP_MOST_RUNS = 100000 };

/* How an axis value is shown: a string as it is, anything else as canonical JSON. */
static const char *value_label(const struct json *node, struct arena *arena)
{
    struct str s;
    if (json_as_str(node, &s))
        return arena_printf(arena, "%.*s", STR_ARG(s));
    struct buf dump = {.limit = (size_t)1 << 20};
    json_dump(node, &dump);
    const char *label = arena_printf(arena, "%.*s", STR_ARG(buf_str(&dump)));
    buf_free(&dump);
    return label;
}

static bool parse_axes(const struct json_doc *doc, const struct json *section, struct arena *arena, struct sweep *out,
                       struct error *err)
{
    if (section && json_type(section) != JSON_OBJECT)
        return json_fail(doc, section, err, "sweep must map keys to lists of values, such as {\"seed\": [1, 2, 3]}");
    out->n_axes = section ? json_count(section) : 0;
    out->axis = ARENA_ZARRAY(arena, struct axis, out->n_axes);
    out->n_runs = 1;
    for (size_t a = 0; a < out->n_axes; a++) {
        const struct json *values = json_at(section, a);
        struct axis *axis = &out->axis[a];
        if (json_type(values) != JSON_ARRAY || json_count(values) == 0)
            return json_fail(doc, values, err, "an axis must be a list of one value or more");
        const char *key = json_key(values), *dot = strrchr(key, '.');
        *axis = (struct axis){.key = arena_printf(arena, "%s", key),
                              .name = arena_printf(arena, "%s", dot ? dot + 1 : key),
                              .n = json_count(values),
                              .value = ARENA_ARRAY(arena, const char *, json_count(values))};
        for (size_t b = 0; b < a; b++)
            if (strcmp(out->axis[b].name, axis->name) == 0)
                return json_fail(doc, values, err, "two axes are called \"%s\"", axis->name);
        for (size_t i = 0; i < axis->n; i++)
            axis->value[i] = value_label(json_at(values, i), arena);
        if (axis->n > SWEEP_MOST_RUNS / out->n_runs)
            return json_fail(doc, values, err, "a sweep of more than %d runs", SWEEP_MOST_RUNS);
        out->n_runs *= axis->n;
    }
    return true;
}

/* What verdicts depend on beside their parameters: a prompt's text, a verdict file. */
static bool add_label_identity(const struct experiment *e, struct buf *out, struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < e->labeler.n_backends; i++) {
        const struct choice *choice = &e->labeler.backend[i];
        const struct backend *backend = (const struct backend *)choice->plugin;
        const char *identity = "";
        if (backend->identity)
            TRY(backend->identity(&e->labeler, choice->params, arena, &identity, err));
        buf_printf(out, " %s", identity);
    }
    return true;
}

/* The run's identity: its configuration, the program's version, the input files' names and sizes (those of generated
 * telemetry follow from the configuration), what its labels depend on. */
static bool identify_run(const struct comm *comm, struct run *run, struct arena *arena, struct error *err)
{
    const struct experiment *e = &run->experiment;
    uint64_t inputs = 0;
    for (size_t i = 0; !e->generates && i < e->n_days + 2 + e->n_tests; i++) {
        const struct inputs *from = i < e->n_days        ? &e->day[i]
                                    : i == e->n_days     ? &e->benign.from
                                    : i == e->n_days + 1 ? &e->malicious.from
                                                         : &e->test[i - e->n_days - 2].from;
        uint64_t digest;
        TRY(day_input_digest(comm, from->input, from->n, e->data_dir, &digest, err));
        inputs = hash_mix(inputs ^ digest);
    }
    struct buf text = {.limit = (size_t)16 << 20};
    experiment_to_json(e, &text);
    run->config = arena_printf(arena, "%.*s", STR_ARG(buf_str(&text)));
    buf_printf(&text, " %s %016" PRIx64, BENOMALY_VERSION, inputs);
    bool ok = add_label_identity(e, &text, arena, err);
    struct hash128 h = hash128(buf_str(&text), 0);
    buf_free(&text);
    TRY(agree(comm, ok, err));
    char hex[33];
    hash128_hex(h, hex);
    memcpy(run->id, hex, 16);
    return true;
}

static bool plan_run(const struct comm *comm, const struct json_doc *doc, const struct json *section, size_t number,
                     struct arena *arena, const struct sweep *sweep, struct run *run, struct error *err)
{
    struct json_doc *own = json_clone(doc);
    bool ok = true;
    run->at = ARENA_ARRAY(arena, size_t, sweep->n_axes);
    for (size_t a = sweep->n_axes; a-- > 0;) {
        run->at[a] = number % sweep->axis[a].n;
        number /= sweep->axis[a].n;
    }
    for (size_t a = 0; ok && a < sweep->n_axes; a++) {
        struct buf value = {.limit = (size_t)1 << 20};
        json_dump(json_at(json_at(section, a), run->at[a]), &value);
        ok = json_set(own, sweep->axis[a].key, value.p, err);
        buf_free(&value);
    }
    json_remove(own, "sweep");
    ok = ok && experiment_parse(own, arena, &run->experiment, err) && identify_run(comm, run, arena, err);
    json_free(own);
    return ok;
}

bool sweep_plan(const struct comm *comm, const struct json_doc *doc, struct arena *arena, struct sweep *out,
                struct error *err)
{
    const struct json *section = json_get(json_root(doc), "sweep");
    *out = (struct sweep){0};
    TRY(parse_axes(doc, section, arena, out, err));
    out->run = ARENA_ZARRAY(arena, struct run, out->n_runs);
    for (size_t i = 0; i < out->n_runs; i++)
        TRY(plan_run(comm, doc, section, i, arena, out, &out->run[i], err));
    return true;
}

static const char *run_label(const struct sweep *sweep, const struct run *run, struct arena *arena)
{
    const char *label = sweep->n_axes == 0 ? "the configuration itself" : "";
    for (size_t a = 0; a < sweep->n_axes; a++)
        label = arena_printf(arena, "%s%s%s=%s", label, a == 0 ? "" : " ", sweep->axis[a].name,
                             sweep->axis[a].value[run->at[a]]);
    return label;
}

static bool run_one(const struct comm *comm, const struct sweep *sweep, struct run *run, const char *out_dir,
                    const char *path, struct arena *arena, struct error *err)
{
    struct result result;
    const char *quarantine = arena_printf(arena, "%s/quarantine.jsonl", out_dir);
    run->experiment.labeler.journal = arena_printf(arena, "%s/labels.jsonl", out_dir);
    bool ok = comm_rank(comm) != 0 || file_remove(quarantine, err);
    TRY(agree(comm, ok, err));
    TRY(pipeline_run(comm, &run->experiment, quarantine, arena, &result, err));
    return record_write(comm, path, sweep, run, &result, err);
}

bool sweep_run(const struct comm *comm, const struct sweep *sweep, const char *out_dir, struct error *err)
{
    struct arena *arena = arena_new();
    double started = clock_seconds();
    bool ok = comm_rank(comm) != 0 || file_make_dirs(arena_printf(arena, "%s/runs", out_dir), err);
    ok = agree(comm, ok, err);
    size_t done = 0;
    for (size_t i = 0; ok && i < sweep->n_runs; i++) {
        struct run *run = &sweep->run[i];
        struct arena_mark mark = arena_mark(arena);
        const char *path = arena_printf(arena, "%s/runs/%s.h5", out_dir, run->id);
        const char *label = run_label(sweep, run, arena);
        int32_t finished = comm_rank(comm) == 0 && record_finished(path, run);
        comm_bcast(comm, &finished, sizeof finished, 0);
        if (finished) {
            log_job(LOG_INFO, "run %zu of %zu (%s): finished before, %s", i + 1, sweep->n_runs, label, path);
        } else {
            log_job(LOG_INFO, "run %zu of %zu (%s)", i + 1, sweep->n_runs, label);
            ok = run_one(comm, sweep, run, out_dir, path, arena, err) ||
                 error_context(err, "run %s (%s)", run->id, label);
            double left = (clock_seconds() - started) / (double)++done * (double)(sweep->n_runs - i - 1);
            if (ok && i + 1 < sweep->n_runs)
                log_job(LOG_INFO, "%.0f%% of the sweep, about %.0f s left",
                        100.0 * (double)(i + 1) / (double)sweep->n_runs, left);
        }
        arena_release(arena, mark);
    }
    arena_free(arena);
    return ok;
}
