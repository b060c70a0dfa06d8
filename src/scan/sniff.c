#include "scan/sniff.h"

#include "json_reader.h"

enum { SHOWN_BYTES = 200 };

struct sniff_count sniff_read(const struct field_map *given, const struct reader *reader, struct str head, bool whole)
{
    struct arena *arena = arena_new();
    struct field_map own = fields_fill(given, reader->fields);
    void *state = reader->start(&own, arena);
    struct sniff_count count = {0, 0, 0};
    struct event event;
    const char *reason;
    size_t at = 0;
    for (int i = 0; i < SNIFF_RECORDS && at < head.n; i++) {
        struct arena_mark mark = arena_mark(arena);
        size_t n = reader->record_length(state, head.p + at, head.n - at, whole);
        if (n == 0 && at == 0) /* longer than the head: looked at as far as it is there */
            n = reader->record_length(state, head.p, head.n, true);
        if (n == 0)
            break;
        enum read_result result = reader->parse(state, (struct str){head.p + at, n}, arena, &event, &reason);
        count.events += result == READ_EVENT;
        count.filtered += result == READ_FILTERED;
        count.bad += result == READ_BAD;
        at += n;
        arena_release(arena, mark);
    }
    arena_free(arena);
    return count;
}

static bool better(struct sniff_count a, bool a_splits, struct sniff_count b, bool b_splits)
{
    if (a.events != b.events)
        return a.events > b.events;
    if (a.filtered != b.filtered)
        return a.filtered > b.filtered;
    return a.bad != b.bad ? a.bad < b.bad : a_splits && !b_splits;
}

const struct reader *sniff_format(const struct field_map *given, struct str head, bool whole)
{
    const struct plugin_list *list = reader_list();
    const struct reader *best = NULL;
    struct sniff_count best_count = {0, 0, 0};
    for (size_t i = 0; i < list->n; i++) {
        const struct reader *reader = reader_find(list->item[i]->name);
        struct sniff_count count = sniff_read(given, reader, head, whole);
        if (count.events + count.filtered <= count.bad)
            continue;
        if (best == NULL || better(count, reader->resync != NULL, best_count, best->resync != NULL)) {
            best = reader;
            best_count = count;
        }
    }
    return best;
}

bool sniff_readable(const char *path, struct str head, struct error *err)
{
    if (str_starts(head, (struct str){"ElfFile\0", 8}))
        return fail(
            err, ERROR_INPUT,
            "%s: a binary Windows event log. Convert it first, for instance with `evtx_dump -o jsonl FILE`, and "
            "read what comes out with \"format\": \"evtx_json\".",
            path);
    if (str_starts(head, STR("\xFF\xFE")) || str_starts(head, STR("\xFE\xFF")))
        return fail(err, ERROR_INPUT, "%s: text in UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8 FILE", path);
    return true;
}

/* The first bytes that are not blank, runs of blanks as one. */
static size_t show(struct str head, char out[SHOWN_BYTES + 4])
{
    size_t n = 0, i = 0;
    bool gap = false;
    for (; i < head.n && n + 1 < SHOWN_BYTES; i++) {
        if ((unsigned char)head.p[i] <= ' ') {
            gap = n > 0;
            continue;
        }
        if (gap)
            out[n++] = ' ';
        gap = false;
        out[n++] = head.p[i];
    }
    while (i < head.n && n > 0 && ((unsigned char)out[n - 1] & 0xC0) == 0x80) /* no half characters */
        n--;
    while (i < head.n && n > 0 && (unsigned char)out[n - 1] >= 0xC0)
        n--;
    if (i < head.n) {
        memcpy(out + n, "...", 3);
        n += 3;
    }
    out[n] = '\0';
    return n;
}

/* The JSON format with most of its fields in the record. */
static const struct reader *nearest_json(const struct field_map *given, struct str record, struct arena *arena)
{
    const struct plugin_list *list = reader_list();
    const struct reader *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct reader *reader = reader_find(list->item[i]->name);
        struct field_map own = fields_fill(given, reader->fields);
        size_t n = reader->decode == json_decode ? json_fields_found(&own, record, arena) : 0;
        if (n > most) {
            most = n;
            best = reader;
        }
    }
    return best;
}

bool sniff_fail(const struct field_map *given, const char *path, struct str head, bool whole, struct error *err)
{
    char shown[SHOWN_BYTES + 4];
    struct arena *arena = arena_new();
    size_t skip = 0;
    while (skip < head.n && (unsigned char)head.p[skip] <= ' ')
        skip++;
    head = (struct str){head.p + skip, head.n - skip};
    size_t n = json_object_length(NULL, head.p, head.n, whole);
    struct str record = {head.p, n > 0 ? n : head.n};
    bool json = head.n > 0 && (head.p[0] == '{' || head.p[0] == '[');
    const struct reader *near = json ? nearest_json(given, record, arena) : NULL;
    if (!json)
        near = str_find(record, STR("audit("), 0) != SIZE_MAX ? reader_find("auditd") : reader_find("csv");
    const char *reason = "none of its fields is there";
    struct event event;
    struct field_map own = fields_fill(given, near != NULL ? near->fields : NULL);
    if (near != NULL && near->parse(near->start(&own, arena), record, arena, &event, &reason) != READ_BAD)
        reason = "no process creation is among the first records";
    show(record, shown);
    fail(
        err, ERROR_INPUT,
        "%s: the layout is not known. It starts with: %s -- The nearest format is %s, but %s. Set \"format\", and name "
        "the field with the command line: \"fields\": {\"command\": \"NAME\"}.",
        path, shown, near != NULL ? near->plugin.name : "jsonl", reason);
    arena_free(arena);
    return false;
}
