/* What Velociraptor's parse_evtx makes of Windows event logs. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("EventData.CommandLine"),
    .host = TEXT("System.Computer"),
    .user = TEXT("EventData.User|EventData.SubjectUserName"),
    .parent = TEXT("EventData.ParentImage|EventData.ParentProcessName"),
    .image = TEXT("EventData.Image|EventData.NewProcessName"),
    .time = TEXT("TimeCreated|System.TimeCreated.SystemTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_velociraptor = {
    .plugin = {"velociraptor", "Velociraptor, parse_evtx: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND("System.EventID.Value|System.EventID|EventID", "System.Provider.Name"),
             SECURITY_KIND("System.EventID.Value|System.EventID|EventID")},
    .platform = PLATFORM_WINDOWS,
};
