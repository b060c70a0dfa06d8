/* Microsoft Defender: rows of DeviceProcessEvents from advanced hunting, flat or in an answer of its API, and streamed
 * (properties inside records). The table does not say the platform. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("ProcessCommandLine|properties.ProcessCommandLine"),
    .host = TEXT("DeviceName|properties.DeviceName"),
    .user = TEXT("AccountName|properties.AccountName"),
    .parent = TEXT("InitiatingProcessFolderPath|properties.InitiatingProcessFolderPath"),
    .image = TEXT("FolderPath|properties.FolderPath"),
    .time = TEXT("Timestamp|properties.Timestamp"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_defender = {
    .plugin = {"defender", "Microsoft Defender, DeviceProcessEvents: advanced hunting and streaming", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {{.all = {{"ActionType|properties.ActionType", "ProcessCreated|ProcessCreatedUsingWmiQuery"},
                      {"category", "*DeviceProcessEvents|"}}}},
    .platform = PLATFORM_WINDOWS,
};
