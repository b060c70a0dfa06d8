/* Rows of comma-separated values as exporters write and break them: what each file becomes, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "scan/layout.h"

#include <string.h>

static const struct field_map open_map = {.n_filters = 0};

static void show(const struct form *form, enum read_result result, const struct event *event, const char *reason,
                 struct arena *arena, struct buf *out)
{
    buf_add_str(out, out->n > 0 ? STR(" ; ") : STR(""));
    if (result == READ_BAD)
        buf_printf(out, "bad: %s", reason);
    if (result != READ_EVENT) {
        buf_add_str(out, str_of(result == READ_BAD ? "" : read_result_name(result)));
        return;
    }
    const struct str field[] = {event->command, event->host, event->user, event->parent, event->image};
    for (size_t i = 0; i < ARRAY_LEN(field); i++) {
        buf_add_str(out, i > 0 ? STR("|") : STR(""));
        buf_add_str(out, form->decode(field[i], arena));
    }
}

/* Rows as command|host|user|parent|image, blank ones left out. */
static const char *read_all(const struct field_map *given, struct str text, struct arena *arena)
{
    const struct layout *layout = layout_find("csv");
    const struct form *form = layout->form;
    struct field_map *fields = ARENA_ARRAY(arena, struct field_map, 1);
    *fields = fields_fill(given, layout->fields);
    void *state = form->start(layout, fields, arena);
    struct buf out = {.limit = 1 << 16};
    for (size_t at = 0; at < text.n;) {
        size_t length = form->record_length(state, text.p + at, text.n - at, true);
        struct event event;
        const char *reason = "";
        enum read_result result = form->parse(state, (struct str){text.p + at, length}, arena, &event, &reason);
        if (result != READ_BLANK)
            show(form, result, &event, reason, arena, &out);
        at += length;
    }
    const char *read = arena_printf(arena, "%.*s", (int)out.n, out.n > 0 ? out.p : "");
    buf_free(&out);
    return read;
}

struct row {
    const char *text, *expected;
};

static void check(const struct field_map *given, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *arena = arena_new();
        const char *got = read_all(given, str_of(rows[i].text), arena);
        if (strcmp(got, rows[i].expected) != 0)
            FAIL_WITH("%s\nexpected %s\ngot      %s", rows[i].text, rows[i].expected, got);
        arena_free(arena);
    }
}

#define HEAD "command_line,host,user\n"

static void test_cells(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {HEAD "a,h,u", "a|h|u||"},
        {HEAD "\"a \"\"b\"\", c\nd\",\"h\",\"\"\r\n", "a \"b\", c\nd|h|||"},
        {"sep=;\ncommand_line;host\na,b;h\n", "a,b|h|||"},
        {"#TYPE X\n\"command_line\"\t\"host\"\n\"a\"\t\"h\"\n", "a|h|||"},
        {HEAD "a \"b\" c,h,\n", "a \"b\" c|h|||"},
        {HEAD "\n\r\na,h,u\n", "a|h|u||"},
        {"command_line\n\"\n\"\n\n", "\n||||"},
        {"who,what\n1,2\n", "bad: the first row names no column for the command ; "
                            "bad: the first row names no column for the command"},
        {HEAD "\xFF,h,u\na,h,u\n", "bad: malformed UTF-8 ; a|h|u||"},
        {HEAD "a,h\na,h,u,v\n", "bad: fewer fields than the first row ; bad: more fields than the first row"},
    };
    check(&open_map, rows, ARRAY_LEN(rows));
}

/* It costs its line, wherever it is and whatever follows. */
static void test_stray_quotes(void **state)
{
    (void)state;
#define UNCLOSED "bad: a quoted field without an end ; "
#define BEHIND   "bad: text behind the closing quote of a field ; "
    static const struct row rows[] = {
        {HEAD "\"a,h,u\nb,h,u\nc,h,u\n", UNCLOSED "b|h|u|| ; c|h|u||"},
        {HEAD "a,\"h,u\nb,\"h\",u\nc,h,u\n", UNCLOSED "b|h|u|| ; c|h|u||"},
        {HEAD "a,h,\"u\nb,h,u\n\"c\",h,u\n", UNCLOSED "b|h|u|| ; c|h|u||"},
        {HEAD "\"a\" x,h,u\nb,h,u\n", BEHIND "b|h|u||"},
        {HEAD "\"a\"\rx,h,u\nb,h,u\n", BEHIND "b|h|u||"},
        {HEAD "a,\"h\n,u\",v\nb,h,u\n", "a|h\n,u|v|| ; b|h|u||"},
        {HEAD "a,\"h\n,u\"\nb,h,u\n", UNCLOSED "bad: fewer fields than the first row ; b|h|u||"},
        {HEAD "a,h,u\nb,h,\"u", "a|h|u|| ; bad: a quoted field without an end"},
    };
    check(&open_map, rows, ARRAY_LEN(rows));
    struct buf text = {.limit = SIZE_MAX};
    struct arena *arena = arena_new();
    buf_add_str(&text, STR(HEAD "a,\"h,u\n"));
    for (int i = 0; i < 300; i++)
        buf_add_str(&text, STR("b,h,u\n"));
    const char *got = read_all(&open_map, buf_str(&text), arena);
    assert_true(str_starts(str_of(got), STR(UNCLOSED "b|h|u|| ; b|h|u||")));
    assert_int_equal(strlen(got), strlen(UNCLOSED) + 300 * 10 - 3);
    arena_free(arena);
    buf_free(&text);
}

static void test_heads_that_come_again(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {HEAD "a,h,u\n" HEAD "b,h,u\n", "a|h|u|| ; b|h|u||"},
        {HEAD "a,h,u\n\xEF\xBB\xBF" HEAD "b,h,u\n", "a|h|u|| ; b|h|u||"},
        {"sep=,\n" HEAD "a,h,u\nsep=,\n" HEAD "b,h,u\n", "a|h|u|| ; b|h|u||"},
        {HEAD "command_line,host,USER\n", "command_line|host|USER||"}, /* another one is a row */
    };
    check(&open_map, rows, ARRAY_LEN(rows));
}

static void test_nothing(void **state)
{
    (void)state;
#define MORE "command_line,host,user,parent_image,image\n"
    static const struct row rows[] = {
        {MORE "x,-,\"-\",null,\"\"\n", "x||||"},
        {MORE "-,h,u,,\n\"-\",h,u,,\n\"null\",,,,\n", "other kind ; other kind ; other kind"},
        {MORE "-,h,u,,i\n\"\",h,u,p,\n", "no command line ; no command line"},
        {MORE "nullx,--,\"--\",null null,- -\n", "nullx|--|--|null null|- -"},
        /* the first name that says something, row by row */
        {"CommandLine,Process_Command_Line,host,ComputerName\na,b,,c\n-,b,h,c\n,-,,\n", "a|c||| ; b|h||| ; other kind"},
        {"COMMANDLINE,Host\na,b\n", "a|b|||"},
    };
    check(&open_map, rows, ARRAY_LEN(rows));
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"ActionType,ProcessCommandLine,FolderPath\nConnectionSuccess,,\nProcessCreated,x,i\nOpenProcessApiCall,y,\n"
         "ProcessCreatedUsingWmiQuery,z,\nProcessCreated,,i\n",
         "other kind ; x||||i ; other kind ; z|||| ; no command line"},
        {"event.code,process.command_line,process.executable\n1,x,i\n3,y,i\n\"4688\",z,-\n,w,\n",
         "x||||i ; other kind ; z|||| ; other kind"},
        {"EventId,Provider,CommandLine\n1,Microsoft-Windows-Sysmon,x\n1,Microsoft-Windows-Power,y\n1,,z\n4688,X,w\n",
         "x|||| ; other kind ; z|||| ; w||||"},
        {"source,CommandLine\nXmlWinEventLog:Security,x\n", "x||||"}, /* no number of events: all rows are */
    };
    check(&open_map, rows, ARRAY_LEN(rows));
}

static void test_inside(void **state)
{
    (void)state;
#define CELL(values)     "\"{\"\"EventData\"\":{\"\"Data\"\":[" values "]}}\"\n"
#define PAIR(name, text) "{\"\"@Name\"\":\"\"" name "\"\",\"\"#text\"\":\"\"" text "\"\"}"
    static const struct row
        rows[] =
            {
                {"EventId,UserName,Payload\n1,E\\ann," CELL(PAIR("CommandLine", "\\\"\"a b\\\"\" \xC3\xA4 \\u00e4 "
                                                                                "c:\\\\d")) "1,E\\ann," CELL(
                     PAIR("CommandLine", "it") "," PAIR("User", "bob") "," PAIR(
                         "Image", "i")) "4688,E\\ann," CELL(PAIR("NewProcessName",
                                                                 "i")) "1,,not an object\n1,,\"{\"\"cut\"\n",
                 "\"a b\" \xC3\xA4 \xC3\xA4 c:\\d||E\\ann|| ; it||bob||i ; no command line ; other kind ; other kind"},
            };
    check(&open_map, rows, ARRAY_LEN(rows));
    static const struct row named[] = {
        {"m,n\n\"{\"\"a\"\":{\"\"b\"\":7}}\",x\n\"{\"\"a\"\":{\"\"b\"\":\"\"-\"\"}}\",y\n", "7|x||| ; other kind"},
        {"m.a.b,m,n\nz,\"{\"\"a\"\":{\"\"b\"\":7}}\",x\n", "z|x|||"}, /* a column of the name itself */
    };
    const struct field_map map = {.command = TEXT("m.a.b"), .host = TEXT("n")};
    check(&map, named, ARRAY_LEN(named));
}

static void test_filters(void **state)
{
    (void)state;
    static const struct field_filter filter[] = {{TEXT("Kind"), TEXT("go \"on\"")}};
    const struct field_map map = {.filter = filter, .n_filters = 1};
    static const struct row rows[] = {
        {"kind,command_line\n\"go \"\"on\"\"\",x\nno,y\n,z\n", "x|||| ; not wanted ; not wanted"},
        {"command_line\nx\n", "x||||"},
    };
    check(&map, rows, ARRAY_LEN(rows));
}

static void test_origins(void **state)
{
    (void)state;
    const struct layout *layout = layout_find("csv");
    struct arena *arena = arena_new();
    struct field_map fields = fields_fill(&open_map, layout->fields);
    void *reader = layout->form->start(layout, &fields, arena);
    struct event event;
    struct origin origin;
    const char *reason;
    layout->form->parse(reader, STR("commandline,Payload\n"), arena, &event, &reason);
    assert_int_equal(layout->form->parse(reader,
                                         STR("x,\"{\"\"EventData\"\":{\"\"Data\"\":[" PAIR("User", "u") "]}}\"\n"),
                                         arena, &event, &reason),
                     READ_EVENT);
    layout->form->explain(reader, arena, &origin);
    assert_true(str_equal(origin.command, STR("CommandLine")));
    assert_true(str_equal(origin.user, STR("Payload.EventData.Data.User")));
    assert_int_equal(origin.host.n + origin.wrapper.n + origin.image.n, 0);
    arena_free(arena);
}

/* Cells over the borders of blocks, for all lengths. */
static void test_blocks(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t n = 1; n < 300; n++) {
        char *fill = arena_bytes(arena, n);
        memset(fill, 'x', n);
        const char *text = arena_printf(arena, "%s%.*s,\"%.*s\"\",\n\",u\nb,h,u", HEAD, (int)n, fill, (int)n, fill);
        const char *expected = arena_printf(arena, "%.*s|%.*s\",\n|u|| ; b|h|u||", (int)n, fill, (int)n, fill);
        assert_string_equal(read_all(&open_map, str_of(text), arena), expected);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_stray_quotes),
        cmocka_unit_test(test_heads_that_come_again),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_inside),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
