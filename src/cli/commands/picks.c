#include "command.h"

#include "comm/agree.h"
#include "record/run_file.h"

static bool parse_config(const char *path, const struct arguments *arguments, struct json_doc **doc,
                         struct arena *arena, struct experiment *out, struct error *err)
{
    struct run_stamp stamp;
    TRY(run_file_stamp(path, arena, &stamp, err));
    TRY(json_parse(str_of(stamp.config), path, false, doc, err));
    for (size_t i = 0; i < arguments->n_settings; i++)
        TRY(json_set(*doc, arguments->setting[i].key, arguments->setting[i].value, err));
    return experiment_parse(*doc, arena, out, err);
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    struct arena *arena = arena_new();
    struct json_doc *doc = NULL;
    struct experiment experiment;
    struct buf out = {.limit = SIZE_MAX};
    bool ok = agree(comm, parse_config(arguments->word[0], arguments, &doc, arena, &experiment, err), err) &&
              picks_show(comm, arguments->word[0], &experiment, &out, err);
    if (ok)
        print_job(comm, buf_str(&out));
    buf_free(&out);
    json_free(doc);
    arena_free(arena);
    return ok;
}

const struct command command_picks = {
    .name = "picks",
    .usage = "picks RUN.h5",
    .summary = "a run's picked lines with their texts, found again in the inputs by hash, as JSON lines",
    .words_least = 1,
    .words_most = 1,
    .details = "Result files hold no command lines. --set data=DIR says where the inputs are (the file does not).\n",
    .run = run};
