#include "telemetry/input.h"

#include "support/sort.h"
#include "telemetry/reader.h"

/* Default field names; canonical order is that of the keys' bytes. */
static const struct field_row {
    const char *key;
    size_t offset;
    const char *name;
} field_rows[] = {
    {"command", offsetof(struct field_map, command), "command_line"},
    {"host", offsetof(struct field_map, host), "host"},
    {"image", offsetof(struct field_map, image), "image"},
    {"parent", offsetof(struct field_map, parent), "parent_image"},
    {"platform", offsetof(struct field_map, platform), "platform"},
    {"source", offsetof(struct field_map, source), "source"},
    {"time", offsetof(struct field_map, time), "ts"},
    {"truth", offsetof(struct field_map, truth), "label"},
    {"user", offsetof(struct field_map, user), "user"},
};

static struct str *field_at(struct field_map *map, size_t i)
{
    return (struct str *)(void *)((char *)map + field_rows[i].offset);
}

static struct str copy(struct arena *arena, struct str s)
{
    return (struct str){arena_copy(arena, s.p, s.n), s.n};
}

static bool parse_files(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                        struct error *err)
{
    bool one = json_type(node) == JSON_STRING;
    if (!one && json_type(node) != JSON_ARRAY)
        return json_fail(doc, node, err, "files must be a path or a list of paths");
    size_t n = one ? 1 : json_count(node);
    if (n == 0)
        return json_fail(doc, node, err, "files is empty: name at least one path, folder or glob");
    const char **files = ARENA_ARRAY(arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        const struct json *item = one ? node : json_at(node, i);
        struct str text;
        if (!json_as_str(item, &text) || text.n == 0 || memchr(text.p, '\0', text.n) != NULL)
            return json_fail(doc, item, err, "a path, folder or glob was expected");
        char *path = arena_bytes(arena, text.n + 1);
        memcpy(path, text.p, text.n);
        path[text.n] = '\0';
        files[i] = path;
    }
    out->files = files;
    out->n_files = n;
    return true;
}

static bool parse_format(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                         struct error *err)
{
    const struct plugin_list *readers = reader_list();
    struct str text;
    if (!json_as_str(node, &text))
        return json_fail(doc, node, err, "format must be a reader's name");
    const char *name = arena_printf(arena, "%.*s", STR_ARG(text));
    if (strcmp(name, INPUT_AUTO) == 0 || plugin_find(readers, name) != NULL) {
        out->format = name;
        return true;
    }
    struct buf known = {.limit = 512};
    for (size_t i = 0; i < readers->n; i++)
        buf_printf(&known, "%s%s", i > 0 ? ", " : "", readers->item[i]->name);
    json_fail(doc, node, err, "unknown format \"%s\"; known: auto, %s", name, known.n > 0 ? known.p : "none");
    buf_free(&known);
    return false;
}

static bool parse_fields(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                         struct error *err)
{
    const char *keys[ARRAY_LEN(field_rows)];
    if (json_type(node) != JSON_OBJECT)
        return json_fail(doc, node, err, "fields must be an object: {\"command\": \"command_line\", ...}");
    const struct reader *reader = reader_find(out->format);
    if (reader != NULL && reader->fields != NULL && reader->fields->command.n == 0 && json_count(node) > 0)
        return json_fail(doc, node, err, "format \"%s\" finds its fields itself: leave \"fields\" out", out->format);
    for (size_t i = 0; i < ARRAY_LEN(field_rows); i++)
        keys[i] = field_rows[i].key;
    TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    for (size_t i = 0; i < ARRAY_LEN(field_rows); i++) {
        const struct json *item = json_get(node, keys[i]);
        struct str text;
        if (item == NULL)
            continue;
        if (!json_as_str(item, &text) || text.n == 0)
            return json_fail(doc, item, err, "fields.%s must be the name of a field", keys[i]);
        *field_at(&out->fields, i) = copy(arena, text);
    }
    return true;
}

static int by_field(const void *a, const void *b)
{
    return str_compare(((const struct field_filter *)a)->field, ((const struct field_filter *)b)->field);
}

/* {"field": value}: a string's text, or a number's, true's, false's or null's own. */
static bool parse_where(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                        struct error *err)
{
    if (json_type(node) != JSON_OBJECT || json_count(node) > INPUT_MAX_FILTERS)
        return json_fail(doc, node, err, "where must be an object of at most %d fields with their values",
                         INPUT_MAX_FILTERS);
    size_t n = json_count(node);
    struct field_filter *filter = ARENA_ARRAY(arena, struct field_filter, n);
    for (size_t i = 0; i < n; i++) {
        const struct json *item = json_at(node, i);
        struct str value;
        if (json_type(item) == JSON_ARRAY || json_type(item) == JSON_OBJECT)
            return json_fail(doc, item, err, "where.%s must be a string, number, true, false or null", json_key(item));
        struct buf text = {.limit = 4096};
        if (!json_as_str(item, &value)) {
            json_dump(item, &text);
            value = buf_str(&text);
        }
        filter[i] = (struct field_filter){copy(arena, str_of(json_key(item))), copy(arena, value)};
        buf_free(&text);
    }
    sort_stable(filter, n, sizeof *filter, by_field, arena);
    out->fields.filter = filter;
    out->fields.n_filters = n;
    return true;
}

static bool parse_part(const struct json_doc *doc, const struct json *node, struct input *out, struct error *err)
{
    static const char *const keys[] = {"of", "from", "to"};
    int64_t *const value[] = {&out->part_of, &out->part_from, &out->part_to};
    if (json_type(node) != JSON_OBJECT)
        return json_fail(doc, node, err, "part must be an object: {\"of\": 10, \"from\": 0, \"to\": 7}");
    TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const struct json *item = json_get(node, keys[i]);
        if (item == NULL && i == 2)
            out->part_to = out->part_of;
        else if (item != NULL && !json_as_i64(item, value[i]))
            return json_fail(doc, item, err, "part.%s must be a whole number", keys[i]);
    }
    if (out->part_of < 1 || out->part_from < 0 || out->part_from >= out->part_to || out->part_to > out->part_of)
        return json_fail(doc, node, err, "part must keep 0 <= from < to <= of");
    return true;
}

struct input input_with_format(const struct input *input, const char *format)
{
    const struct reader *reader = reader_find(format);
    struct input filled = *input;
    ASSERT(reader != NULL);
    filled.format = reader->plugin.name;
    struct field_map own = reader->fields != NULL ? *reader->fields : (struct field_map){.n_filters = 0};
    for (size_t i = 0; i < ARRAY_LEN(field_rows); i++) {
        struct str *name = field_at(&filled.fields, i);
        if (name->n == 0)
            *name = reader->fields != NULL ? *field_at(&own, i) : str_of(field_rows[i].name);
    }
    return filled;
}

bool input_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                 struct error *err)
{
    static const char *const keys[] = {"files", "format", "fields", "where", "part"};
    *out = (struct input){.format = "jsonl", .part_of = 1, .part_to = 1};
    if (json_type(node) != JSON_OBJECT) {
        *out = input_with_format(out, out->format);
        return parse_files(doc, node, arena, out, err);
    }
    TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    const struct json *files = json_get(node, "files"), *format = json_get(node, "format");
    const struct json *fields = json_get(node, "fields"), *where = json_get(node, "where");
    const struct json *part = json_get(node, "part");
    if (files == NULL)
        return json_fail(doc, node, err, "files is missing: name at least one path, folder or glob");
    TRY(parse_files(doc, files, arena, out, err));
    TRY(format == NULL || parse_format(doc, format, arena, out, err));
    TRY(fields == NULL || parse_fields(doc, fields, arena, out, err));
    if (reader_find(out->format) != NULL)
        *out = input_with_format(out, out->format);
    TRY(where == NULL || parse_where(doc, where, arena, out, err));
    return part == NULL || parse_part(doc, part, out, err);
}

void input_to_json(const struct input *input, struct buf *out)
{
    struct field_map map = input->fields;
    const char *comma = "";
    buf_add_str(out, STR("{\"fields\":{"));
    for (size_t i = 0; i < ARRAY_LEN(field_rows); i++) {
        if (field_at(&map, i)->n == 0)
            continue;
        buf_printf(out, "%s\"%s\":", comma, field_rows[i].key);
        buf_add_json_string(out, *field_at(&map, i));
        comma = ",";
    }
    buf_add_str(out, STR("},\"files\":["));
    for (size_t i = 0; i < input->n_files; i++) {
        buf_add_str(out, i > 0 ? STR(",") : STR(""));
        buf_add_json_string(out, str_of(input->files[i]));
    }
    buf_printf(out,
               "],\"format\":\"%s\",\"part\":{\"from\":%" PRId64 ",\"of\":%" PRId64 ",\"to\":%" PRId64 "},\"where\":{",
               input->format, input->part_from, input->part_of, input->part_to);
    for (size_t i = 0; i < map.n_filters; i++) {
        buf_add_str(out, i > 0 ? STR(",") : STR(""));
        buf_add_json_string(out, map.filter[i].field);
        buf_add_str(out, STR(":"));
        buf_add_json_string(out, map.filter[i].value);
    }
    buf_add_str(out, STR("}}"));
}
