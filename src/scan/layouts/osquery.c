/* osquery's result log, event format: JSON lines of the tables process_events, bpf_process_events, es_process_events
 * and process_etw_events. Linux, unless the record's decorations name another platform. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("columns.cmdline|columns.cmdline_args|cmdline|cmdline_args"),
    .host = TEXT("hostIdentifier|decorations.hostname"),
    .user = TEXT("columns.username|username|decorations.username|columns.uid|uid"),
    .parent = TEXT("columns.parent_path|columns.parent_process_path|parent_path"),
    .image = TEXT("columns.path|path"),
    .time = TEXT("calendarTime|columns.time|time"),
    .platform = TEXT("decorations.platform|decorations.os_platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_osquery = {
    .plugin = {"osquery", "osquery results, also snapshots and batches: processes that were started", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind =
        {
            {.all = {{"columns.exit_code|exit_code", "-*"}}, .result = READ_NO_START},
            {.all = {{"action", "removed"}}, .result = READ_OTHER},
            {.all = {{"columns.cmdline|columns.cmdline_args|cmdline|cmdline_args|columns.path|path", "*"},
                     {"columns.event_type|event_type", "exec|"},
                     {"columns.syscall|syscall", "exec*|"}}},
        },
    .platform = PLATFORM_LINUX,
};
