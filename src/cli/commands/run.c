#include "command.h"

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    return command_configured(comm, arguments, false, command_run_sweep, err);
}

const struct command command_run = {
    .name = "run",
    .usage = "run CONFIG",
    .summary = "one run, from telemetry to the saturation curve; the configuration's sweep section is ignored",
    .words_least = 1,
    .words_most = 1,
    .details = "Writes DIR/runs/ID.h5, DIR/sweep.h5, DIR/labels.jsonl (paid verdicts, never asked for twice) and\n"
               "DIR/quarantine.jsonl (records that could not be read). A finished run is not run again.\n",
    .run = run};
