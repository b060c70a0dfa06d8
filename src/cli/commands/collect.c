#include "cli/command.h"

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    struct arena *arena = arena_new();
    struct json_doc *doc = NULL;
    struct sweep sweep;
    bool ok = config_read(comm, arguments->word[0], arguments->setting, arguments->n_settings, &doc, err) &&
              sweep_plan(comm, doc, arena, &sweep, err) &&
              command_collect_sweep(comm, &sweep, command_out_dir(arguments, doc, arena), err);
    json_free(doc);
    arena_free(arena);
    return ok;
}

const struct command command_collect = {
    .name = "collect",
    .usage = "collect CONFIG",
    .summary = "finished runs of a sweep -> DIR/sweep.h5 and the table, without running anything",
    .words_least = 1,
    .words_most = 1,
    .details = "Runs that are missing stay NaN in the file and \"-\" in the table.\n",
    .run = run};
