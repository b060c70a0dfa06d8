/* EvtxECmd's JSON. The event is inside Payload, a JSON text: ExecutableInfo is the command line for some events only.
 */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("Payload.EventData.Data.CommandLine"),
    .host = TEXT("Computer"),
    .user = TEXT("Payload.EventData.Data.User|Payload.EventData.Data.SubjectUserName"),
    .parent = TEXT("Payload.EventData.Data.ParentImage|Payload.EventData.Data.ParentProcessName"),
    .image = TEXT("Payload.EventData.Data.Image|Payload.EventData.Data.NewProcessName"),
    .time = TEXT("TimeCreated"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_evtxecmd = {
    .plugin = {"evtxecmd", "EvtxECmd: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND("EventId", "Provider|Channel"), SECURITY_KIND("EventId")},
    .platform = PLATFORM_WINDOWS,
};
