/* Results of Splunk searches: Sysmon and Security 4688 by their own names, in classic or XML rendering, or process
 * creations by the names of the common information model. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("CommandLine|Process_Command_Line|process"),
    .host = TEXT("Computer|ComputerName|dest|host"),
    .user = TEXT("User|Account_Name.0|Account_Name|SubjectUserName|user"),
    .parent = TEXT("ParentImage|Creator_Process_Name|ParentProcessName|parent_process_path"),
    .image = TEXT("Image|New_Process_Name|NewProcessName|process_path"),
    .time = TEXT("_time"),
    .platform = TEXT("os"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_splunk = {
    .plugin = {"splunk", "Splunk results: Sysmon 1, Security 4688, CIM processes", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {SYSMON_KIND("EventCode", "SourceName|source"),
             SECURITY_KIND("EventCode"),
             {.all = {{"EventCode", ""}, {"process", "*"}}}},
    .platform = PLATFORM_WINDOWS,
};
