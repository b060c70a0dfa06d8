/* Wazuh archives and alerts. Values of the event channel are escaped once more than JSON says. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("data.win.eventdata.commandLine"),
    .host = TEXT("data.win.system.computer"),
    .user = TEXT("data.win.eventdata.user|data.win.eventdata.subjectUserName"),
    .parent = TEXT("data.win.eventdata.parentImage|data.win.eventdata.parentProcessName"),
    .image = TEXT("data.win.eventdata.image|data.win.eventdata.newProcessName"),
    .time = TEXT("data.win.system.systemTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_wazuh = {
    .plugin = {"wazuh", "Wazuh archives and alerts: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND("data.win.system.eventID", "data.win.system.providerName"),
             SECURITY_KIND("data.win.system.eventID"),
             {.all = {{"decoder.name|rule.id|agent.id", "*"}}, .result = READ_OTHER}},
    .platform = PLATFORM_WINDOWS,
    .escaped_again = true,
};
