#include "command.h"

static bool explain(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                    struct arena *arena, struct error *err)
{
    struct experiment experiment;
    int64_t day;
    TRY(experiment_parse(doc, arena, &experiment, err));
    if (!str_to_i64(str_of(arguments->word[1]), &day) || day < 1 || day > (int64_t)experiment.n_days)
        return fail(err, ERROR_USAGE, "DAY must be 1..%zu, not %s", experiment.n_days, arguments->word[1]);
    struct buf out = {.limit = (size_t)1 << 20};
    bool ok = explain_line(comm, &experiment, (size_t)day - 1, str_of(arguments->word[2]), &out, err);
    if (ok)
        print_job(comm, buf_str(&out));
    buf_free(&out);
    return ok;
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    return command_configured(comm, arguments, false, explain, err);
}

const struct command command_explain = {
    .name = "explain",
    .usage = "explain CONFIG DAY LINE",
    .summary = "why a line is strange on a day: its score, its place, the features that made it so",
    .words_least = 3,
    .words_most = 3,
    .details = "DAY counts from 1; LINE need not occur on it. A feature's share is what the score loses when the "
               "feature takes its\n"
               "typical value (the day's median).\n",
    .run = run};
