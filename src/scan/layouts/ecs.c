/* Elastic Common Schema, as Elastic Endpoint, Winlogbeat with its modules and Auditbeat write it: JSON lines. Where
 * process.command_line is missing, process.args is joined. */
#include "forms.h"

#define STARTS "exec|executed|process_started|start" /* a list of actions that has one of them started a program */

static const struct field_map fields = {
    .command = TEXT("process.command_line|process.args[]"),
    .host = TEXT("host.hostname|host.name|agent.hostname"),
    .user = TEXT("user.name|user.id"),
    .parent = TEXT("process.parent.executable|process.parent.name"),
    .image = TEXT("process.executable|process.name"),
    .time = TEXT("@timestamp"),
    .platform = TEXT("host.os.type|host.os.family|host.os.platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_ecs = {
    .plugin = {"ecs", "Elastic Common Schema: process starts", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind =
        {
            {.all = {{"event.category", "process"}, {"event.type", "start|process_start"}, {"event.action", STARTS}}},
            {.all = {{"event.category", "process"}, {"event.action", "fork|forked"}}, .result = READ_NO_START},
            {.all = {{"event.category", "process"}, {"event.type", "start|process_start"}}},
            {.all = {{"event.category", "process"}, {"event.type", ""}, {"event.action", STARTS}}},
            {.all = {{"event.category", ""}, {"event.type", "process_start"}}},
        },
};
