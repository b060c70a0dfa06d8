/* Winlogbeat's own layout (event_data) and that of version 7 and later without modules (winlog.event_data): JSON
 * lines. */
#include "windows_event.h"

static const struct field_map fields = {
    .command = TEXT("event_data.CommandLine|winlog.event_data.CommandLine"),
    .host = TEXT("computer_name|winlog.computer_name|host.name"),
    .user = TEXT("event_data.User|winlog.event_data.User|event_data.SubjectUserName|winlog.event_data.SubjectUserName"),
    .parent = TEXT("event_data.ParentImage|winlog.event_data.ParentImage|event_data.ParentProcessName|winlog.event_"
                   "data.ParentProcessName"),
    .image =
        TEXT("event_data.Image|winlog.event_data.Image|event_data.NewProcessName|winlog.event_data.NewProcessName"),
    .time = TEXT("@timestamp"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static const struct json_kind kind = {
    .keep = windows_keep,
    .extra = {TEXT("event_id|winlog.event_id|event.code"),
              TEXT("source_name|winlog.provider_name|log_name|winlog.channel")},
    .platform = PLATFORM_WINDOWS,
};

static void *start(const struct field_map *map, struct arena *arena)
{
    return json_start(&kind, map, arena);
}

const struct reader reader_winlogbeat = {
    .plugin = {"winlogbeat", "Winlogbeat, one object a line: Sysmon 1 and Security 4688", NULL, 0},
    .fields = &fields,
    .start = start,
    .record_length = line_length,
    .resync = line_resync,
    .parse = json_parse_event,
    .decode = json_decode,
};
