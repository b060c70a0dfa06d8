#include "command.h"

#include "experiment/kinds.h"

static void add_kind(const struct plugin_list *list, struct buf *out)
{
    buf_printf(out, "%s\n", list->kind);
    for (size_t i = 0; i < list->n; i++) {
        buf_printf(out, "  %-12s %s\n", list->item[i]->name, list->item[i]->summary);
        params_help(list->item[i]->params, "               ", out);
    }
}

static bool unknown_kind(const char *word, struct error *err)
{
    struct buf names = {.limit = 512};
    for (size_t i = 0; i < KIND_COUNT; i++)
        buf_printf(&names, "%s%s", i > 0 ? ", " : "", kind_list(i)->kind);
    fail(err, ERROR_USAGE, "unknown kind \"%s\"; kinds are %s", word, names.p);
    buf_free(&names);
    return false;
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    const struct plugin_list *one = arguments->n_words > 0 ? kind_find(arguments->word[0]) : NULL;
    if (arguments->n_words > 0 && !one)
        return unknown_kind(arguments->word[0], err);
    struct buf out = {.limit = (size_t)1 << 20};
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (!one || one == kind_list(i))
            add_kind(kind_list(i), &out);
    print_job(comm, buf_str(&out));
    buf_free(&out);
    return true;
}

const struct command command_list = {
    .name = "list",
    .usage = "list [KIND]",
    .summary =
        "plug-ins (layout or format, extractor, detector, backend, classifier) and sections with their parameters",
    .words_most = 1,
    .details =
        "A parameter's name is the end of its key: for --set and as an axis of a sweep, as in detector.trees or\n"
        "select.budget. Default values, then the range, then what it means.\n",
    .run = run};
