#include "command.h"

#include "comm/agree.h"
#include "ingest/events.h"
#include "support/log.h"

#include <stdio.h>

enum { FEW_BAD = 10, RECORD_BYTES = 1 << 28 };

struct printing {
    struct buf line;
    int64_t left; /* events still to be printed */
    int64_t n_bad;
    bool failed; /* stdout is gone */
};

static void add_field(struct buf *line, const char *name, struct str text)
{
    buf_printf(line, "%s\"%s\":", line->n > 1 ? "," : "", name);
    if (text.n > 0)
        buf_add_json_string(line, text);
    else
        buf_add_str(line, STR("null"));
}

static bool print_event(void *context, struct event_place place, const struct event *event)
{
    struct printing *printing = context;
    struct buf *line = &printing->line;
    (void)place;
    line->n = 0;
    buf_add_str(line, STR("{"));
    add_field(line, "ts", event->time);
    add_field(line, "host", event->host);
    add_field(line, "user", event->user);
    add_field(line, "platform", str_of(platform_name(event->platform)));
    add_field(line, "parent_image", event->parent);
    add_field(line, "image", event->image);
    add_field(line, "command_line", event->command);
    buf_add_str(line, STR("}\n"));
    printing->failed = fwrite(line->p, 1, line->n, stdout) != line->n;
    return !printing->failed && --printing->left > 0;
}

static void print_bad(void *context, struct event_place place, const char *reason)
{
    struct printing *printing = context;
    if (printing->n_bad++ < FEW_BAD)
        log_job(LOG_WARN, "%s, byte %" PRId64 ": %s", place.path, place.offset, reason);
}

/* {"files": [...], "format": "auto"} with the settings applied, and the number of events wanted. */
static bool parse(const struct arguments *arguments, struct arena *arena, struct input *input, int64_t *limit,
                  struct error *err)
{
    struct buf text = {.limit = (size_t)1 << 20};
    struct json_doc *doc = NULL;
    buf_add_str(&text, STR("{\"format\":\"auto\",\"files\":["));
    for (size_t i = 0; i < arguments->n_words; i++) {
        buf_add_str(&text, i > 0 ? STR(",") : STR(""));
        buf_add_json_string(&text, str_of(arguments->word[i]));
    }
    buf_add_str(&text, STR("]}"));
    bool ok = json_parse(buf_str(&text), "events", false, &doc, err);
    for (size_t i = 0; i < arguments->n_settings && ok; i++)
        ok = json_set(doc, arguments->setting[i].key, arguments->setting[i].value, err);
    const struct json *node = ok ? json_get(json_root(doc), "limit") : NULL;
    *limit = INT64_MAX;
    if (ok && node != NULL && (!json_as_i64(node, limit) || *limit < 1))
        ok = json_fail(doc, node, err, "limit must be a whole number from 1 on");
    if (ok)
        json_remove(doc, "limit");
    ok = ok && input_parse(doc, json_root(doc), arena, input, err);
    json_free(doc);
    buf_free(&text);
    return ok;
}

static void tell(const struct event_counts *counts)
{
    struct buf text = {.limit = 512};
    int64_t sum = 0;
    for (size_t i = 0; i < N_FILTERED; i++) {
        if (counts->filtered[i] > 0)
            buf_printf(&text, "%s%s %" PRId64, sum > 0 ? ", " : " (", read_result_name(READ_OTHER + i),
                       counts->filtered[i]);
        sum += counts->filtered[i];
    }
    buf_add_str(&text, sum > 0 ? STR(")") : STR(""));
    log_job(LOG_INFO,
            "%" PRId64 " files: %" PRId64 " events, %" PRId64 " other records%.*s, %" PRId64
            " blank or part of others, %" PRId64 " bad, %" PRId64 " damaged files",
            counts->files, counts->events, sum, (int)text.n, text.n > 0 ? text.p : "", counts->blank, counts->bad,
            counts->unreadable);
    buf_free(&text);
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    struct arena *arena = arena_new();
    struct input input;
    struct event_counts counts;
    struct printing printing = {.line = {.limit = SIZE_MAX}};
    const struct event_visitor visitor = {&printing, print_event, print_bad, NULL};
    bool ok = parse(arguments, arena, &input, &printing.left, err) &&
              events_read(comm, &input, NULL, RECORD_BYTES, &visitor, &counts, err);
    if (ok) {
        fflush(stdout);
        ok = agree(comm, !printing.failed || fail(err, ERROR_IO, "the output cannot be written"), err);
    }
    if (ok)
        tell(&counts);
    buf_free(&printing.line);
    arena_free(arena);
    return ok;
}

const struct command command_events = {
    .name = "events",
    .usage = "events FILE...",
    .summary = "the process-creation events of files as JSON lines, to see that they are read right",
    .words_least = 1,
    .words_most = ARGUMENTS_MOST,
    .details =
        "Files, folders or globs. The format is found out by a look at the first file; --set format=NAME sets it (see\n"
        "`benomaly list format`), --set fields.command=NAME a field's name, --set where.FIELD=VALUE a filter, --set\n"
        "limit=N stops after N events. What comes out can be read again as format jsonl.\n",
    .run = run};
