#include "cli/command.h"

#include "comm/agree.h"
#include "experiment/collect.h"
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
    bool ok = comm_rank(comm) != 0 || collect_write(sweep, out_dir, &table, &missing, err);
    ok = agree(comm, ok, err);
    if (ok) {
        print_job(comm, buf_str(&table));
        log_job(LOG_INFO, "written: %s/sweep.h5 and %zu runs in %s/runs", out_dir, sweep->n_runs - missing, out_dir);
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

bool command_run_sweep(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                       struct arena *arena, struct error *err)
{
    struct sweep sweep;
    const char *out_dir = command_out_dir(arguments, doc, arena);
    return sweep_plan(comm, doc, arena, &sweep, err) && sweep_run(comm, &sweep, out_dir, err) &&
           command_collect_sweep(comm, &sweep, out_dir, err);
}
