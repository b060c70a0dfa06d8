/* osquery's result log, event format: JSON lines of the tables process_events, bpf_process_events, es_process_events
 * and process_etw_events. Linux, unless the record's decorations name another platform. */
#include "json_reader.h"

static const struct field_map fields = {
    .command = TEXT("columns.cmdline|columns.cmdline_args"),
    .host = TEXT("hostIdentifier|decorations.hostname"),
    .user = TEXT("columns.username|decorations.username|columns.uid"),
    .parent = TEXT("columns.parent_path|columns.parent_process_path"),
    .image = TEXT("columns.path"),
    .time = TEXT("calendarTime|columns.time"),
    .platform = TEXT("decorations.platform|decorations.os_platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static enum read_result keep(const struct scan_field *extra, const char **reason)
{
    if (extra[0].type == SCAN_ABSENT) {
        *reason = "the action is missing";
        return READ_BAD;
    }
    bool row = extra[1].type == SCAN_OTHER && extra[2].type != SCAN_ABSENT;
    return row && str_equal(extra[0].raw, STR("added")) ? READ_EVENT : READ_FILTERED;
}

static const struct json_kind kind = {
    .keep = keep,
    .extra = {TEXT("action"), TEXT("columns"), TEXT("columns.cmdline")},
    .platform = PLATFORM_LINUX,
};

static void *start(const struct field_map *map, struct arena *arena)
{
    return json_start(&kind, map, arena);
}

const struct reader reader_osquery = {
    .plugin = {"osquery", "osquery results, one object a line: rows that were added", NULL, 0},
    .fields = &fields,
    .start = start,
    .record_length = line_length,
    .resync = line_resync,
    .parse = json_parse_event,
    .decode = json_decode,
};
