/* Places of nodes for messages. cJSON keeps none, so they are found again from the text, only when an error is told. */
#include "support/json_doc.h"
#include "support/json_scan.h"

#include <stdio.h>

#define CHAIN_MOST 128 /* JSON_DEPTH below the longest path that json_set accepts */

struct chain {
    const cJSON *node[CHAIN_MOST]; /* from the root to the node */
    size_t n;
};

static bool find_chain(const cJSON *from, const cJSON *wanted, struct chain *chain)
{
    if (chain->n == CHAIN_MOST)
        return false;
    chain->node[chain->n++] = from;
    if (from == wanted)
        return true;
    for (const cJSON *child = from->child; child; child = child->next) {
        if (find_chain(child, wanted, chain))
            return true;
    }
    chain->n--;
    return false;
}

/* The member of `other` that stands where `member` stands in `parent`: by key, or in an array by number. */
static const cJSON *counterpart(const cJSON *parent, const cJSON *member, const cJSON *other)
{
    if (cJSON_IsObject(parent))
        return cJSON_IsObject(other) ? cJSON_GetObjectItemCaseSensitive(other, member->string) : NULL;
    const cJSON *here = parent->child, *there = cJSON_IsArray(other) ? other->child : NULL;
    while (here != member && there) {
        here = here->next;
        there = there->next;
    }
    return there;
}

/* Counts nodes depth first up to `wanted`; true when it is met. */
static bool count_until(const cJSON *from, const cJSON *wanted, size_t *n)
{
    if (from == wanted)
        return true;
    ++*n;
    for (const cJSON *child = from->child; child; child = child->next) {
        if (count_until(child, wanted, n))
            return true;
    }
    return false;
}

struct json_place json_place_of(const struct json_doc *doc, const cJSON *root, const cJSON *node)
{
    size_t number = 0;
    bool found = count_until(root, node, &number);
    ASSERT(found);
    return json_locate((struct str){doc->text, doc->n_text}, number);
}

/* Where the node that the chain ends in stands in the text the document was parsed from, if it does. */
static bool find_place(const struct json_doc *doc, const struct chain *chain, struct json_place *place)
{
    cJSON *fresh = cJSON_ParseWithLength(doc->text, doc->n_text + 1);
    const cJSON *there = fresh;
    for (size_t i = 1; i < chain->n && there; i++)
        there = counterpart(chain->node[i - 1], chain->node[i], there);
    if (there)
        *place = json_place_of(doc, fresh, there);
    bool found = there != NULL;
    cJSON_Delete(fresh);
    return found;
}

/* The path given to json_set that made the node or holds it, or NULL. */
static const char *find_set(const struct json_doc *doc, const struct chain *chain)
{
    for (size_t i = chain->n; i-- > 0;) {
        for (size_t k = doc->n_set; k-- > 0;) {
            if (json_follow(doc->root, doc->set_paths[k]) == chain->node[i])
                return doc->set_paths[k];
        }
    }
    return NULL;
}

/* For an object that json_set made on its way: a path that leads through it, or NULL. */
static const char *find_set_through(const struct json_doc *doc, const cJSON *node)
{
    for (size_t k = 0; k < doc->n_set; k++) {
        const cJSON *target = json_follow(doc->root, doc->set_paths[k]);
        struct chain below = {.n = 0};
        if (target && find_chain(node, target, &below))
            return doc->set_paths[k];
    }
    return NULL;
}

/* "name:line:column: ", the column counted in characters. */
static void place_text(const struct json_doc *doc, size_t at, char *out, size_t size)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < doc->n_text; i++) {
        if (doc->text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)doc->text[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    snprintf(out, size, "%s:%zu:%zu", doc->name, line, column);
}

bool json_fail_at(const struct json_doc *doc, size_t at, struct error *err, const char *format, ...)
{
    char place[512], message[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    place_text(doc, at, place, sizeof(place));
    return fail(err, doc->code, "%s: %s", place, message);
}

bool json_fail_v(const struct json_doc *doc, const struct json *node, bool at_key, struct error *err,
                 const char *format, va_list args)
{
    char place[512], message[sizeof(err->message)];
    vsnprintf(message, sizeof(message), format, args);
    snprintf(place, sizeof(place), "%s", doc->name);
    struct chain chain = {.n = 0};
    if (!node || !find_chain(doc->root, json_raw(node), &chain))
        return fail(err, doc->code, "%s: %s", place, message);
    const char *set = find_set(doc, &chain);
    struct json_place found;
    if (!set && find_place(doc, &chain, &found))
        place_text(doc, at_key ? found.key : found.value, place, sizeof(place));
    else if (!set)
        set = find_set_through(doc, json_raw(node));
    if (set)
        return fail(err, ERROR_USAGE, "--set %s: %s", set, message);
    return fail(err, doc->code, "%s: %s", place, message);
}

bool json_fail(const struct json_doc *doc, const struct json *node, struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    json_fail_v(doc, node, false, err, format, args);
    va_end(args);
    return false;
}
