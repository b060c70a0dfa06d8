/* The samples of all layouts. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "scan/layout.h"
#include "scan/sniff.h"
#include "support/file.h"

#include <stdlib.h>

/* Layout, folder, file. */
static const char *const samples[][3] = {
    {"auditd", "auditd", "sample.log"},
    {"auditd", "auditd_ausearch", "sample.log"},
    {"auoms", "auoms", "sample.jsonl"},
    {"carbonblack", "carbonblack", "sample.jsonl"},
    {"chainsaw", "chainsaw", "sample.jsonl"},
    {"crowdstrike", "crowdstrike", "sample.jsonl"},
    {"csv", "csv", "sample.csv"},
    {"csv", "csv_defender", "sample.csv"},
    {"csv", "csv_evtxecmd", "sample.csv"},
    {"csv", "csv_splunk", "sample.csv"},
    {"csv", "csv_timeline", "sample.csv"},
    {"defender", "defender", "sample.jsonl"},
    {"ecs", "ecs", "sample.jsonl"},
    {"ecs", "ecs_export", "sample.jsonl"},
    {"evtx_json", "evtx_json", "sample.json"},
    {"evtxecmd", "evtxecmd", "sample.jsonl"},
    {"fluentbit", "fluentbit", "sample.jsonl"},
    {"hayabusa", "hayabusa", "sample.jsonl"},
    {"json", "json", "sample.json"},
    {"jsonl", "jsonl", "sample.jsonl"},
    {"laurel", "laurel", "sample.jsonl"},
    {"nxlog", "nxlog", "sample.jsonl"},
    {"osquery", "osquery", "sample.jsonl"},
    {"osquery", "osquery_batch", "sample.jsonl"},
    {"security4688", "security4688", "sample.json"},
    {"sentinelone", "sentinelone", "sample.jsonl"},
    {"splunk", "splunk", "sample.jsonl"},
    {"sysmon", "sysmon", "sample.json"},
    {"velociraptor", "velociraptor", "sample.jsonl"},
    {"wazuh", "wazuh", "sample.jsonl"},
    {"windows_xml", "windows_xml", "sample.xml"},
    {"winlogbeat", "winlogbeat", "sample.jsonl"},
};

static inline struct str read_data(const char *format, const char *name, struct arena *arena)
{
    const char *source = getenv("SOURCE_DIR");
    struct error err = {0};
    struct str text;
    assert_non_null(source);
    const char *path = arena_printf(arena, "%s/tests/data/%s/%s", source, format, name);
    if (!file_read(path, 1 << 20, arena, &text, &err))
        FAIL_WITH("%s", err.message);
    return str_starts(text, STR("\xEF\xBB\xBF")) ? (struct str){text.p + 3, text.n - 3} : text;
}

#endif
