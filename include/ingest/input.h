/* Where lines come from: files, how to read them, which part to take. */
#ifndef INGEST_INPUT_H
#define INGEST_INPUT_H

#include "scan/fields.h"

#define INPUT_AUTO "auto" /* the format that asks for a look at the files */

struct input {
    const char *const *files; /* paths, folders or globs, relative to the data folder unless absolute */
    size_t n_files;
    const char *format; /* a layout's name, or "auto" until day_read has looked at the first file */
    struct field_map fields;
    /* Of the canonical lines, those whose hash falls in parts [part_from, part_to) of part_of. part_of 1 takes all. */
    int64_t part_of, part_from, part_to;
};

/* From {"files": [...], "format": "jsonl", "fields": {"command": "command_line", ...}, "where": {"ambiguous": false,
 * ...}, "part": {"of": 10, "from": 0, "to": 7}}, or from a string or an array of strings (files only). Everything but
 * files has a default. The default field names are those of the format, or of the README's record (command_line, host,
 * user, parent_image, image, ts, platform, label, source); with format "auto" names that are not given stay empty. */
MUST_CHECK bool input_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct input *out,
                            struct error *err);
/* The input as this format reads it: its name, and its field names where none are given. The format
 * must exist. */
struct input input_with_format(const struct input *input, const char *format);
/* Appends canonical JSON with every default spelled out; empty field names are left out. */
void input_to_json(const struct input *input, struct buf *out);

#endif
