/* Windows event logs as objects {Event: {System, EventData}}, as evtx_dump and other converters of .evtx files write
 * them, one a line or indented, one after the other or in a list. EventData is an object, or a list of names with
 * texts. */
#include "forms.h"

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

const struct layout layout_evtx_json = {
    .plugin = {"evtx_json", "converted .evtx files, JSON objects: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND(
                 "Event.System.EventID.#text|Event.System.EventID.Value|Event.System.EventID",
                 "Event.System.Provider.#attributes.Name|Event.System.Provider_attributes.Name|Event.System.Provider."
                 "Name|Event.System.Channel"),
             SECURITY_KIND("Event.System.EventID.#text|Event.System.EventID.Value|Event.System.EventID")},
    .platform = PLATFORM_WINDOWS,
};
