/* Winlogbeat's own layout (event_data) and that of version 7 and later without modules (winlog.event_data): JSON
 * lines. */
#include "forms.h"

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

const struct layout layout_winlogbeat = {
    .plugin = {"winlogbeat", "Winlogbeat: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND("event_id|winlog.event_id|event.code",
                         "source_name|winlog.provider_name|log_name|winlog.channel"),
             SECURITY_KIND("event_id|winlog.event_id|event.code")},
    .platform = PLATFORM_WINDOWS,
};
