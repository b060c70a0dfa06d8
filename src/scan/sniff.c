#include "scan/sniff.h"

#include "json_values.h"

#include <stdio.h>

enum { SHOWN_BYTES = 200, MOST_NEAR = 3 };

static void count_one(struct sniff_count *count, enum read_result result, const struct event *event, const char *reason)
{
    if (result == READ_EVENT) {
        const struct str field[] = {event->host, event->user, event->parent, event->image, event->time};
        for (size_t i = 0; i < ARRAY_LEN(field); i++)
            count->fields += field[i].n > 0;
    }
    if (result == READ_BAD && count->bad == 0)
        snprintf(count->reason, sizeof count->reason, "%s", reason);
    count->events += result == READ_EVENT;
    count->filtered += read_filtered(result);
    count->bad += result == READ_BAD;
}

static void count_rest(struct sniff_count *count, const struct form *form, void *state, struct arena *arena)
{
    struct event event;
    const char *reason = "";
    for (int i = 0; form->next != NULL && i < SNIFF_RECORDS; i++) {
        enum read_result result = form->next(state, arena, &event, &reason);
        if (result == READ_END)
            return;
        count_one(count, result, &event, reason);
    }
}

struct sniff_count sniff_read(const struct field_map *given, const struct layout *layout, struct str head, bool whole)
{
    struct arena *arena = arena_new(), *scratch = arena_new(); /* the state's, and the records' */
    const struct form *form = layout->form;
    struct field_map own = fields_fill(given, layout->fields);
    void *state = form->start(layout, &own, arena);
    struct sniff_count count = {.events = 0};
    struct event event;
    size_t at = 0;
    for (int i = 0; i < SNIFF_RECORDS && at < head.n; i++) {
        struct arena_mark mark = arena_mark(scratch);
        const char *reason = "";
        if (form->place != NULL)
            form->place(state, (int64_t)at, PLACE_INSIDE);
        size_t n = form->record_length(state, head.p + at, head.n - at, whole);
        if (n == 0 && at < head.n / 2) /* most of the head: looked at as far as it is there */
            n = form->record_length(state, head.p + at, head.n - at, true);
        if (n == 0)
            break;
        enum read_result result = form->parse(state, (struct str){head.p + at, n}, scratch, &event, &reason);
        count_one(&count, result, &event, reason);
        count_rest(&count, form, state, scratch);
        at += n;
        arena_release(scratch, mark);
    }
    if (form->end != NULL) {
        form->end(state);
        count_rest(&count, form, state, scratch);
    }
    arena_free(scratch);
    arena_free(arena);
    return count;
}

static bool better(struct sniff_count a, bool a_splits, struct sniff_count b, bool b_splits)
{
    if (a.events != b.events)
        return a.events > b.events;
    if (a.fields != b.fields)
        return a.fields > b.fields;
    if (a.filtered != b.filtered)
        return a.filtered > b.filtered;
    return a.bad != b.bad ? a.bad < b.bad : a_splits && !b_splits;
}

const struct layout *sniff_format(const struct field_map *given, struct str head, bool whole)
{
    const struct plugin_list *list = layout_list();
    const struct layout *best = NULL;
    struct sniff_count best_count = {.events = 0};
    for (size_t i = 0; i < list->n; i++) {
        const struct layout *layout = layout_find(list->item[i]->name);
        struct sniff_count count = sniff_read(given, layout, head, whole);
        if (count.events + count.filtered <= count.bad)
            continue;
        if (best == NULL ||
            better(count, layout->form == &form_json_lines, best_count, best->form == &form_json_lines)) {
            best = layout;
            best_count = count;
        }
    }
    return best;
}

/* Binary files that are no telemetry by themselves. */
static const struct magic {
    size_t offset;
    struct str bytes;
    const char *what, *how;
} magics[] = {
    {0, TEXT("PK\x03\x04"), "a zip archive", "Unpack it first: unzip FILE"},
    {0, TEXT("7z\xBC\xAF\x27\x1C"), "a 7z archive", "Unpack it first: 7z x FILE"},
    {0, TEXT("Rar!\x1A\x07"), "a rar archive", "Unpack it first: unrar x FILE"},
    {0,
     TEXT("\xFD"
          "7zXZ"),
     "xz-compressed", "Use gzip or zstd, which are read as they are: xz -dc FILE | zstd > FILE.zst"},
    {0, TEXT("BZh"), "bzip2-compressed",
     "Use gzip or zstd, which are read as they are: bzip2 -dc FILE | zstd > FILE.zst"},
    {0, TEXT("\x04\x22\x4D\x18"), "lz4-compressed",
     "Use gzip or zstd, which are read as they are: lz4 -dc FILE | zstd > FILE.zst"},
    {257, TEXT("ustar"), "a tar archive", "Unpack it first: tar -xf FILE"},
    {0, TEXT("PAR1"), "a Parquet file",
     "Export it as JSON lines first, for instance with DuckDB: COPY (FROM 'FILE') TO 'x.jsonl'"},
    {0, TEXT("Obj\x01"), "an Avro file", "Export it as JSON lines first: avro-tools tojson FILE"},
    {0, TEXT("SQLite format 3"), "an SQLite database", "Export the table as CSV or JSON lines first"},
    {0, TEXT("\xFF\xFE"), "text in UTF-16", "Convert it first: iconv -f UTF-16 -t UTF-8 FILE"},
    {0, TEXT("\xFE\xFF"), "text in UTF-16", "Convert it first: iconv -f UTF-16 -t UTF-8 FILE"},
};

static bool has_zeros(struct str head)
{
    return head.n > 0 && memchr(head.p, '\0', min_size(head.n, 512)) != NULL;
}

bool sniff_readable(const char *path, struct str head, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
        const struct magic *m = &magics[i];
        if (head.n >= m->offset + m->bytes.n && memcmp(head.p + m->offset, m->bytes.p, m->bytes.n) == 0)
            return fail(err, ERROR_INPUT, "%s: %s. %s", path, m->what, m->how);
    }
    if (str_starts(head, (struct str){"ElfFile\0", 8}))
        return fail(
            err, ERROR_INPUT,
            "%s: a binary Windows event log. Those are read where they are not compressed, by programs built with "
            "libevtx. Or convert it first, for instance with `evtx_dump -o jsonl FILE`, and read what comes out with "
            "\"format\": \"evtx_json\".",
            path);
    if (has_zeros(head) && (head.p[0] == '\0' || (head.n > 1 && head.p[1] == '\0')))
        return fail(err, ERROR_INPUT,
                    "%s: text in UTF-16, or a binary file. If it is text: iconv -f UTF-16LE -t UTF-8 FILE", path);
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

/* A layout that may have been meant, and how many of its fields the first record has. */
struct near {
    const struct layout *layout;
    size_t n;
};

static void add_near(struct near *near, const struct layout *layout, size_t n)
{
    size_t k = MOST_NEAR;
    while (k > 0 && n > near[k - 1].n)
        k--;
    for (size_t i = MOST_NEAR; i-- > k + 1;)
        near[i] = near[i - 1];
    if (k < MOST_NEAR)
        near[k] = (struct near){layout, n};
}

/* The layouts that look most like the head. */
static void find_near(const struct field_map *given, struct str record, struct arena *arena, struct near *near)
{
    const struct plugin_list *list = layout_list();
    bool json = record.p[0] == '{' || record.p[0] == '[';
    bool audit = str_find(record, STR("audit("), 0) != SIZE_MAX;
    bool xml = str_find(record, STR("<Event"), 0) != SIZE_MAX;
    const char *other = audit ? form_audit.name : xml ? form_xml.name : form_csv.name;
    for (size_t i = 0; i < list->n; i++) {
        const struct layout *layout = layout_find(list->item[i]->name);
        struct field_map own = fields_fill(given, layout->fields);
        if (json && layout->form->decode == json_decode)
            add_near(near, layout, json_fields_found(layout, &own, record, arena));
        else if (!json && strcmp(layout->form->name, other) == 0)
            add_near(near, layout, 1);
    }
    if (near[0].n == 0)
        near[0] = (struct near){layout_find("jsonl"), 1};
}

bool sniff_fail(const struct field_map *given, const char *path, struct str head, bool whole, struct error *err)
{
    char shown[SHOWN_BYTES + 4];
    struct arena *arena = arena_new();
    struct near near[MOST_NEAR] = {{NULL, 0}};
    struct buf why = {.limit = 1024};
    size_t skip = 0;
    while (skip < head.n && (unsigned char)head.p[skip] <= ' ')
        skip++;
    head = (struct str){head.p + skip, head.n - skip};
    size_t n = head.n > 0 ? json_object_length(NULL, head.p, head.n, whole) : 0;
    struct str record = {head.p, n > 0 ? n : head.n};
    if (head.n > 0)
        find_near(given, record, arena, near);
    for (size_t i = 0; i < MOST_NEAR && near[i].layout != NULL && near[i].n > 0; i++) {
        struct sniff_count count = sniff_read(given, near[i].layout, head, whole);
        buf_printf(&why, "%s%s does not fit: %s", i > 0 ? "; " : " -- ", near[i].layout->plugin.name,
                   count.bad > 0 ? count.reason : "no process creation is among the first records");
    }
    show(record, shown);
    fail(err, ERROR_INPUT,
         "%s: the layout is not known. It starts with: %s%.*s. Set \"format\", and name the field with the command "
         "line: \"fields\": {\"command\": \"NAME\"}.",
         path, shown, (int)why.n, why.n > 0 ? why.p : "");
    buf_free(&why);
    arena_free(arena);
    return false;
}
