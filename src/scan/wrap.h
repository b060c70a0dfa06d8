/* What records come wrapped in: search results, batches, shipped messages. One table for all layouts. */
#ifndef SCAN_WRAP_H
#define SCAN_WRAP_H

#include "json_path.h"

enum wrap_kind {
    WRAP_OBJECT, /* the record is its value */
    WRAP_LIST,   /* the records are the members of its value */
    WRAP_TEXT,   /* its value is a text that holds the record */
};

struct wrapper {
    struct str path;
    enum wrap_kind kind;
};

extern const struct wrapper wrappers[];
extern const size_t n_wrappers;

/* The first record inside: of the wrapper's value, or of its list from *at on, which starts as 0 and moves behind it;
 * in the scratch or the value itself. n == 0: no (further) one. */
struct str wrap_inner(const struct wrapper *wrapper, const struct scan_field *value, size_t *at, struct arena *scratch);

/* A line's record without what a shipper wrote before it, such as a syslog head; the line itself if it starts as a
 * record does, or holds none. first: a record's first character. */
struct str wrap_head(struct str line, char first);

#endif
