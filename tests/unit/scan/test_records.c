/* Records that other tools got wrong, one by one: what each becomes, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "scan/layout.h"
#include "support/str.h"

#include <string.h>

static void add_field(const struct form *form, struct str field, struct arena *arena, struct buf *out)
{
    struct str text = form->decode != NULL ? form->decode(field, arena) : field;
    buf_add_str(out, out->n > 0 ? STR("|") : STR(""));
    buf_add_str(out, text);
}

static void add_result(const struct form *form, enum read_result result, const struct event *event, const char *reason,
                       struct arena *arena, struct buf *out)
{
    buf_add_str(out, out->n > 0 ? STR(" ; ") : STR(""));
    if (result == READ_BAD) {
        buf_printf(out, "bad: %s", reason);
        return;
    }
    buf_add_str(out, str_of(result == READ_EVENT ? "" : read_result_name(result)));
    if (result != READ_EVENT)
        return;
    struct buf fields = {.limit = 4096};
    const struct str field[] = {event->command, event->host, event->user, event->parent, event->image, event->time};
    for (size_t i = 0; i < ARRAY_LEN(field); i++)
        add_field(form, field[i], arena, &fields);
    buf_add_str(out, buf_str(&fields));
    buf_free(&fields);
}

/* Everything the record holds: events as command|host|user|parent|image|time. */
static const char *read_all(const char *name, const char *text, struct arena *arena)
{
    const struct layout *layout = layout_find(name);
    assert_non_null(layout);
    const struct form *form = layout->form;
    struct field_map *fields = ARENA_ARRAY(arena, struct field_map, 1);
    *fields = fields_fill(&(struct field_map){.n_filters = 0}, layout->fields);
    void *state = form->start(layout, fields, arena);
    struct buf out = {.limit = 1 << 16};
    for (size_t at = 0, n = strlen(text); at < n;) {
        size_t length = form->record_length(state, text + at, n - at, true);
        struct event event;
        const char *reason = "";
        enum read_result result = form->parse(state, (struct str){text + at, length}, arena, &event, &reason);
        while (result != READ_END) {
            if (result != READ_BLANK)
                add_result(form, result, &event, reason, arena, &out);
            result = form->next != NULL ? form->next(state, arena, &event, &reason) : READ_END;
        }
        at += length;
    }
    const char *read = arena_printf(arena, "%.*s", (int)out.n, out.n > 0 ? out.p : "");
    buf_free(&out);
    return read;
}

struct row {
    const char *layout, *record, *expected;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *arena = arena_new();
        const char *read = read_all(rows[i].layout, rows[i].record, arena);
        if (strcmp(read, rows[i].expected) != 0)
            FAIL_WITH("%s, %s\nexpected %s\ngot      %s", rows[i].layout, rows[i].record, rows[i].expected, read);
        arena_free(arena);
    }
}

/* Absent, null, empty, "-", and lists of them are nothing; a list of one is its member, but not a vector of arguments.
 */
static void test_nothing(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"jsonl",
         "{\"command_line\":\"x\",\"host\":null,\"user\":\"\",\"parent_image\":\"-\",\"image\":[],\"ts\":[null]}",
         "x|||||"},
        {"jsonl", "{\"command_line\":\"-\"}", "bad: the command field is empty"},
        {"jsonl", "{\"command_line\":[\"-\"]}", "bad: the command field is empty"},
        {"jsonl", "{\"command_line\":[\"a b\"],\"host\":[\"h\"],\"user\":[7],\"ts\":1.5}", "a b|h|7|||1.5"},
        {"jsonl", "{\"command_line\":[\"a b\",\"c\"]}", "'a b' c|||||"},
        {"jsonl", "{\"command_line\":[1]}", "bad: the command field is not a string"},
        {"ecs", "{\"event\":{\"category\":\"process\",\"type\":\"start\"},\"process\":{\"args\":[\"a b\"]}}",
         "'a b'|||||"},
        {"ecs",
         "{\"@timestamp\":[\"t\"],\"event.category\":[\"process\"],\"event.type\":[\"start\"],\"host.name\":[\"h\"],"
         "\"process.command_line\":[\"\\\"a b\\\" it's\"],\"process.executable\":[\"i\"]}",
         "\"a b\" it's|h|||i|t"},
    };
    check(rows, ARRAY_LEN(rows));
}

static void test_wrappers(void **state)
{
    (void)state;
#define ECS "\"event\":{\"category\":[\"process\"],\"type\":[\"start\"]},\"process\":{\"command_line\":\"x\"}"
    static const struct row rows[] = {
        {"ecs", "{\"_index\":\"i\",\"_source\":{" ECS "}}", "x|||||"},
        {"ecs", "{\"_index\":\"i\",\"_source\":{\"event\":{\"category\":\"network\"}}}", "other kind"},
        {"ecs", "{\"hits\":{\"hits\":[{\"_source\":{" ECS "}},{\"_source\":{" ECS "}}]}}", "x||||| ; x|||||"},
        {"ecs", "{\"hits\":{\"hits\":[]}}", ""},
        {"ecs", "[{" ECS "},{" ECS "}]", "x||||| ; x|||||"},
        {"jsonl", "[{\"command_line\":\"a\"},7]", "a||||| ; bad: a member of the list is no object"},
        {"jsonl", "{\"host\":\"out\",\"message\":\"{\\\"command_line\\\":\\\"a \\\\\\\"b\\\\\\\"\\\"}\"}",
         "a \"b\"|out||||"},
        {"jsonl", "<13>Nov 14 22:13:20 web app: {\"command_line\":\"a\"}\n", "a|||||"},
        {"jsonl", "{\"message\":\"{\\\"message\\\":\\\"{\\\\\\\"x\\\\\\\":1}\\\"}\"}",
         "bad: the command field is missing"},
        {"osquery",
         "{\"name\":\"p\",\"hostIdentifier\":\"h\",\"calendarTime\":\"t\",\"action\":\"snapshot\",\"snapshot\":[{"
         "\"cmdline\":"
         "\"a\",\"path\":\"i\",\"time\":\"7\"},{\"cmdline\":\"b\",\"exit_code\":\"-2\"}]}",
         "a|h|||i|t ; not started"},
        {"defender",
         "{\"records\":[{\"category\":\"AdvancedHunting-DeviceProcessEvents\",\"properties\":{\"ActionType\":"
         "\"ProcessCreated\",\"ProcessCommandLine\":\"a\",\"DeviceName\":\"h\"}},{\"category\":\"AdvancedHunting-"
         "DeviceNetworkEvents\",\"properties\":{\"ActionType\":\"ConnectionSuccess\"}}]}",
         "a|h|||| ; other kind"},
    };
    check(rows, ARRAY_LEN(rows));
}

static void test_kinds(void **state)
{
    (void)state;
#define FORK(action)                                                                                                   \
    "{\"event\":{\"category\":[\"process\"],\"type\":[\"start\"],\"action\":" action                                   \
    "},\"process\":{\"command_line\":\"x\"}}"
    static const struct row rows[] = {
        {"ecs", FORK("\"fork\""), "not started"},
        {"ecs", FORK("[\"fork\",\"end\"]"), "not started"},
        {"ecs", FORK("[\"fork\",\"exec\",\"end\"]"), "x|||||"},
        {"ecs", FORK("\"Process Create (rule: ProcessCreate)\""), "x|||||"},
        {"ecs",
         "{\"event\":{\"category\":\"process\",\"type\":\"process_start\"},\"process\":{\"command_line\":\"x\"}}",
         "x|||||"},
        {"evtx_json",
         "{\"Event\":{\"System\":{\"EventID\":{\"Qualifiers\":\"0\",\"Value\":\"1\"},\"Computer\":\"h\"},\"EventData\":"
         "{\"CommandLine\":\"x\"}}}",
         "x|h||||"},
        {"evtx_json",
         "{\"Event\":{\"System\":{\"EventID\":4688},\"EventData\":{\"NewProcessName\":\"i\",\"CommandLine\":\"\"}}}",
         "no command line"},
        {"evtx_json", "{\"Event\":{\"System\":{\"EventID\":4688},\"EventData\":{\"Cmd\":\"x\"}}}",
         "bad: the command field is missing"},
        {"evtx_json",
         "{\"Event\":{\"System\":{\"EventID\":1,\"Channel\":\"Other\"},\"EventData\":{\"CommandLine\":\"x\"}}}",
         "other kind"},
        {"evtx_json",
         "Record 1\n{\"Event\":{\"System\":{\"EventID\":1},\"EventData\":{\"CommandLine\":\"x\"}}}\nRecord 2\n",
         "x|||||"},
        {"velociraptor",
         "{\"System\":{\"Provider\":{\"Name\":\"Microsoft-Windows-Sysmon\"},\"EventID\":{\"Value\":1},\"Computer\":"
         "\"h\"},"
         "\"EventData\":{\"CommandLine\":\"x\"},\"TimeCreated\":\"t\",\"EventID\":1}",
         "x|h||||t"},
        {"wazuh",
         "{\"data\":{\"win\":{\"system\":{\"providerName\":\"Microsoft-Windows-Sysmon\",\"eventID\":\"1\"},"
         "\"eventdata\":{"
         "\"commandLine\":\"\\\\\\\"C:\\\\\\\\a.exe\\\\\\\" /c\",\"user\":\"E\\\\\\\\ann\"}}}}",
         "\"C:\\a.exe\" /c||E\\ann|||"},
        {"fluentbit", "{\"EventID\":4688,\"StringInserts\":[\"a\",\"b\"]}",
         "bad: a number of StringInserts that event 4688 has not"},
        {"laurel",
         "{\"ID\":\"1.5:7\",\"SYSCALL\":{\"success\":\"yes\",\"AUID\":\"unset\",\"UID\":\"root\"},\"EXECVE\":{\"ARGV\":"
         "[\"a%20b\",\"%C3%A4\",\"%FF\"]}}",
         "'a b' '\xC3\xA4' '\xEF\xBF\xBD'||root|||1.5"},
        {"jsonl", "{\"command_line\":\"a\"}{\"command_line\":\"b\"}\n", "bad: text after the object"},
        {"json", "{\"command_line\":\"a\"}{\"command_line\":\"b\"}\n", "a||||| ; b|||||"},
    };
    check(rows, ARRAY_LEN(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_wrappers),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
