/* Windows events flat, as NXLog and others write them: JSON lines. */
#include "windows_event.h"

static const struct field_map fields = {
    .command = TEXT("CommandLine"),
    .host = TEXT("Hostname|Computer|host"),
    .user = TEXT("User|SubjectUserName"),
    .parent = TEXT("ParentImage|ParentProcessName"),
    .image = TEXT("Image|NewProcessName"),
    .time = TEXT("@timestamp|EventTime|TimeCreated|UtcTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static const struct json_kind kind = {
    .keep = windows_keep,
    .extra = {TEXT("EventID"), TEXT("SourceName|Channel")},
    .platform = PLATFORM_WINDOWS,
};

static void *start(const struct field_map *map, struct arena *arena)
{
    return json_start(&kind, map, arena);
}

const struct reader reader_nxlog = {
    .plugin = {"nxlog", "NXLog, one flat object a line: Sysmon 1 and Security 4688", NULL, 0},
    .fields = &fields,
    .start = start,
    .record_length = line_length,
    .resync = line_resync,
    .parse = json_parse_event,
    .decode = json_decode,
};
