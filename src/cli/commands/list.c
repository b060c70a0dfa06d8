#include "cli/command.h"

#include "experiment/kinds.h"

static void add_kind(const struct plugin_list *list, struct buf *out)
{
    buf_printf(out, "%s\n", list->kind);
    for (size_t i = 0; i < list->n; i++) {
        buf_printf(out, "  %-12s %s\n", list->item[i]->name, list->item[i]->summary);
        params_help(list->item[i]->params, "               ", out);
    }
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    struct buf out = {.limit = (size_t)1 << 20};
    const char *names[KIND_COUNT];
    bool found = arguments->n_words == 0;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        names[i] = kind_list(i)->kind;
        if (arguments->n_words > 0 && strcmp(arguments->word[0], names[i]) != 0)
            continue;
        found = true;
        add_kind(kind_list(i), &out);
    }
    if (found)
        print_job(comm, buf_str(&out));
    buf_free(&out);
    return found || fail(err, ERROR_USAGE, "unknown kind \"%s\"; kinds are %s, %s, %s, %s, %s", arguments->word[0],
                         names[0], names[1], names[2], names[3], names[4]);
}

const struct command command_list = {
    .name = "list",
    .usage = "list [KIND]",
    .summary = "plug-ins of every kind (reader, extractor, detector, backend, classifier) with their parameters",
    .words_most = 1,
    .run = run};
