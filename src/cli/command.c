#include "command.h"

#include "comm/agree.h"
#include "support/log.h"

#include <stdio.h>

#define PLUGIN(name) extern const struct command command_##name;
#include "cli/command_table.inc"
#undef PLUGIN

#define PLUGIN(name) &command_##name,
static const struct command *const commands[] = {
#include "cli/command_table.inc"
};
#undef PLUGIN

const struct command *const *command_all(size_t *n)
{
    *n = ARRAY_LEN(commands);
    return commands;
}

void print_job(const struct comm *comm, struct str text)
{
    if (comm_rank(comm) != 0)
        return;
    fwrite(text.p, 1, text.n, stdout);
    fflush(stdout);
}

const char *command_out_dir(const struct arguments *arguments, const struct json_doc *doc, struct arena *arena)
{
    struct str name = STR("unnamed");
    if (arguments->out)
        return arguments->out;
    json_as_str(json_get(json_root(doc), "name"), &name);
    return arena_printf(arena, "results/%.*s", STR_ARG(name));
}

bool command_collect_sweep(const struct comm *comm, const struct sweep *sweep, const char *out_dir, struct error *err)
{
    struct buf table = {.limit = (size_t)64 << 20};
    size_t missing = 0;
    bool ok = sweep_collect(comm, sweep, out_dir, &table, &missing, err);
    if (ok) {
        print_job(comm, buf_str(&table));
        log_job(LOG_INFO, "written: %s/sweep.h5 from %zu runs in %s/runs", out_dir, sweep->n_runs - missing, out_dir);
    }
    buf_free(&table);
    return ok;
}

bool command_configured(const struct comm *comm, const struct arguments *arguments, bool sweeps, command_body *body,
                        struct error *err)
{
    struct arena *arena = arena_new();
    struct json_doc *doc = NULL;
    bool ok = config_read(comm, arguments->word[0], arguments->setting, arguments->n_settings, &doc, err);
    if (ok && !sweeps)
        json_remove(doc, "sweep");
    ok = ok && body(comm, doc, arguments, arena, err);
    json_free(doc);
    arena_free(arena);
    return ok;
}

bool command_sweep_plan(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                        const char *out_dir, bool hash, struct arena *arena, struct sweep *out, struct error *err)
{
    struct identity *identity = identity_new(out_dir ? arena_printf(arena, "%s/files.cache", out_dir) : NULL, hash);
    bool ok = axes_plan(comm, doc, arguments->setting, arguments->n_settings, identity, arena, out, err);
    identity_free(identity);
    return ok;
}

static bool make_telemetry(const struct comm *comm, const struct json_doc *doc, struct arena *arena, struct error *err)
{
    struct json_doc *single = json_clone(doc);
    struct experiment e;
    bool made;
    json_remove(single, "sweep");
    bool ok = experiment_parse(single, arena, &e, err) &&
              (!e.generates || generate_files(comm, &e.generate, e.data_dir, &made, err));
    json_free(single);
    return ok;
}

bool command_prepare(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                     const char *out_dir, struct arena *arena, struct sweep *out, struct error *err)
{
    return make_telemetry(comm, doc, arena, err) &&
           command_sweep_plan(comm, doc, arguments, out_dir, true, arena, out, err);
}

bool command_run_sweep(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                       struct arena *arena, struct error *err)
{
    struct sweep sweep;
    struct sweep_outcome outcome;
    const char *out_dir = command_out_dir(arguments, doc, arena);
    const struct sweep_options options = {.out_dir = out_dir,
                                          .redo = arguments->redo,
                                          .accept = arguments->accept,
                                          .slice = (size_t)arguments->slice,
                                          .slices = (size_t)arguments->n_slices};
    TRY(command_prepare(comm, doc, arguments, out_dir, arena, &sweep, err));
    TRY(sweep_run(comm, &sweep, &options, arena, &outcome, err));
    if (outcome.failed > 0 && outcome.done + outcome.kept + outcome.elsewhere == 0)
        return fail(err, ERROR_INPUT, "all %zu runs failed; the first: %s", outcome.failed, outcome.first_failure);
    TRY(command_collect_sweep(comm, &sweep, out_dir, err));
    if (outcome.failed > 0)
        return fail(err, ERROR_INPUT, "%zu of %zu runs failed, the same command tries them again; the first: %s",
                    outcome.failed, sweep.n_runs, outcome.first_failure);
    return true;
}
