/* Where lines come from: files, how to read them, which part to take. */
#ifndef TELEMETRY_INPUT_H
#define TELEMETRY_INPUT_H

#include "support/error.h"
#include "support/json.h"
#include "support/plugin.h"

enum { INPUT_MAX_FILTERS = 16 };

struct field_filter {
    struct str field, value; /* a record is skipped (and counted) if it has the field with another value */
};

/* Names of the record's fields. */
struct field_map {
    struct str command, host, user, parent, image, time, platform, truth, source;
    const struct field_filter *filter;
    size_t n_filters;
};

struct input {
    const char *const *files; /* paths, folders or globs, relative to the data folder unless absolute */
    size_t n_files;
    const char *format; /* a reader's name */
    struct field_map fields;
    /* Of the canonical lines, those whose hash falls in parts [part_from, part_to) of part_of. part_of 1 takes all. */
    int64_t part_of, part_from, part_to;
};

/* From {"files": [...], "format": "jsonl", "fields": {"command": "command_line", ...}, "where": {"ambiguous": false,
 * ...}, "part": {"of": 10, "from": 0, "to": 7}}, or from a string or an array of strings (files only). Everything but
 * files has a default; the default field names are those of the README's record (command_line, host, user,
 * parent_image, image, ts, platform, label, source). */
MUST_CHECK bool input_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                            struct error *err);
/* Appends canonical JSON with every default spelled out. */
void input_to_json(const struct input *input, struct buf *out);

#endif
