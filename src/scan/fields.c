#include "scan/fields.h"

#include "support/sort.h"

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

bool fields_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct field_map *out,
                  struct error *err)
{
    const char *keys[ARRAY_LEN(field_rows)];
    if (json_type(node) != JSON_OBJECT)
        return json_fail(doc, node, err, "fields must be an object: {\"command\": \"command_line\", ...}");
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
        *field_at(out, i) = copy(arena, text);
    }
    return true;
}

static int by_field(const void *a, const void *b)
{
    return str_compare(((const struct field_filter *)a)->field, ((const struct field_filter *)b)->field);
}

/* {"field": value}: a string's text, or a number's, true's, false's or null's own. */
bool filters_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct field_map *out,
                   struct error *err)
{
    if (json_type(node) != JSON_OBJECT || json_count(node) > FIELDS_MAX_FILTERS)
        return json_fail(doc, node, err, "where must be an object of at most %d fields with their values",
                         FIELDS_MAX_FILTERS);
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
    out->filter = filter;
    out->n_filters = n;
    return true;
}

struct field_map fields_fill(const struct field_map *given, const struct field_map *own)
{
    struct field_map filled = *given, from = own != NULL ? *own : (struct field_map){.n_filters = 0};
    for (size_t i = 0; i < ARRAY_LEN(field_rows); i++) {
        struct str *name = field_at(&filled, i);
        if (name->n == 0)
            *name = own != NULL ? *field_at(&from, i) : str_of(field_rows[i].name);
    }
    return filled;
}

void fields_to_json(const struct field_map *map, struct buf *out)
{
    struct field_map names = *map;
    const char *comma = "";
    buf_add_str(out, STR("{"));
    for (size_t i = 0; i < ARRAY_LEN(field_rows); i++) {
        if (field_at(&names, i)->n == 0)
            continue;
        buf_printf(out, "%s\"%s\":", comma, field_rows[i].key);
        buf_add_json_string(out, *field_at(&names, i));
        comma = ",";
    }
    buf_add_str(out, STR("}"));
}

void filters_to_json(const struct field_map *map, struct buf *out)
{
    buf_add_str(out, STR("{"));
    for (size_t i = 0; i < map->n_filters; i++) {
        buf_add_str(out, i > 0 ? STR(",") : STR(""));
        buf_add_json_string(out, map->filter[i].field);
        buf_add_str(out, STR(":"));
        buf_add_json_string(out, map->filter[i].value);
    }
    buf_add_str(out, STR("}"));
}
