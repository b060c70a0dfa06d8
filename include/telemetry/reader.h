/* Reader plug-ins: bytes of a file -> records -> events. One file a format in src/telemetry/readers. */
#ifndef TELEMETRY_READER_H
#define TELEMETRY_READER_H

#include "support/plugin.h"
#include "telemetry/event.h"
#include "telemetry/input.h"

enum read_result { READ_EVENT, READ_FILTERED, READ_BLANK, READ_BAD };

struct reader {
    struct plugin plugin;
    /* Bytes of the first record of p[n], its terminator included; 0 if it does not end within p[n] (never 0 if at_end
     * and n > 0). */
    size_t (*record_length)(const char *p, size_t n, bool at_end);
    /* Bytes to skip from an arbitrary place to the next record start, SIZE_MAX if none is known to be within p[n] (p +
     * n itself counts as within). NULL if the format cannot be split. */
    size_t (*resync)(const char *p, size_t n);
    /* record (terminator included) -> event. READ_BAD sets *reason to a static text. Strings of the event point into
     * the record. scratch is reset by the caller between records. Hostile input ends as READ_BAD, nothing else fails.
     */
    enum read_result (*parse)(const struct field_map *fields, struct str record, struct arena *scratch,
                              struct event *event, const char **reason);
    /* The text of a string of an event, in the arena or the field itself; valid UTF-8. NULL if fields are text as they
     * stand. */
    struct str (*decode)(struct str field, struct arena *arena);
};

const struct plugin_list *reader_list(void);

#endif
