/* JSON objects that may span lines, one after the other or in one list. */
#include "json_reader.h"

static const struct json_kind kind = {NULL, {{NULL, 0}}, PLATFORM_UNKNOWN};

static void *start(const struct field_map *fields, struct arena *arena)
{
    return json_start(&kind, fields, arena);
}

const struct reader reader_json = {
    .plugin = {"json", "JSON objects over several lines or in one list, any field names", NULL, 0},
    .start = start,
    .record_length = json_object_length,
    .parse = json_parse_object,
    .decode = json_decode,
};
