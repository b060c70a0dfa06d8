/* Carbon Black: the cloud's data forwarder, whose process_cmdline is the parent's, and EDR's event forwarder. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("command_line"),
    .host = TEXT("computer_name"),
    .user = TEXT("username"),
    .parent = TEXT("parent_path"),
    .image = TEXT("path"),
    .time = TEXT("timestamp"),
    .platform = TEXT("device_os"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static const struct field_map cloud = {
    .command = TEXT("target_cmdline"),
    .host = TEXT("device_name"),
    .user = TEXT("childproc_username|process_username"),
    .parent = TEXT("process_path"),
    .image = TEXT("childproc_name"),
    .time = TEXT("device_timestamp"),
    .platform = TEXT("device_os"),
};

const struct layout layout_carbonblack = {
    .plugin = {"carbonblack", "Carbon Black, cloud and EDR: process starts", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {{.all = {{"type", "endpoint.event.procstart"}}, .fields = &cloud},
             {.all = {{"type", "ingress.event.procstart"}}}},
    .platform = PLATFORM_WINDOWS,
};
