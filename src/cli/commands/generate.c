#include "cli/command.h"

#include "support/log.h"

/* The "generate" section of a configuration, or the defaults, with the settings applied. */
static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    struct arena *arena = arena_new();
    struct json_doc *doc = NULL;
    struct generate params;
    struct str data = {"", 0};
    bool made = false;
    bool ok = config_read(comm, arguments->word[0], arguments->setting, arguments->n_settings, &doc, err);
    params_default(generate_params, &params);
    ok = ok && params_from_json(generate_params, &params, doc, json_get(json_root(doc), "generate"), NULL, arena, err);
    if (ok && !arguments->out && !json_as_str(json_get(json_root(doc), "data"), &data))
        ok = json_fail(doc, json_root(doc), err, "\"data\" names no folder; set it or give --out DIR");
    const char *dir = arguments->out ? arguments->out : arena_printf(arena, "%.*s", STR_ARG(data));
    ok = ok && generate_files(comm, &params, dir, &made, err);
    if (ok)
        log_job(LOG_INFO, "%s: synthetic telemetry %s", dir, made ? "written" : "was there already");
    json_free(doc);
    arena_free(arena);
    return ok;
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
