/* Windows event logs as objects {Event: {System, EventData}}, as evtx_dump and other converters of .evtx files write
 * them, one a line or indented, one after the other or in a list. EventData is an object, or a list of names with
 * texts. */
#include "windows_event.h"

static const struct field_map fields = {
    .command = TEXT("Event.EventData.CommandLine|Event.EventData.Data.CommandLine"),
    .host = TEXT("Event.System.Computer"),
    .user = TEXT("Event.EventData.User|Event.EventData.Data.User|Event.EventData.SubjectUserName|Event.EventData.Data."
                 "SubjectUserName"),
    .parent = TEXT("Event.EventData.ParentImage|Event.EventData.Data.ParentImage|Event.EventData.ParentProcessName|"
                   "Event.EventData.Data.ParentProcessName"),
    .image = TEXT("Event.EventData.Image|Event.EventData.Data.Image|Event.EventData.NewProcessName|Event.EventData."
                  "Data.NewProcessName"),
    .time = TEXT("Event.System.TimeCreated.#attributes.SystemTime|Event.System.TimeCreated_attributes.SystemTime|Event."
                 "System.TimeCreated.SystemTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static const struct json_kind kind = {
    .keep = windows_keep,
    .extra = {TEXT("Event.System.EventID.#text|Event.System.EventID"),
              TEXT("Event.System.Provider.#attributes.Name|Event.System.Provider_attributes.Name|Event.System.Provider."
                   "Name|Event.System.Channel")},
    .platform = PLATFORM_WINDOWS,
};

static void *start(const struct field_map *map, struct arena *arena)
{
    return json_start(&kind, map, arena);
}

const struct reader reader_evtx_json = {
    .plugin = {"evtx_json", "converted .evtx files, JSON objects: Sysmon 1 and Security 4688", NULL, 0},
    .fields = &fields,
    .start = start,
    .record_length = json_object_length,
    .parse = json_parse_object,
    .decode = json_decode,
};
