/* Which values of a record are its command, host, user ...: names that a layout brings and an input may replace. */
#ifndef SCAN_FIELDS_H
#define SCAN_FIELDS_H

#include "support/arena.h"
#include "support/error.h"
#include "support/json.h"

enum { FIELDS_MAX_FILTERS = 16, FIELDS_MAX_MORE = 8 };

struct field_filter {
    struct str field, value; /* a record is skipped (and counted) if it has the field with another value */
};

/* Names of the record's fields. In JSON a name may be a path, "process.parent.name", which a key that holds the dots
 * itself matches too; "a|b" is a, or b where a is absent, null, empty or "-". In a list a number is a place, a word the
 * name in a list of {"Name", "text"} pairs. Formats with fields of their own kind (auditd) have empty names. */
struct field_map {
    struct str command, host, user, parent, image, time, platform, truth, source;
    const struct field_filter *filter;
    size_t n_filters;
    const struct str *more; /* further fields whose values an event brings; day_read sets them */
    size_t n_more;
};

/* {"command": "command_line", ...} into the map; names that are not given stay as they are. */
MUST_CHECK bool fields_parse(const struct json_doc *doc, const struct json *node, struct arena *arena,
                             struct field_map *out, struct error *err);
/* {"ambiguous": false, ...} into the map's filters, by the names' bytes. */
MUST_CHECK bool filters_parse(const struct json_doc *doc, const struct json *node, struct arena *arena,
                              struct field_map *out, struct error *err);
/* The map with the names of `own` where it has none; own NULL: those of the README's record. */
struct field_map fields_fill(const struct field_map *given, const struct field_map *own);
/* Canonical JSON objects; empty names are left out. */
void fields_to_json(const struct field_map *map, struct buf *out);
void filters_to_json(const struct field_map *map, struct buf *out);

#endif
