/* Places of nodes for messages. cJSON keeps none, so they are found again from the text, only when an error is told. */
#include "json_doc.h"
#include "json_scan.h"

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

struct json_place json_place_of(const struct json_source *source, const cJSON *root, const cJSON *node)
{
    size_t number = 0;
    bool found = count_until(root, node, &number);
    ASSERT(found);
    return json_locate((struct str){source->text, source->n}, number);
}

/* Where the nodes chain->node[from + 1 ...] lead from `other`, which stands for chain->node[from]; NULL: nowhere. */
static const cJSON *walk_chain(const struct chain *chain, size_t from, const cJSON *other)
{
    for (size_t i = from + 1; i < chain->n && other; i++)
        other = counterpart(chain->node[i - 1], chain->node[i], other);
    return other;
}

const cJSON *json_same_place(const cJSON *root, const cJSON *node, const cJSON *other)
{
    struct chain chain = {.n = 0};
    return node && find_chain(root, node, &chain) ? walk_chain(&chain, 0, other) : NULL;
}

/* What a message says of the place. */
struct where {
    const struct json_source *source; /* NULL: set is given */
    struct json_place place;
    const char *set; /* the path given to json_set */
};

/* Where the node that the chain ends in stands in the source, if it does. */
static bool find_in_source(const struct json_source *source, const struct chain *chain, struct where *out)
{
    cJSON *fresh = cJSON_ParseWithLength(source->text, source->n + 1);
    const cJSON *there = walk_chain(chain, 0, fresh);
    if (there)
        *out = (struct where){source, json_place_of(source, fresh, there), NULL};
    cJSON_Delete(fresh);
    return there != NULL;
}

/* The origin of the node, or of the nearest that holds it and has one: chain->node[*depth]. NULL: as parsed. */
static const struct json_origin *find_origin(const struct json_doc *doc, const struct chain *chain, size_t *depth)
{
    for (*depth = chain->n; (*depth)-- > 0;) {
        for (size_t k = 0; k < doc->n_origins; k++) {
            if (json_follow(doc->root, doc->origin[k].path) == chain->node[*depth])
                return &doc->origin[k];
        }
    }
    return NULL;
}

/* For an object that was made on the way to a value: the origin of the value, or NULL. */
static const struct json_origin *find_origin_below(const struct json_doc *doc, const cJSON *node)
{
    for (size_t k = 0; k < doc->n_origins; k++) {
        const cJSON *target = json_follow(doc->root, doc->origin[k].path);
        struct chain below = {.n = 0};
        if (target && find_chain(node, target, &below))
            return &doc->origin[k];
    }
    return NULL;
}

static bool find_where(const struct json_doc *doc, const cJSON *node, struct where *out);

/* origin is that of chain->node[depth]. */
static bool find_at_origin(const struct json_doc *doc, const struct json_origin *origin, const struct chain *chain,
                           size_t depth, struct where *out)
{
    if (origin->kind == ORIGIN_LAID)
        return find_in_source(&doc->source[origin->source], chain, out);
    if (origin->kind == ORIGIN_COPIED) {
        const cJSON *there = origin->copied ? walk_chain(chain, depth, origin->copied) : NULL;
        return there && find_where(doc, there, out);
    }
    *out = (struct where){.set = origin->path};
    return true;
}

static bool find_where(const struct json_doc *doc, const cJSON *node, struct where *out)
{
    struct chain chain = {.n = 0}, below = {.n = 0};
    size_t depth;
    if (!find_chain(doc->root, node, &chain))
        return false;
    const struct json_origin *origin = find_origin(doc, &chain, &depth);
    if (origin ? find_at_origin(doc, origin, &chain, depth, out) : find_in_source(doc->source, &chain, out))
        return true;
    origin = find_origin_below(doc, node);
    return origin && find_chain(doc->root, json_follow(doc->root, origin->path), &below) &&
           find_at_origin(doc, origin, &below, below.n - 1, out);
}

/* "name:line:column: ", the column counted in characters. */
static void place_text(const struct json_source *source, size_t at, char *out, size_t size)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < source->n; i++) {
        if (source->text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)source->text[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    snprintf(out, size, "%s:%zu:%zu", source->name, line, column);
}

bool json_fail_at(const struct json_doc *doc, size_t at, struct error *err, const char *format, ...)
{
    char place[512], message[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    place_text(doc->source, at, place, sizeof(place));
    return fail(err, doc->code, "%s: %s", place, message);
}

bool json_fail_v(const struct json_doc *doc, const struct json *node, bool at_key, struct error *err,
                 const char *format, va_list args)
{
    char place[512], message[sizeof(err->message)];
    vsnprintf(message, sizeof(message), format, args);
    snprintf(place, sizeof(place), "%s", doc->source->name);
    struct where where;
    if (!node || !find_where(doc, json_raw(node), &where))
        return fail(err, doc->code, "%s: %s", place, message);
    if (where.set)
        return fail(err, ERROR_USAGE, "--set %s: %s", where.set, message);
    place_text(where.source, at_key ? where.place.key : where.place.value, place, sizeof(place));
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
