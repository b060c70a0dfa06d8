#include "command.h"

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    return command_configured(comm, arguments, true, command_run_sweep, err);
}

const struct command command_sweep = {
    .name = "sweep",
    .usage = "sweep CONFIG",
    .summary = "every run of the configuration's sweep section that is missing, then the table",
    .words_least = 1,
    .words_most = 1,
    .details =
        "Start it again after an interruption: finished runs and paid verdicts are kept. See `benomaly run --help`.\n",
    .run = run};
