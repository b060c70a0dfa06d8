/* Lines of the Linux audit log: [node=NODE] type=TYPE msg=audit(TIME:SERIAL): key=value key="value" ... Values that
 * hold blanks, quotes or control characters are hex digits without quotes. Behind a group separator (0x1D) come names
 * for numbers: AUID="jane". What `ausearch -i` writes is read too: dates for seconds, names for numbers, and values
 * that stand as they are, blanks and all, up to the next key. */
#ifndef SCAN_AUDIT_LINE_H
#define SCAN_AUDIT_LINE_H

#include "support/arena.h"
#include "support/str.h"

/* The keys and values of a record. */
struct audit_body {
    struct str rest;
    bool interpreted; /* by ausearch -i */
    bool arguments;   /* of an interpreted EXECVE record: only an argument's key ends a value */
    int64_t argc;     /* of such a record, as far as it is known; else -1 */
};

struct audit_line {
    struct str node, type, time, id; /* id: TIME:SERIAL */
    struct audit_body body;
};

struct audit_pair {
    struct str key, value; /* without quotes */
    bool quoted;           /* the value is text, never hex digits */
};

/* False if it is no audit record. */
bool audit_line(struct str line, struct audit_line *out);
/* The next pair of *body, which moves behind it; false at the end. */
bool audit_next(struct audit_body *body, struct audit_pair *out);
/* The first pair with this key. */
bool audit_find(struct audit_body body, const char *key, struct audit_pair *out);
/* Bytes of a value, hex digits decoded, into out[value.n]. */
size_t audit_bytes(const struct audit_pair *pair, char *out);
/* Text of a value, hex digits decoded, bytes that are not well-formed UTF-8 as U+FFFD; in the arena or the value
 * itself. Never longer than three times the value. */
struct str audit_text(const struct audit_pair *pair, struct arena *arena);

struct audit_argument {
    uint64_t number, part;
    bool piece;  /* a part of a long one: a2[0]= */
    bool length; /* how long the parts are together: a2_len= */
};
/* Whether the key is aN, aN[K] or aN_len. */
bool audit_argument(struct str key, struct audit_argument *out);

#endif
