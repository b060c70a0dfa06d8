/* JSON over cJSON: // and block comments stripped, duplicate keys refused, errors with file:line:column, canonical
 * dump. 64-bit values that doubles cannot hold travel as strings. A node is borrowed from its document. */
#ifndef SUPPORT_JSON_H
#define SUPPORT_JSON_H

#include "support/error.h"
#include "support/str.h"

struct json_doc;
struct json; /* a node */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* name stands in messages. Refuses trailing text, duplicate keys, depth over 64. The text is copied.
 * comments: whether // and block comments are allowed (configs yes, data no). */
MUST_CHECK bool json_parse(struct str text, const char *name, bool comments, struct json_doc **out, struct error *err);
MUST_CHECK bool json_read(const char *path, struct json_doc **out, struct error *err); /* a config file, up to 16 MiB */
void json_free(struct json_doc *doc);                                                  /* NULL-safe */
const struct json *json_root(const struct json_doc *doc);

enum json_type json_type(const struct json *node);
size_t json_count(const struct json *node);                    /* members of an array or object */
const struct json *json_at(const struct json *node, size_t i); /* i-th member, in order */
const struct json *json_next(const struct json *node);         /* the member after this one, or NULL */
const char *json_key(const struct json *node);                 /* this node's own key, or "" */
const struct json *json_get(const struct json *object,
                            const char *key); /* NULL if absent or not an object; case-sensitive */
/* "a.b.c"; a backslash before a dot or a backslash makes it part of a key: "where.process\.name". */
const struct json *json_path(const struct json *node, const char *dotted);

/* Typed values; false if the node is NULL or of another type (or, for i64, not whole or beyond 2^53; a string of digits
 * is taken as a 64-bit number). */
bool json_as_str(const struct json *node, struct str *out);
bool json_as_f64(const struct json *node, double *out);
bool json_as_i64(const struct json *node, int64_t *out);
bool json_as_bool(const struct json *node, bool *out);

/* Sets *err to "name:line:column: message" for the node's place: that of the text it was read from, also if it was laid
 * over another document or copied within one (values set by json_set have "--set path"). Returns false. */
bool json_fail(const struct json_doc *doc, const struct json *node, struct error *err, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Refuses members of `object` that are not among keys[n], naming the nearest known key. */
MUST_CHECK bool json_known_keys(const struct json_doc *doc, const struct json *object, const char *const *keys,
                                size_t n, struct error *err);
/* Sets a dotted path to a value given as text: parsed as JSON if it parses, else taken as a string. Makes missing
 * objects. */
MUST_CHECK bool json_set(struct json_doc *doc, const char *dotted, const char *value, struct error *err);
/* Puts a copy of a node of the same document, which stays where it is, at a dotted path; makes missing objects. */
MUST_CHECK bool json_put(struct json_doc *doc, const char *dotted, const struct json *value, struct error *err);
/* The top-level members of `over`, as parsed, replace those of doc; but for the key `except`. Both must be objects. */
void json_lay_over(struct json_doc *doc, const struct json_doc *over, const char *except);
/* Removes a dotted path if present. */
void json_remove(struct json_doc *doc, const char *dotted);
/* A deep copy of the document. */
struct json_doc *json_clone(const struct json_doc *doc);

/* Canonical text: keys sorted by bytes, no blanks, numbers in the shortest form that reads back equal. */
void json_dump(const struct json *node, struct buf *out);

/* Of n names, the nearest to `word` by edit distance, or NULL if none is near (for "did you mean"). */
const char *nearest_name(const char *word, const char *const *names, size_t n);

#endif
