#include "command.h"

static bool plan(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                 struct arena *arena, struct error *err)
{
    struct sweep sweep;
    struct buf out = {.limit = (size_t)1 << 20};
    const char *out_dir = command_out_dir(arguments, doc, arena);
    const struct sweep_options options = {.out_dir = out_dir,
                                          .redo = arguments->redo,
                                          .slice = (size_t)arguments->slice,
                                          .slices = (size_t)arguments->n_slices};
    TRY(command_sweep_plan(comm, doc, arguments, out_dir, false, arena, &sweep, err));
    bool ok = sweep_describe(comm, &sweep, &options, &out, err);
    if (ok)
        print_job(comm, buf_str(&out));
    buf_free(&out);
    return ok;
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    return command_configured(comm, arguments, true, plan, err);
}

const struct command command_plan = {
    .name = "plan",
    .usage = "plan CONFIG",
    .summary = "what `sweep` would do: runs to be made, stages, lines to label, memory, time; reads no telemetry",
    .words_least = 1,
    .words_most = 1,
    .details = "Takes the options of `benomaly sweep`: --slice I/N shows one slice.\n",
    .run = run};
