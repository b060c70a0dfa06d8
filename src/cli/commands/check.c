#include "command.h"

static bool check(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                  struct arena *arena, struct error *err)
{
    struct sweep sweep;
    struct buf out = {.limit = (size_t)1 << 20};
    TRY(command_prepare(comm, doc, arguments, NULL, arena, &sweep, err));
    bool ok = sweep_check(comm, &sweep, &out, err);
    if (ok)
        print_job(comm, buf_str(&out));
    buf_free(&out);
    return ok;
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
