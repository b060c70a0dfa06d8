/* Security event 4688 only: as evtx_json, or as WMI's Win32_NTLogEvent gives it (InsertionStrings by place). */
#include "forms.h"

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

const struct layout layout_security4688 = {
    .plugin = {"security4688", "as evtx_json or WMI objects (InsertionStrings): Security 4688 only", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SECURITY_KIND("Event.System.EventID.#text|Event.System.EventID.Value|Event.System.EventID|EventCode")},
    .platform = PLATFORM_WINDOWS,
};
