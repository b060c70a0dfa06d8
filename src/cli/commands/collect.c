#include "cli/command.h"

static bool collect(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                    struct arena *arena, struct error *err)
{
    struct sweep sweep;
    return sweep_plan(comm, doc, arena, &sweep, err) &&
           command_collect_sweep(comm, &sweep, command_out_dir(arguments, doc, arena), err);
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
