/* CrowdStrike Falcon Data Replicator. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("CommandLine"),
    .host = TEXT("ComputerName|aid"),
    .user = TEXT("UserName|UserSid"),
    .parent = TEXT("ParentBaseFileName"),
    .image = TEXT("ImageFileName"),
    .time = TEXT("timestamp"),
    .platform = TEXT("event_platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_crowdstrike = {
    .plugin = {"crowdstrike", "CrowdStrike Falcon Data Replicator: ProcessRollup2 and SyntheticProcessRollup2", NULL,
               0},
    .form = &form_json,
    .fields = &fields,
    .kind = {{.all = {{"event_simpleName|#event_simpleName", "ProcessRollup2|SyntheticProcessRollup2"}}}},
};
