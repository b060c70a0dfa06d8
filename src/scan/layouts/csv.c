/* Process-creation events as comma-separated values, by the column names that products export. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("command_line|CommandLine|ProcessCommandLine|process.command_line|Process Command Line|cmdline"),
    .host = TEXT("host|hostname|ComputerName|Computer|DeviceName|host.name"),
    .user = TEXT("user|UserName|AccountName|user.name|SubjectUserName"),
    .parent = TEXT("parent_image|ParentImage|ParentProcessName|InitiatingProcessFolderPath|process.parent.executable"),
    .image = TEXT("image|NewProcessName|FolderPath|process.executable|path"),
    .time = TEXT("ts|timestamp|@timestamp|time|TimeCreated|UtcTime|TimeGenerated"),
    .platform = TEXT("platform|os"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_csv = {
    .plugin = {"csv", "comma-, semicolon- or tab-separated values with a row of column names", NULL, 0},
    .form = &form_csv,
    .fields = &fields,
};
