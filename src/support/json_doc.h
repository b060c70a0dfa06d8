/* What a document holds; shared by json*.c. A `struct json` is a cJSON under another name. */
#ifndef SUPPORT_JSON_DOC_H
#define SUPPORT_JSON_DOC_H

#include "json_scan.h"
#include "support/json.h"

#include <cjson/cJSON.h>
#include <stdarg.h>

/* A text that values come from, as parsed, comments blanked: only read to find places. */
struct json_source {
    char *name, *text;
    size_t n;
};

/* Where a value that was changed after parsing comes from. */
struct json_origin {
    char *path; /* dotted, in the document */
    enum { ORIGIN_SET, ORIGIN_LAID, ORIGIN_COPIED } kind;
    size_t source;       /* of ORIGIN_LAID: there it has the same path */
    const cJSON *copied; /* of ORIGIN_COPIED: from this node of the document */
};

struct json_doc {
    cJSON *root;
    enum error_code code;       /* of messages about it */
    struct json_source *source; /* [n_sources]; the first is what was parsed */
    size_t n_sources;
    struct json_origin *origin; /* [n_origins]; of two, the one of the longer path counts */
    size_t n_origins;
};

static inline const cJSON *json_raw(const struct json *node)
{
    return (const cJSON *)node;
}

static inline const struct json *json_node(const cJSON *raw)
{
    return (const struct json *)raw;
}

/* The member at a path below raw, or NULL. */
const cJSON *json_follow(const cJSON *raw, const char *dotted);
/* Appends the text to the sources; returns its place. */
size_t json_add_source(struct json_doc *doc, const char *name, struct str text);
/* The node of the tree below `other` that stands where `node` stands below `root`, or NULL. */
const cJSON *json_same_place(const cJSON *root, const cJSON *node, const cJSON *other);
/* Sets *err for a place in the parsed text. Returns false. */
bool json_fail_at(const struct json_doc *doc, size_t at, struct error *err, const char *format, ...) PRINTF_LIKE(4, 5);
/* Where a node stands in the text; root is the tree as parsed from it, unchanged. */
struct json_place json_place_of(const struct json_source *source, const cJSON *root, const cJSON *node);
/* json_fail; at_key: the place is that of the node's key. */
bool json_fail_v(const struct json_doc *doc, const struct json *node, bool at_key, struct error *err,
                 const char *format, va_list args);
/* The n members of an object in the byte order of their keys; to be freed. */
const cJSON **json_sorted_members(const cJSON *object, size_t *n);
/* Appends a number in the shortest form that reads back equal; null if it is not finite. */
void json_add_number(struct buf *out, double value);

#endif
