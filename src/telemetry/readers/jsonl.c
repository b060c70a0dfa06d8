/* JSON lines: one object a line, as most log shippers write process-creation events. */
#include "telemetry/reader.h"
#include "telemetry/scan.h"

enum { N_FIELDS = 9 };

static size_t record_length(const char *p, size_t n, bool at_end)
{
    const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
    if (end != NULL)
        return (size_t)(end - p) + 1;
    return at_end ? n : 0;
}

static size_t resync(const char *p, size_t n)
{
    const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
    return end != NULL ? (size_t)(end - p) + 1 : SIZE_MAX;
}

static bool is_blank(struct str record)
{
    for (size_t i = 0; i < record.n; i++) {
        char c = record.p[i];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return false;
    }
    return true;
}

static bool says(struct str text, const char *word)
{
    size_t n = strlen(word);
    if (text.n != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = text.p[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word[i])
            return false;
    }
    return true;
}

/* The text of a scalar: a string unescaped, a number or literal as it stands; empty if absent. */
static struct str text_of(const struct scan_field *field, struct arena *scratch)
{
    struct str text = {"", 0};
    if (field->type == SCAN_OTHER || (field->type == SCAN_STRING && !field->escaped))
        return field->raw;
    if (field->type == SCAN_STRING && !scan_unescape(field, scratch, &text))
        text = (struct str){"", 0};
    return text;
}

static enum platform platform_of(struct str text)
{
    if (says(text, "windows"))
        return PLATFORM_WINDOWS;
    if (says(text, "linux"))
        return PLATFORM_LINUX;
    return says(text, "macos") ? PLATFORM_MACOS : PLATFORM_UNKNOWN;
}

static enum truth truth_of(struct str text)
{
    if (says(text, "benign") || says(text, "0"))
        return TRUTH_BENIGN;
    return says(text, "malicious") || says(text, "1") ? TRUTH_MALICIOUS : TRUTH_UNKNOWN;
}

static struct str string_of(const struct scan_field *field)
{
    return field->type == SCAN_STRING ? field->raw : (struct str){"", 0};
}

static bool passes(const struct field_filter *filter, const struct scan_field *field, struct arena *scratch)
{
    return field->type == SCAN_ABSENT || str_equal(text_of(field, scratch), filter->value);
}

static const char *missing_command(const struct scan_field *command)
{
    if (command->type == SCAN_ABSENT)
        return "the command field is missing";
    return command->type == SCAN_OTHER ? "the command field is not a string" : "the command field is empty";
}

static enum read_result parse(const struct field_map *map, struct str record, struct arena *scratch,
                              struct event *event, const char **reason)
{
    struct str names[N_FIELDS + INPUT_MAX_FILTERS] = {map->command, map->platform, map->truth, map->source, map->host,
                                                      map->user,    map->parent,   map->image, map->time};
    struct scan_field f[N_FIELDS + INPUT_MAX_FILTERS];
    ASSERT(map->n_filters <= INPUT_MAX_FILTERS);
    for (size_t i = 0; i < map->n_filters; i++)
        names[N_FIELDS + i] = map->filter[i].field;
    if (!scan_object(record, names, N_FIELDS + map->n_filters, f, reason)) {
        if (is_blank(record))
            return READ_BLANK;
        return READ_BAD;
    }
    for (size_t i = 0; i < map->n_filters; i++) {
        if (!passes(&map->filter[i], &f[N_FIELDS + i], scratch))
            return READ_FILTERED;
    }
    if (f[0].type != SCAN_STRING || f[0].raw.n == 0) {
        *reason = missing_command(&f[0]);
        return READ_BAD;
    }
    *event = (struct event){
        .command = f[0].raw,
        .host = string_of(&f[4]),
        .user = string_of(&f[5]),
        .parent = string_of(&f[6]),
        .image = string_of(&f[7]),
        .time = string_of(&f[8]),
        .platform = platform_of(text_of(&f[1], scratch)),
        .truth = truth_of(text_of(&f[2], scratch)),
        .synthetic = str_equal(text_of(&f[3], scratch), STR("synthetic")),
    };
    return READ_EVENT;
}

static struct str decode(struct str field, struct arena *arena)
{
    struct scan_field f = {SCAN_STRING, field.n > 0 && memchr(field.p, '\\', field.n) != NULL, field};
    struct str text;
    ASSERT(scan_unescape(&f, arena, &text)); /* parse has seen every escape */
    return text;
}

const struct reader reader_jsonl = {
    .plugin = {"jsonl", "JSON lines: one object a line", NULL, 0},
    .record_length = record_length,
    .resync = resync,
    .parse = parse,
    .decode = decode,
};
