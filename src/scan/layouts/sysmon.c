/* As evtx_json, but Sysmon's process creations only. */
#include "forms.h"

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

const struct layout layout_sysmon = {
    .plugin = {"sysmon", "as evtx_json: Sysmon 1 only", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND(
        "Event.System.EventID.#text|Event.System.EventID.Value|Event.System.EventID",
        "Event.System.Provider.#attributes.Name|Event.System.Provider_attributes.Name|Event.System.Provider."
        "Name|Event.System.Channel")},
    .platform = PLATFORM_WINDOWS,
};
