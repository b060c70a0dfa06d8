#include "command.h"

#include "comm/agree.h"
#include "ingest/events.h"
#include "support/log.h"
#include "support/utf8.h"

#include <stdio.h>

enum { FEW_BAD = 10, FEW_EVENTS = 5, FEW_OTHERS = 20, SHOWN_BYTES = 60, RECORD_BYTES = 1 << 28 };

struct printing {
    struct buf line;
    int64_t left; /* events still to be printed */
    int64_t n_bad, n_others;
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

static bool print_event(void *context, struct event_place place, const struct event *event, const struct origin *origin)
{
    struct printing *printing = context;
    struct buf *line = &printing->line;
    (void)place;
    (void)origin;
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

static void explain_field(struct buf *out, const char *name, struct str origin, struct str text)
{
    char shown[4 * SHOWN_BYTES];
    size_t n = utf8_escape(shown, sizeof shown, text.p, min_size(text.n, SHOWN_BYTES));
    const char *from = origin.n > 0 ? "" : text.n > 0 ? "the layout" : "nothing";
    buf_printf(out, "  %-12s from %s%.*s%s%.*s%s\n", name, from, STR_ARG(origin), text.n > 0 ? ": " : "", (int)n, shown,
               text.n > SHOWN_BYTES ? "..." : "");
}

/* A record's place, and each field with the name it was found by. */
static bool explain_event(void *context, struct event_place place, const struct event *event,
                          const struct origin *origin)
{
    static const struct origin unknown = {.wrapper = {"", 0}};
    struct printing *printing = context;
    struct buf *out = &printing->line;
    const struct origin *from = origin != NULL ? origin : &unknown;
    out->n = 0;
    buf_printf(out, "%s, byte %" PRId64 ": an event", place.path, place.offset);
    if (from->wrapper.n > 0)
        buf_printf(out, ", inside %.*s", STR_ARG(from->wrapper));
    buf_add_str(out, STR("\n"));
    explain_field(out, "command_line", from->command, event->command);
    explain_field(out, "host", from->host, event->host);
    explain_field(out, "user", from->user, event->user);
    explain_field(out, "parent_image", from->parent, event->parent);
    explain_field(out, "image", from->image, event->image);
    explain_field(out, "ts", from->time, event->time);
    printing->failed = fwrite(out->p, 1, out->n, stdout) != out->n;
    return !printing->failed && --printing->left > 0;
}

static void explain_other(void *context, struct event_place place, enum read_result result)
{
    struct printing *printing = context;
    if (printing->n_others++ < FEW_OTHERS)
        printf("%s, byte %" PRId64 ": no event: %s\n", place.path, place.offset, read_result_name(result));
}

static void explain_bad(void *context, struct event_place place, const char *reason)
{
    struct printing *printing = context;
    if (printing->n_bad++ < FEW_OTHERS)
        printf("%s, byte %" PRId64 ": bad: %s\n", place.path, place.offset, reason);
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
    *limit = arguments->explain ? FEW_EVENTS : INT64_MAX;
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
    for (size_t i = 0; i < N_FILTERED; i++)
        sum += counts->filtered[i];
    filtered_list(counts->filtered, &text);
    log_job(LOG_INFO,
            "%" PRId64 " files: %" PRId64 " events, %" PRId64 " other records%s%.*s%s, %" PRId64
            " blank or part of others, %" PRId64 " bad, %" PRId64 " damaged files",
            counts->files, counts->events, sum, sum > 0 ? " (" : "", (int)text.n, text.n > 0 ? text.p : "",
            sum > 0 ? ")" : "", counts->blank, counts->bad, counts->unreadable);
    buf_free(&text);
}

static bool run(const struct comm *comm, const struct arguments *arguments, struct error *err)
{
    struct arena *arena = arena_new();
    struct input input;
    struct event_counts counts;
    struct printing printing = {.line = {.limit = SIZE_MAX}};
    const struct event_visitor print = {&printing, false, print_event, print_bad, NULL};
    const struct event_visitor explain = {&printing, true, explain_event, explain_bad, explain_other};
    bool ok = parse(arguments, arena, &input, &printing.left, err) &&
              events_read(comm, &input, NULL, RECORD_BYTES, arguments->explain ? &explain : &print, &counts, err);
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
        "limit=N stops after N events. What comes out can be read again as format jsonl. --explain shows of the first\n"
        "records which value each field came from, and why a record is no event.\n",
    .run = run};
