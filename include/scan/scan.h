/* The fast field scanner for one-line JSON objects: finds the wanted top-level string fields without building a tree.
 * A record it does not fully understand is handed to a complete parser, so the answer is always the complete parser's.
 */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

#include "support/arena.h"
#include "support/str.h"

enum scan_type { SCAN_ABSENT, SCAN_STRING, SCAN_OTHER };

struct scan_field {
    enum scan_type type;
    struct str raw; /* between the quotes of a string, escapes and all; else the value's text (true, 12, null, {...}) */
};

/* record: one JSON object, trailing blanks allowed. names[n] are the wanted top-level keys; out[n]. The last of
 * duplicate keys counts. False if the record is not valid JSON (strict RFC 8259 with valid UTF-8) or not an object:
 * *reason says why. Local, pure. */
bool scan_object(struct str record, const struct str *names, size_t n, struct scan_field *out, const char **reason);
/* The same for many records: the names are sorted out once. name[n], n <= SCAN_MAX_NAMES, stays the caller's. */
enum { SCAN_MAX_NAMES = 255, SCAN_NAME_BUCKETS = 64 };
struct scan_names {
    const struct str *name;
    size_t n;
    uint8_t first[SCAN_NAME_BUCKETS]; /* 1 + the first name of a length and first letter; 0: none */
    uint8_t next[SCAN_MAX_NAMES];     /* likewise, of the same */
};
void scan_names_start(struct scan_names *list, const struct str *name, size_t n);
bool scan_record(struct str record, const struct scan_names *names, struct scan_field *out, const char **reason);

/* The text of a string field: unescaped into the arena, or raw itself if nothing was escaped. False on a bad escape
 * (lone surrogates become U+FFFD instead). */
bool scan_unescape(const struct scan_field *field, struct arena *arena, struct str *out);

#endif
