/* Chainsaw's JSON: the event of a hit in document, those of an aggregate in documents. One event may come more than
 * once. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("document.data.Event.EventData.CommandLine|data.Event.EventData.CommandLine"),
    .host = TEXT("document.data.Event.System.Computer|data.Event.System.Computer"),
    .user = TEXT("document.data.Event.EventData.User|data.Event.EventData.User|document.data.Event.EventData."
                 "SubjectUserName|data.Event.EventData.SubjectUserName"),
    .parent = TEXT("document.data.Event.EventData.ParentImage|data.Event.EventData.ParentImage|document.data.Event."
                   "EventData.ParentProcessName|data.Event.EventData.ParentProcessName"),
    .image = TEXT("document.data.Event.EventData.Image|data.Event.EventData.Image|document.data.Event.EventData."
                  "NewProcessName|data.Event.EventData.NewProcessName"),
    .time =
        TEXT("document.data.Event.System.TimeCreated_attributes.SystemTime|data.Event.System.TimeCreated_attributes."
             "SystemTime|document.data.Event.System.TimeCreated.SystemTime|data.Event.System.TimeCreated.SystemTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_chainsaw = {
    .plugin = {"chainsaw", "Chainsaw: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND("document.data.Event.System.EventID.#text|data.Event.System.EventID.#text|document.data.Event."
                         "System.EventID|data.Event.System.EventID",
                         "document.data.Event.System.Provider_attributes.Name|data.Event.System.Provider_attributes."
                         "Name|document.data.Event.System.Channel|data.Event.System.Channel"),
             SECURITY_KIND("document.data.Event.System.EventID.#text|data.Event.System.EventID.#text|document.data."
                           "Event.System.EventID|data.Event.System.EventID"),
             {.all = {{"document.kind", "*"}}, .result = READ_OTHER}},
    .platform = PLATFORM_WINDOWS,
};
