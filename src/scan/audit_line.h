/* Lines of the Linux audit log: [node=NODE] type=TYPE msg=audit(TIME:SERIAL): key=value key="value" ... Values that
 * hold blanks, quotes or control characters are hex digits without quotes. Behind a group separator (0x1D) come names
 * for numbers: AUID="jane". */
#ifndef SCAN_AUDIT_LINE_H
#define SCAN_AUDIT_LINE_H

#include "support/arena.h"
#include "support/str.h"

struct audit_line {
    struct str node, type, time, id; /* id: TIME:SERIAL */
    struct str body;                 /* the keys and values */
    uint64_t serial;
};

struct audit_pair {
    struct str key, value; /* without quotes */
    bool quoted;
};

/* False if it is no audit record. */
bool audit_line(struct str line, struct audit_line *out);
/* The next pair of *rest, which moves behind it; false at the end. */
bool audit_next(struct str *rest, struct audit_pair *out);
/* The first pair with this key. */
bool audit_find(struct str body, const char *key, struct audit_pair *out);
/* Text of a value, hex digits decoded, bytes that are not well-formed UTF-8 as U+FFFD; in the arena or the value
 * itself. Never longer than three times the value. */
struct str audit_text(const struct audit_pair *pair, struct arena *arena);

struct audit_argument {
    uint64_t number;
    bool piece; /* a part of a long one: a2[0]= */
};
/* Whether the key is aN or aN[K]. */
bool audit_argument(struct str key, struct audit_argument *out);
/* The arguments of EXECVE bodies as one line, pieces put together, quoted the way a POSIX shell reads them back. */
struct str audit_command(struct str body, struct arena *arena);

#endif
