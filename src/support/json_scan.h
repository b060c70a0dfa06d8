/* Strict JSON syntax (RFC 8259) over text, for what cJSON does not tell: where things are and why text is refused. */
#ifndef SUPPORT_JSON_SCAN_H
#define SUPPORT_JSON_SCAN_H

#include "support/error.h"
#include "support/str.h"

#define JSON_DEPTH 64 /* containers inside each other */

/* Replaces comments by blanks, so places stay. False if a block comment does not end; *at is its start. */
bool json_strip_comments(char *text, size_t n, size_t *at);
/* NULL if text is one JSON value with blanks around it, else what is wrong; *at is the place. */
const char *json_check(struct str text, size_t *at);
/* Of checked text: where the value number `wanted` (0 is the root, depth first) starts, and the key before it. */
struct json_place {
    size_t key, value; /* key = value for what has no key */
};
struct json_place json_locate(struct str text, size_t wanted);

#endif
