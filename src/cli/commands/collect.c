#include "command.h"

static bool collect(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                    struct arena *arena, struct error *err)
{
    struct sweep sweep;
    const char *out_dir = command_out_dir(arguments, doc, arena);
    return command_sweep_plan(comm, doc, arguments, out_dir, true, arena, &sweep, err) &&
           command_collect_sweep(comm, &sweep, out_dir, err);
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    return command_configured(comm, arguments, true, collect, err);
}

const struct command command_collect = {
    .name = "collect",
    .usage = "collect CONFIG",
    .summary = "finished runs of a sweep -> DIR/sweep.h5 and the table, without running anything",
    .words_least = 1,
    .words_most = 1,
    .details = "Runs that are missing stay NaN in the file and \"-\" in the table.\n",
    .run = run};
