#include "command.h"

#include "support/log.h"

/* The "generate" section of a configuration, with the settings applied. Without one the data may be real: nothing is
 * written there. */
static bool generate(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                     struct arena *arena, struct error *err)
{
    struct generate params;
    struct str data = {"", 0};
    bool made;
    const struct json *section = json_get(json_root(doc), "generate");
    if (!section)
        return json_fail(doc, json_root(doc), err,
                         "there is no \"generate\" section: this configuration's telemetry is not synthetic");
    params_default(generate_params, &params);
    TRY(params_from_json(generate_params, &params, doc, section, NULL, arena, err));
    if (!arguments->out && !json_as_str(json_get(json_root(doc), "data"), &data))
        return json_fail(doc, json_root(doc), err, "\"data\" names no folder; set it or give --out DIR");
    const char *dir = arguments->out ? arguments->out : arena_printf(arena, "%.*s", STR_ARG(data));
    TRY(generate_files(comm, &params, dir, &made, err));
    log_job(LOG_INFO, "%s: synthetic telemetry %s", dir, made ? "written" : "was there already");
    return true;
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    return command_configured(comm, arguments, false, generate, err);
}

const struct command command_generate = {
    .name = "generate",
    .usage = "generate CONFIG",
    .summary = "synthetic telemetry of the configuration's generate section, into its data folder or --out DIR",
    .words_least = 1,
    .words_most = 1,
    .details = "For trying out and for tests at scale, never for a claim about real telemetry. The same bytes for any "
               "number of\n"
               "ranks. Change parameters with --set, as in --set generate.lines_per_day=1000000.\n",
    .run = run};
