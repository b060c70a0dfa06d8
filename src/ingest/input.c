#include "ingest/input.h"

#include "scan/layout.h"
#include "support/plugin.h"

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
    const struct plugin_list *layouts = layout_list();
    struct str text;
    if (!json_as_str(node, &text))
        return json_fail(doc, node, err, "format must be a layout's name");
    const char *name = arena_printf(arena, "%.*s", STR_ARG(text));
    if (strcmp(name, INPUT_AUTO) == 0 || plugin_find(layouts, name) != NULL) {
        out->format = name;
        return true;
    }
    struct buf known = {.limit = 512};
    for (size_t i = 0; i < layouts->n; i++)
        buf_printf(&known, "%s%s", i > 0 ? ", " : "", layouts->item[i]->name);
    json_fail(doc, node, err, "unknown format \"%s\"; known: auto, %s", name, known.n > 0 ? known.p : "none");
    buf_free(&known);
    return false;
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
    const struct layout *layout = layout_find(format);
    struct input filled = *input;
    ASSERT(layout != NULL);
    filled.format = layout->plugin.name;
    filled.fields = fields_fill(&input->fields, layout->fields);
    return filled;
}

/* Field names of the format; one that finds its fields itself takes none. */
static bool parse_fields(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                         struct error *err)
{
    const struct layout *layout = layout_find(out->format);
    bool finds = layout != NULL && layout->fields != NULL && layout->fields->command.n == 0;
    if (finds && json_type(node) == JSON_OBJECT && json_count(node) > 0)
        return json_fail(doc, node, err, "format \"%s\" finds its fields itself: leave \"fields\" out", out->format);
    return fields_parse(doc, node, arena, &out->fields, err);
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
    if (layout_find(out->format) != NULL)
        *out = input_with_format(out, out->format);
    TRY(where == NULL || filters_parse(doc, where, arena, &out->fields, err));
    return part == NULL || parse_part(doc, part, out, err);
}

void input_to_json(const struct input *input, struct buf *out)
{
    buf_add_str(out, STR("{\"fields\":"));
    fields_to_json(&input->fields, out);
    buf_add_str(out, STR(",\"files\":["));
    for (size_t i = 0; i < input->n_files; i++) {
        buf_add_str(out, i > 0 ? STR(",") : STR(""));
        buf_add_json_string(out, str_of(input->files[i]));
    }
    buf_printf(out,
               "],\"format\":\"%s\",\"part\":{\"from\":%" PRId64 ",\"of\":%" PRId64 ",\"to\":%" PRId64 "},\"where\":",
               input->format, input->part_from, input->part_of, input->part_to);
    filters_to_json(&input->fields, out);
    buf_add_str(out, STR("}"));
}
