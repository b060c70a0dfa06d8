/* Changing a document by dotted paths. */
#include "json_doc.h"
#include "support/memory.h"

#include <stdlib.h>

#define PATH_PARTS_MOST 32 /* keeps the depth of a changed document bounded */

/* Copies the part of the path that ends at the next dot, without its backslashes; returns where the next part starts,
 * or NULL after the last. */
static const char *next_part(const char *path, char *part)
{
    while (*path && *path != '.') {
        if (path[0] == '\\' && (path[1] == '.' || path[1] == '\\'))
            path++;
        *part++ = *path++;
    }
    *part = '\0';
    return *path ? path + 1 : NULL;
}

/* A key as a part of a path; to be freed. */
static char *path_of_key(const char *key)
{
    char *path = heap_zalloc(2 * strlen(key) + 1, 1), *out = path;
    for (; *key; key++) {
        if (*key == '.' || *key == '\\')
            *out++ = '\\';
        *out++ = *key;
    }
    return path;
}

const cJSON *json_follow(const cJSON *raw, const char *dotted)
{
    char *part = heap_strdup(dotted);
    while (dotted && raw) {
        dotted = next_part(dotted, part);
        raw = cJSON_IsObject(raw) ? cJSON_GetObjectItemCaseSensitive(raw, part) : NULL;
    }
    free(part);
    return raw;
}

/* prefix stands before the path in messages. */
static bool check_path(const char *prefix, const char *dotted, struct error *err)
{
    char *part = heap_strdup(dotted);
    bool empty = false;
    size_t n = 0;
    for (const char *rest = dotted; rest; n++) {
        rest = next_part(rest, part);
        empty = empty || part[0] == '\0';
    }
    free(part);
    if (empty)
        return fail(err, ERROR_USAGE, "%s%s: a path is names with single dots between, such as detector.k", prefix,
                    dotted);
    if (n > PATH_PARTS_MOST)
        return fail(err, ERROR_USAGE, "%s%s: a path has at most %d names", prefix, dotted, PATH_PARTS_MOST);
    return true;
}

/* The value that text stands for: JSON, else a string. */
static cJSON *read_value(const char *text)
{
    struct json_doc *doc;
    struct error ignored;
    cJSON *value = NULL;
    if (json_parse(str_of(text), "value", false, &doc, &ignored)) {
        value = doc->root;
        doc->root = NULL;
        json_free(doc);
    } else {
        value = cJSON_CreateString(text);
    }
    if (!value)
        out_of_memory(strlen(text));
    return value;
}

/* Puts value, which it takes over, at the key of the object. */
static void put(cJSON *object, const char *key, cJSON *value)
{
    bool present = cJSON_GetObjectItemCaseSensitive(object, key);
    bool ok = present ? cJSON_ReplaceItemInObjectCaseSensitive(object, key, value)
                      : cJSON_AddItemToObject(object, key, value);
    if (!ok)
        out_of_memory(strlen(key));
}

/* What was known of the value at the path, and of values below it, is forgotten. */
static void forget(struct json_doc *doc, const char *path)
{
    size_t length = strlen(path), kept = 0;
    for (size_t i = 0; i < doc->n_origins; i++) {
        const char *other = doc->origin[i].path;
        if (strncmp(other, path, length) == 0 && (other[length] == '\0' || other[length] == '.'))
            free(doc->origin[i].path);
        else
            doc->origin[kept++] = doc->origin[i];
    }
    doc->n_origins = kept;
}

static void remember(struct json_doc *doc, const char *path, struct json_origin origin)
{
    forget(doc, path);
    origin.path = heap_strdup(path);
    doc->origin = heap_realloc(doc->origin, doc->n_origins + 1, sizeof(*doc->origin));
    doc->origin[doc->n_origins++] = origin;
}

static cJSON *duplicate(const cJSON *node)
{
    cJSON *copy = cJSON_Duplicate(node, 1);
    if (!copy)
        out_of_memory(sizeof(*node));
    return copy;
}

/* The object that holds the path's last key, which part receives; NULL (and *err) if something else is in the way. */
static cJSON *holder(struct json_doc *doc, const char *prefix, const char *dotted, char *part, struct error *err)
{
    cJSON *object = doc->root;
    const char *rest = dotted;
    for (;;) {
        if (!cJSON_IsObject(object)) {
            fail(err, ERROR_USAGE, "%s%s: %s is not an object in %s", prefix, dotted,
                 object == doc->root ? "the whole" : object->string, doc->source->name);
            return NULL;
        }
        rest = next_part(rest, part);
        if (!rest)
            return object;
        cJSON *child = cJSON_GetObjectItemCaseSensitive(object, part);
        if (!child) {
            child = cJSON_CreateObject();
            if (!child)
                out_of_memory(sizeof(*child));
            put(object, part, child);
        }
        object = child;
    }
}

/* Puts the value, which it takes over, at the path. */
static bool put_at(struct json_doc *doc, const char *path, struct json_origin origin, cJSON *value, struct error *err)
{
    char *part = heap_strdup(path);
    const char *prefix = origin.kind == ORIGIN_SET ? "--set " : "";
    cJSON *object = check_path(prefix, path, err) ? holder(doc, prefix, path, part, err) : NULL;
    if (object) {
        put(object, part, value);
        remember(doc, path, origin);
    } else {
        cJSON_Delete(value);
    }
    free(part);
    return object != NULL;
}

bool json_set(struct json_doc *doc, const char *dotted, const char *value, struct error *err)
{
    return put_at(doc, dotted, (struct json_origin){.kind = ORIGIN_SET}, read_value(value), err);
}

bool json_put(struct json_doc *doc, const char *dotted, const struct json *value, struct error *err)
{
    struct json_origin origin = {.kind = ORIGIN_COPIED, .copied = json_raw(value)};
    return put_at(doc, dotted, origin, duplicate(json_raw(value)), err);
}

void json_lay_over(struct json_doc *doc, const struct json_doc *over, const char *except)
{
    ASSERT(cJSON_IsObject(doc->root) && cJSON_IsObject(over->root) && over->n_origins == 0);
    size_t source = json_add_source(doc, over->source->name, (struct str){over->source->text, over->source->n});
    for (const cJSON *member = over->root->child; member; member = member->next) {
        if (strcmp(member->string, except) == 0)
            continue;
        char *path = path_of_key(member->string);
        put(doc->root, member->string, duplicate(member));
        remember(doc, path, (struct json_origin){.kind = ORIGIN_LAID, .source = source});
        free(path);
    }
}

void json_remove(struct json_doc *doc, const char *dotted)
{
    char *part = heap_strdup(dotted);
    cJSON *object = doc->root;
    const char *rest = next_part(dotted, part);
    while (rest && cJSON_IsObject(object)) {
        object = cJSON_GetObjectItemCaseSensitive(object, part);
        rest = next_part(rest, part);
    }
    if (cJSON_IsObject(object))
        cJSON_DeleteItemFromObjectCaseSensitive(object, part);
    free(part);
}

struct json_doc *json_clone(const struct json_doc *doc)
{
    struct json_doc *copy = heap_zalloc(1, sizeof(*copy));
    copy->root = duplicate(doc->root);
    copy->code = doc->code;
    for (size_t i = 0; i < doc->n_sources; i++)
        json_add_source(copy, doc->source[i].name, (struct str){doc->source[i].text, doc->source[i].n});
    for (size_t i = 0; i < doc->n_origins; i++) {
        struct json_origin origin = doc->origin[i];
        if (origin.kind == ORIGIN_COPIED)
            origin.copied = json_same_place(doc->root, origin.copied, copy->root);
        remember(copy, origin.path, origin);
    }
    return copy;
}
