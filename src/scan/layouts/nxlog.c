/* Windows events flat, as NXLog and others write them: JSON lines. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("CommandLine"),
    .host = TEXT("Hostname|Computer|host"),
    .user = TEXT("User|SubjectUserName"),
    .parent = TEXT("ParentImage|ParentProcessName"),
    .image = TEXT("Image|NewProcessName"),
    .time = TEXT("@timestamp|EventTime|TimeCreated|UtcTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_nxlog = {
    .plugin = {"nxlog", "NXLog, one flat object a record: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND("EventID", "SourceName|Channel"), SECURITY_KIND("EventID")},
    .platform = PLATFORM_WINDOWS,
};
