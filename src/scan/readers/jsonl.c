/* JSON lines: one object a line, as most log shippers write process-creation events. */
#include "json_reader.h"

static const struct json_kind kind = {NULL, {{NULL, 0}}, PLATFORM_UNKNOWN};

static void *start(const struct field_map *fields, struct arena *arena)
{
    return json_start(&kind, fields, arena);
}

const struct reader reader_jsonl = {
    .plugin = {"jsonl", "JSON lines: one object a line, any field names", NULL, 0},
    .start = start,
    .look = json_look,
    .record_length = json_line_length,
    .resync = line_resync,
    .parse = json_parse_event,
    .decode = json_decode,
};
