/* As evtx_json, but Sysmon's process creations only. */
#include "windows_event.h"

static const struct field_map fields = {
    .command = TEXT("Event.EventData.CommandLine|Event.EventData.Data.CommandLine"),
    .host = TEXT("Event.System.Computer"),
    .user = TEXT("Event.EventData.User|Event.EventData.Data.User"),
    .parent = TEXT("Event.EventData.ParentImage|Event.EventData.Data.ParentImage"),
    .image = TEXT("Event.EventData.Image|Event.EventData.Data.Image"),
    .time = TEXT("Event.System.TimeCreated.#attributes.SystemTime|Event.System.TimeCreated_attributes.SystemTime|Event."
                 "System.TimeCreated.SystemTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static const struct json_kind kind = {
    .keep = windows_keep_sysmon,
    .extra = {TEXT("Event.System.EventID.#text|Event.System.EventID"),
              TEXT("Event.System.Provider.#attributes.Name|Event.System.Provider_attributes.Name|Event.System.Provider."
                   "Name|Event.System.Channel")},
    .platform = PLATFORM_WINDOWS,
};

static void *start(const struct field_map *map, struct arena *arena)
{
    return json_start(&kind, map, arena);
}

const struct reader reader_sysmon = {
    .plugin = {"sysmon", "as evtx_json: Sysmon 1 only", NULL, 0},
    .fields = &fields,
    .start = start,
    .record_length = json_object_length,
    .parse = json_parse_object,
    .decode = json_decode,
};
