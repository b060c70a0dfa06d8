/* Elastic Common Schema, as Elastic Endpoint, Winlogbeat with its modules and Auditbeat write it: JSON lines. Where
 * process.command_line is missing, process.args is joined. */
#include "json_reader.h"

static const struct field_map fields = {
    .command = TEXT("process.command_line|process.args"),
    .host = TEXT("host.hostname|host.name|agent.hostname"),
    .user = TEXT("user.name|user.id"),
    .parent = TEXT("process.parent.executable|process.parent.name"),
    .image = TEXT("process.executable|process.name"),
    .time = TEXT("@timestamp"),
    .platform = TEXT("host.os.type|host.os.family|host.os.platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

static bool has(const struct scan_field *field, struct str quoted)
{
    struct str word = {quoted.p + 1, quoted.n - 2};
    return field->type == SCAN_STRING ? str_equal(field->raw, word) : str_find(field->raw, quoted, 0) != SIZE_MAX;
}

/* Category process and type start; where the type is missing, an action that starts a program. */
static enum read_result keep(const struct scan_field *extra, const char **reason)
{
    if (extra[0].type == SCAN_ABSENT) {
        *reason = "event.category is missing";
        return READ_BAD;
    }
    bool action = has(&extra[2], STR("\"exec\"")) || has(&extra[2], STR("\"executed\"")) ||
                  has(&extra[2], STR("\"process_started\"")) || has(&extra[2], STR("\"start\""));
    bool started = extra[1].type == SCAN_ABSENT ? action : has(&extra[1], STR("\"start\""));
    return has(&extra[0], STR("\"process\"")) && started ? READ_EVENT : READ_FILTERED;
}

static const struct json_kind kind = {
    .keep = keep,
    .extra = {TEXT("event.category"), TEXT("event.type"), TEXT("event.action")},
};

static void *start(const struct field_map *map, struct arena *arena)
{
    return json_start(&kind, map, arena);
}

const struct reader reader_ecs = {
    .plugin = {"ecs", "Elastic Common Schema, one object a line: process starts", NULL, 0},
    .fields = &fields,
    .start = start,
    .record_length = line_length,
    .resync = line_resync,
    .parse = json_parse_event,
    .decode = json_decode,
};
