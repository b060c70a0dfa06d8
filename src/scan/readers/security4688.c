/* Security event 4688 only: as evtx_json, or as WMI's Win32_NTLogEvent gives it (InsertionStrings by place). */
#include "windows_event.h"

static const struct field_map fields = {
    .command = TEXT("Event.EventData.CommandLine|Event.EventData.Data.CommandLine|InsertionStrings.8"),
    .host = TEXT("Event.System.Computer|ComputerName"),
    .user = TEXT("Event.EventData.SubjectUserName|Event.EventData.Data.SubjectUserName|InsertionStrings.1"),
    .parent = TEXT("Event.EventData.ParentProcessName|Event.EventData.Data.ParentProcessName|InsertionStrings.13"),
    .image = TEXT("Event.EventData.NewProcessName|Event.EventData.Data.NewProcessName|InsertionStrings.5"),
    .time = TEXT("Event.System.TimeCreated.#attributes.SystemTime|Event.System.TimeCreated_attributes.SystemTime|Event."
                 "System.TimeCreated.SystemTime|TimeGenerated"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static const struct json_kind kind = {
    .keep = windows_keep_security,
    .extra = {TEXT("Event.System.EventID.#text|Event.System.EventID|EventCode"),
              TEXT("Event.System.Provider.#attributes.Name|Event.System.Provider_attributes.Name|Event.System.Provider."
                   "Name|Event.System.Channel")},
    .platform = PLATFORM_WINDOWS,
};

static void *start(const struct field_map *map, struct arena *arena)
{
    return json_start(&kind, map, arena);
}

const struct reader reader_security4688 = {
    .plugin = {"security4688", "as evtx_json or WMI objects (InsertionStrings): Security 4688 only", NULL, 0},
    .fields = &fields,
    .start = start,
    .record_length = json_object_length,
    .parse = json_parse_object,
    .decode = json_decode,
};
