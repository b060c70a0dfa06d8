/* Hayabusa's JSON timeline: a record a rule that hit, so that one event may come more than once. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("AllFieldInfo.CommandLine|Details.Cmdline"),
    .host = TEXT("Computer"),
    .user = TEXT("AllFieldInfo.User|AllFieldInfo.SubjectUserName|Details.User"),
    .parent = TEXT("AllFieldInfo.ParentImage|AllFieldInfo.ParentProcessName|ExtraFieldInfo.ParentImage|ExtraFieldInfo."
                   "ParentProcessName"),
    .image = TEXT("AllFieldInfo.Image|AllFieldInfo.NewProcessName|Details.Proc"),
    .time = TEXT("Timestamp"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_hayabusa = {
    .plugin = {"hayabusa", "Hayabusa timelines: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {{.all = {{"EventID", "1"}, {"Channel", "*Sysmon*"}}},
             {.all = {{"EventID", "4688"}, {"Channel", "Sec|Security"}}}},
    .platform = PLATFORM_WINDOWS,
};
