#include "support/json.h"

#include "json_doc.h"
#include "json_scan.h"
#include "support/file.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>

#define CONFIG_MOST ((size_t)16 << 20)

/* The first key that several members of the object have, or NULL. */
static const char *find_duplicate(const cJSON *object)
{
    size_t n;
    const cJSON **members = json_sorted_members(object, &n);
    const char *found = NULL;
    for (size_t i = 1; i < n && !found; i++) {
        if (strcmp(members[i - 1]->string, members[i]->string) == 0)
            found = members[i]->string;
    }
    free(members);
    return found;
}

static bool fail_duplicate(const struct json_doc *doc, const cJSON *object, const char *key, struct error *err)
{
    const cJSON *second = cJSON_GetObjectItemCaseSensitive(object, key)->next;
    while (strcmp(second->string, key) != 0)
        second = second->next;
    return json_fail_at(doc, json_place_of(doc->source, doc->root, second).key, err,
                        "the key %s is there twice; keep one", key);
}

static bool check_keys(const struct json_doc *doc, const cJSON *node, struct error *err)
{
    if (cJSON_IsObject(node)) {
        const char *twice = find_duplicate(node);
        if (twice)
            return fail_duplicate(doc, node, twice, err);
    }
    for (const cJSON *child = node->child; child; child = child->next)
        TRY(check_keys(doc, child, err));
    return true;
}

static bool parse_into(struct json_doc *doc, bool comments, struct error *err)
{
    size_t at = 0;
    const struct json_source *source = doc->source;
    if (comments && !json_strip_comments(source->text, source->n, &at))
        return json_fail_at(doc, at, err, "this comment has no end");
    const char *problem = json_check((struct str){source->text, source->n}, &at);
    if (problem)
        return json_fail_at(doc, at, err, "%s", problem);
    const char *end = NULL;
    doc->root = cJSON_ParseWithLengthOpts(source->text, source->n + 1, &end, 1);
    if (!doc->root)
        return json_fail_at(doc, end ? (size_t)(end - source->text) : 0, err, "this cannot be read");
    return check_keys(doc, doc->root, err);
}

size_t json_add_source(struct json_doc *doc, const char *name, struct str text)
{
    struct json_source source = {heap_strdup(name), heap_zalloc(text.n + 1, 1), text.n};
    if (text.n)
        memcpy(source.text, text.p, text.n);
    doc->source = heap_realloc(doc->source, doc->n_sources + 1, sizeof(*doc->source));
    doc->source[doc->n_sources] = source;
    return doc->n_sources++;
}

bool json_parse(struct str text, const char *name, bool comments, struct json_doc **out, struct error *err)
{
    static const struct str byte_order_mark = {"\xEF\xBB\xBF", 3};
    if (str_starts(text, byte_order_mark))
        text = (struct str){text.p + byte_order_mark.n, text.n - byte_order_mark.n};
    struct json_doc *doc = heap_zalloc(1, sizeof(*doc));
    json_add_source(doc, name, text);
    doc->code = comments ? ERROR_CONFIG : ERROR_INPUT;
    if (!parse_into(doc, comments, err)) {
        json_free(doc);
        return false;
    }
    *out = doc;
    return true;
}

bool json_read(const char *path, struct json_doc **out, struct error *err)
{
    struct arena *arena = arena_new();
    struct str text;
    bool ok = file_read(path, CONFIG_MOST, arena, &text, err) && json_parse(text, path, true, out, err);
    arena_free(arena);
    return ok;
}

void json_free(struct json_doc *doc)
{
    if (!doc)
        return;
    cJSON_Delete(doc->root);
    for (size_t i = 0; i < doc->n_origins; i++)
        free(doc->origin[i].path);
    for (size_t i = 0; i < doc->n_sources; i++) {
        free(doc->source[i].name);
        free(doc->source[i].text);
    }
    free(doc->origin);
    free(doc->source);
    free(doc);
}

const struct json *json_root(const struct json_doc *doc)
{
    return json_node(doc->root);
}

enum json_type json_type(const struct json *node)
{
    const cJSON *raw = json_raw(node);
    if (cJSON_IsBool(raw))
        return JSON_BOOL;
    if (cJSON_IsNumber(raw))
        return JSON_NUMBER;
    if (cJSON_IsString(raw))
        return JSON_STRING;
    if (cJSON_IsArray(raw))
        return JSON_ARRAY;
    if (cJSON_IsObject(raw))
        return JSON_OBJECT;
    return JSON_NULL;
}

size_t json_count(const struct json *node)
{
    size_t n = 0;
    for (const cJSON *child = node ? json_raw(node)->child : NULL; child; child = child->next)
        n++;
    return n;
}

const struct json *json_at(const struct json *node, size_t i)
{
    const cJSON *child = node ? json_raw(node)->child : NULL;
    while (child && i-- > 0)
        child = child->next;
    return json_node(child);
}

const struct json *json_next(const struct json *node)
{
    return json_node(json_raw(node)->next);
}

const char *json_key(const struct json *node)
{
    return node && json_raw(node)->string ? json_raw(node)->string : "";
}

const struct json *json_get(const struct json *object, const char *key)
{
    if (json_type(object) != JSON_OBJECT)
        return NULL;
    return json_node(cJSON_GetObjectItemCaseSensitive(json_raw(object), key));
}

const struct json *json_path(const struct json *node, const char *dotted)
{
    return json_node(json_follow(json_raw(node), dotted));
}

bool json_as_str(const struct json *node, struct str *out)
{
    if (json_type(node) != JSON_STRING)
        return false;
    *out = str_of(json_raw(node)->valuestring);
    return true;
}

bool json_as_f64(const struct json *node, double *out)
{
    if (json_type(node) != JSON_NUMBER)
        return false;
    *out = json_raw(node)->valuedouble;
    return true;
}

bool json_as_i64(const struct json *node, int64_t *out)
{
    struct str digits;
    if (json_as_str(node, &digits))
        return str_to_i64(digits, out);
    double value;
    if (!json_as_f64(node, &value) || fabs(value) > 0x1p53 || value != floor(value))
        return false;
    *out = (int64_t)value;
    return true;
}

bool json_as_bool(const struct json *node, bool *out)
{
    if (json_type(node) != JSON_BOOL)
        return false;
    *out = cJSON_IsTrue(json_raw(node));
    return true;
}
