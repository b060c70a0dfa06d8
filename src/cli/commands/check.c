#include "cli/command.h"

#include "experiment/pipeline.h"

static bool check(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                  struct arena *arena, struct error *err)
{
    (void)arguments;
    struct experiment experiment;
    struct result result;
    TRY(experiment_parse(doc, arena, &experiment, err));
    experiment_simulate_paid(&experiment, arena);
    TRY(pipeline_run(comm, &experiment, NULL, arena, &result, err));
    struct buf out = {.limit = (size_t)1 << 20};
    for (size_t i = 0; i < result.n_digests; i++)
        buf_printf(&out, "%-40s %016" PRIx64 "\n", result.digest[i].name, result.digest[i].value);
    print_job(comm, buf_str(&out));
    buf_free(&out);
    return true;
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    return command_configured(comm, arguments, false, check, err);
}

const struct command command_check = {
    .name = "check",
    .usage = "check CONFIG",
    .summary = "one line \"stage digest\" a stage: equal on any number of ranks",
    .words_least = 1,
    .words_most = 1,
    .details = "Runs the configuration without writing results and without asking a language model. Compare\n"
               "`benomaly check CONFIG` with `mpiexec -n 5 benomaly check CONFIG`: the lines are the same.\n",
    .run = run};
