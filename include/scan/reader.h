/* Reader plug-ins: bytes of a file -> records -> events. One file a format in src/telemetry/readers; the file's name is
 * the format's. */
#ifndef SCAN_READER_H
#define SCAN_READER_H

#include "scan/event.h"
#include "scan/fields.h"
#include "support/plugin.h"

enum read_result {
    READ_EVENT,
    READ_FILTERED, /* a whole record of another kind, or one that the input's filters do not want */
    READ_BLANK,    /* nothing to count: a blank line, a header, a part of an event that another record tells */
    READ_BAD,
};

struct reader {
    struct plugin plugin;
    /* The format's own field names, where the input gives none; NULL: those of the README's record. */
    const struct field_map *fields;
    /* What the functions below keep while they read one file (or one piece of it, if resync can split it): the compiled
     * names, a header, events that are not complete. In the arena, as long as it lives; so must the fields. */
    void *(*start)(const struct field_map *fields, struct arena *arena);
    /* What a reader may want to do once for many records: p[n] is what was read, and stays where and as it is until the
     * next call; records are taken from it in order. NULL: nothing. */
    void (*look)(void *state, const char *p, size_t n);
    /* Bytes of the first record of p[n], its terminator included; 0 if it does not end within p[n] (never 0 if at_end
     * and n > 0). */
    size_t (*record_length)(const void *state, const char *p, size_t n, bool at_end);
    /* Bytes to skip from an arbitrary place to the next record start, SIZE_MAX if none is known to be within p[n] (p +
     * n itself counts as within). NULL if the format cannot be split. */
    size_t (*resync)(const char *p, size_t n);
    /* record (terminator included) -> event. READ_BAD sets *reason to a static text. Strings of the event point into
     * the record or the scratch, which the caller keeps until it has done with the event. Hostile input ends as
     * READ_BAD, nothing else fails. Records of a file come in order. */
    enum read_result (*parse)(void *state, struct str record, struct arena *scratch, struct event *event,
                              const char **reason);
    /* The text of a string of an event, in the arena or the field itself; valid UTF-8. NULL if fields are text as they
     * stand. */
    struct str (*decode)(struct str field, struct arena *arena);
};

const struct plugin_list *reader_list(void);
/* NULL if there is none of this name. */
const struct reader *reader_find(const char *name);

#endif
