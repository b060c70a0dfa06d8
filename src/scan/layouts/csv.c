/* Process-creation events as comma-separated values, by the column names that products export. Where a table has a
 * column that tells the kind of event, rows of other kinds are passed over. */
#include "forms.h"

#define INSIDE "Payload.EventData.Data." /* EvtxECmd's */

static const struct field_map fields = {
    .command = TEXT("command_line|CommandLine|ProcessCommandLine|Process Command Line|Process_Command_Line|"
                    "process.command_line|cmdline|" INSIDE "CommandLine"),
    .host = TEXT("host|hostname|ComputerName|Computer Name|Computer|DeviceName|host.hostname|host.name"),
    .user = TEXT("user|" INSIDE "User|" INSIDE "SubjectUserName|UserName|AccountName|Account Name|Account_Name|"
                 "user.name|SubjectUserName"),
    .parent = TEXT("parent_image|ParentImage|ParentProcessName|Creator_Process_Name|InitiatingProcessFolderPath|"
                   "Initiating Process Folder Path|process.parent.executable|parent_process_path|" INSIDE
                   "ParentImage|" INSIDE "ParentProcessName"),
    .image = TEXT("image|NewProcessName|New_Process_Name|FolderPath|Folder Path|process.executable|process_path|" INSIDE
                  "Image|" INSIDE "NewProcessName|path"),
    .time = TEXT("ts|timestamp|@timestamp|_time|time|TimeCreated|UtcTime|TimeGenerated|Event Time"),
    .platform = TEXT("platform|os"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

#define EVENT_ID "EventCode|EventID|event.code|Event ID"

const struct layout layout_csv = {
    .plugin = {"csv", "comma-, semicolon- or tab-separated values with a row of column names", NULL, 0},
    .form = &form_csv,
    .fields = &fields,
    .kind =
        {
            {.all = {{"ActionType|Action Type", "ProcessCreated|ProcessCreatedUsingWmiQuery"}}},
            {.all = {{"event_simpleName|#event_simpleName", "ProcessRollup2|SyntheticProcessRollup2"}}},
            {.all = {{EVENT_ID, "1"},
                     {"Provider|ProviderName|event.provider|winlog.provider_name|SourceName|Channel|source",
                      "*Sysmon*|"}}},
            {.all = {{EVENT_ID, "4688"}}},
        },
};
