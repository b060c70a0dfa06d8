/* Changing a document by dotted paths. */
#include "support/json_doc.h"
#include "support/memory.h"

#include <stdlib.h>

#define PATH_PARTS_MOST 32 /* keeps the depth of a changed document bounded */

/* Copies the part of the path that ends at the next dot; returns where the next part starts, or NULL after the last. */
static const char *next_part(const char *path, char *part)
{
    size_t n = strcspn(path, ".");
    memcpy(part, path, n);
    part[n] = '\0';
    return path[n] ? path + n + 1 : NULL;
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

static bool check_path(const char *dotted, struct error *err)
{
    size_t n = 1;
    for (const char *p = dotted; *p; p++)
        n += *p == '.';
    size_t length = strlen(dotted);
    if (length == 0 || dotted[0] == '.' || dotted[length - 1] == '.' || strstr(dotted, ".."))
        return fail(err, ERROR_USAGE, "--set %s: a path is names with single dots between, such as detector.k", dotted);
    if (n > PATH_PARTS_MOST)
        return fail(err, ERROR_USAGE, "--set %s: a path has at most %d names", dotted, PATH_PARTS_MOST);
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

static void remember(struct json_doc *doc, const char *dotted)
{
    doc->set_paths = heap_realloc(doc->set_paths, doc->n_set + 1, sizeof(*doc->set_paths));
    doc->set_paths[doc->n_set++] = heap_strdup(dotted);
}

/* The object that holds the path's last key, which part receives; NULL (and *err) if something else is in the way. */
static cJSON *holder(struct json_doc *doc, const char *dotted, char *part, struct error *err)
{
    cJSON *object = doc->root;
    const char *rest = dotted;
    for (;;) {
        if (!cJSON_IsObject(object)) {
            fail(err, ERROR_USAGE, "--set %s: %s is not an object in %s", dotted,
                 object == doc->root ? "the whole" : object->string, doc->name);
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

bool json_set(struct json_doc *doc, const char *dotted, const char *value, struct error *err)
{
    TRY(check_path(dotted, err));
    char *part = heap_strdup(dotted);
    cJSON *object = holder(doc, dotted, part, err);
    if (object) {
        put(object, part, read_value(value));
        remember(doc, dotted);
    }
    free(part);
    return object != NULL;
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
    copy->root = cJSON_Duplicate(doc->root, 1);
    if (!copy->root)
        out_of_memory(doc->n_text);
    copy->text = heap_zalloc(doc->n_text + 1, 1);
    memcpy(copy->text, doc->text, doc->n_text);
    copy->n_text = doc->n_text;
    copy->name = heap_strdup(doc->name);
    copy->code = doc->code;
    for (size_t i = 0; i < doc->n_set; i++)
        remember(copy, doc->set_paths[i]);
    return copy;
}
