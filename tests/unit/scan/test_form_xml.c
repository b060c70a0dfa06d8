/* Event XML: where records are cut, which values paths find, and what hostile XML ends as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "../../../src/scan/xml_cut.h"
#include "../../../src/scan/xml_path.h"
#include "scan/layout.h"
#include "support/file.h"
#include "support/rng.h"

#include <stdlib.h>

struct log {
    struct arena *arena;
    const struct layout *layout;
    void *state;
    struct event event;
    const char *reason;
};

static struct log log_start(const struct field_map *given)
{
    struct log log = {.arena = arena_new(), .layout = layout_find("windows_xml")};
    struct field_map *fields = ARENA_ARRAY(log.arena, struct field_map, 1);
    assert_non_null(log.layout);
    *fields = fields_fill(given, log.layout->fields);
    log.state = log.layout->form->start(log.layout, fields, log.arena);
    return log;
}

static enum read_result take(struct log *log, struct str record)
{
    log->reason = NULL;
    return log->layout->form->parse(log->state, record, log->arena, &log->event, &log->reason);
}

/* Sysmon 1 with this EventData, and nothing else but what is needed. */
static struct str sysmon(struct log *log, const char *data)
{
    return str_of(arena_printf(log->arena,
                               "<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID>"
                               "</System><EventData>%s</EventData></Event>\n",
                               data));
}

static void assert_text(struct str text, const char *expected)
{
    if (!str_equal(text, str_of(expected)))
        FAIL_WITH("\"%.*s\" for \"%s\"", STR_ARG(text), expected);
}

/* Records as they are cut, with | between. */
static void test_cuts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *records;
    } cases[] = {
        {"<Event>a</Event>\n<Event b>c</Event>\n", "<Event>a</Event>\n|<Event b>c</Event>\n"},
        {"<Event>a</Event><Event>b</Event>", "<Event>a</Event>|<Event>b</Event>"},
        {"<?xml?><Events><Event>a</Event> \t\r\n</Events>", "<?xml?><Events>|<Event>a</Event> \t\r\n|</Events>"},
        {"<Event>\n a\n</Event>\n\n <Event>", "<Event>\n a\n</Event>\n|\n| <Event>"},
        {"Jan 1 x: <Event>a</Event>\nJan 2 y: <Event>b", "Jan 1 x: <Event>a</Event>\n|Jan 2 y: <Event>b"},
        /* Cut off: the next one is whole, its head too. */
        {"<Event>a\n<Event>b</Event>", "<Event>a\n|<Event>b</Event>"},
        {"x: <Event>a\n\ny: <Event>b</Event>", "x: <Event>a\n\n|y: <Event>b</Event>"},
        {"<Event>a<Event>b</Event>", "<Event>a|<Event>b</Event>"},
        {"<Event>a\n b</Event> c: <Event>d", "<Event>a\n b</Event> |c: <Event>d"},
        {"junk\n</Event>x\n", "junk\n|</Event>|x\n"},
        /* No tags of an event. */
        {"<Events>\n<EventID>\n</EventData>\n<Event", "<Events>\n|<EventID>\n|</EventData>\n|<Event"},
        {"<Event>&lt;/Event> <EventData>\n<Events> </Eventx></Event>",
         "<Event>&lt;/Event> <EventData>\n<Events> </Eventx></Event>"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out = {.limit = 1000};
        struct str text = str_of(cases[i].text);
        while (text.n > 0) {
            size_t n = xml_record_length(NULL, text.p, text.n, true);
            assert_in_range(n, 1, text.n);
            buf_printf(&out, "%s%.*s", out.n > 0 ? "|" : "", (int)n, text.p);
            text = (struct str){text.p + n, text.n - n};
        }
        assert_text(buf_str(&out), cases[i].records);
        buf_free(&out);
    }
}

static void test_resync(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t skip;
    } cases[] = {
        {"a</Event>\nb", SIZE_MAX},
        {"a</Event><Event>", 9},
        {"a</Event> <Event>", SIZE_MAX},
        {"a\n<Event>", 2},
        {"<Event>\na", SIZE_MAX},
        {"a\nb: <Event>", 2},
        {"a\nb: <x><Event>", 8},
        {"a\nb</Event>: <Event>\n<Event>", 21},
        {"nt>\n<Event b='", 4},
        {"a\n<Events>\nb", SIZE_MAX},
        {"", SIZE_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t skip = xml_resync(cases[i].text, strlen(cases[i].text));
        if (skip != cases[i].skip)
            FAIL_WITH("%zu for %s", skip, cases[i].text);
    }
    /* Seen in 256 bytes, or not at all. */
    for (size_t head = 230; head < 260; head++) {
        struct arena *arena = arena_new();
        struct str text = str_of(arena_printf(arena, "\n%0*d<Event><Event>", (int)head, 0));
        size_t skip = xml_resync(text.p, text.n);
        assert_true(skip == 1 ? xml_resync(text.p, 256) == 1 : skip == head + 8 && head > 240);
        arena_free(arena);
    }
}

static void test_paths(void **state)
{
    (void)state;
    static const struct str name[] = {
        TEXT("a"),      TEXT("a/b"),    TEXT("a@k"),         TEXT("x/d[two]"),
        TEXT("x/d[0]"), TEXT("x/d[3]"), TEXT("none|a@l|a"),  TEXT("x/d[one]|x/d[dash]|x/d[two]"),
        TEXT("@top"),   TEXT(""),       TEXT("x/d[two]/y@z")};
    struct xml_value value[ARRAY_LEN(name)];
    struct arena *arena = arena_new();
    struct xml_paths *paths = xml_paths_new(name, ARRAY_LEN(name), arena);
    const char *reason;
    struct str text =
        STR("<p:Event xmlns:p='u' top='t'><a k='1&amp;2' l=' '>x&#10;<!-- c -->y<![CDATA[<&>]]><b> z </b>lost</a>"
            "<p:x><p:d Name='one'/><d Name='two'>2</d><d Name='dash'>-</d><d>&#xE4;&lt;</d></p:x>"
            "<z><a>no</a><x><d Name='two'>no</d></x></z></p:Event>\n");
    static const char *const expected[] = {"x\ny<&>", " z ", "1&2", "2", "", "\xC3\xA4<", "x\ny<&>", "2", "t"};
    if (!xml_paths_find(paths, text, arena, value, &reason))
        FAIL_WITH("%s", reason);
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        assert_text(value[i].text, expected[i]);
    assert_true(value[4].found && !value[10].found);
    assert_text(value[6].path, "a");
    assert_text(value[7].path, "x/d[two]");
    /* The last that says something; nothing stays of the document before. */
    assert_true(xml_paths_find(paths, STR("<e><a k='1'>p</a><a k='2'>q</a><a> </a></e>"), arena, value, &reason));
    assert_text(value[0].text, "q");
    assert_text(value[2].text, "2");
    assert_false(value[1].found || value[3].found);
    arena_free(arena);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"<!DOCTYPE e [<!ENTITY a 'b'>]><e>&a;</e>", "document type"},
        {"<?xml version='1.0'?><!DOCTYPE e SYSTEM 'file:///etc/passwd'><e/>", "document type"},
        {"<e>&a;</e>", "undefined entity"},
        {"<e>&#0;</e>", "reference to invalid character"},
        {"<e>\xFF</e>", "not well-formed"},
        {"<e>\xC3</e>", "not well-formed"},
        {"<e>a", "no element found"},
        {"<e a='1' a='2'/>", "duplicate attribute"},
        {"<e/><e/>", "junk after document element"},
        {"<e a=<e>", "not well-formed"},
        {"", "no element found"},
    };
    static const struct str name = TEXT("a");
    struct xml_value value;
    struct arena *arena = arena_new();
    struct xml_paths *paths = xml_paths_new(&name, 1, arena);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *reason = "nothing";
        if (xml_paths_find(paths, str_of(cases[i].text), arena, &value, &reason) ||
            strstr(reason, cases[i].says) == NULL)
            FAIL_WITH("%s: %s", cases[i].text, reason);
        assert_true(xml_paths_find(paths, STR("<e><a>b</a></e>"), arena, &value, &reason));
        assert_text(value.text, "b");
    }
    arena_free(arena);
}

static void test_bounds(void **state)
{
    (void)state;
    static const struct str name[] = {TEXT("a@b"), TEXT("a"), TEXT("a/a/a")};
    enum { BIG = 1 << 20 };
    struct xml_value value[ARRAY_LEN(name)];
    struct arena *arena = arena_new();
    struct xml_paths *paths = xml_paths_new(name, ARRAY_LEN(name), arena);
    const char *reason;
    for (size_t depth = 60; depth < 70; depth++) {
        struct buf text = {.limit = BIG};
        for (size_t i = 0; i < depth; i++)
            buf_add_str(&text, STR("<a>"));
        for (size_t i = 0; i < depth; i++)
            buf_add_str(&text, STR("</a>"));
        assert_int_equal(xml_paths_find(paths, buf_str(&text), arena, value, &reason), depth <= 64);
        assert_true(depth <= 64 || strstr(reason, "levels") != NULL);
        buf_free(&text);
    }
    struct buf text = {.limit = SIZE_MAX};
    buf_add_str(&text, STR("<e><a b='"));
    for (size_t i = 0; i < BIG; i++)
        buf_add_str(&text, STR("x"));
    buf_add_str(&text, STR("'>y"));
    for (size_t i = 0; i < BIG / 8; i++)
        buf_add_str(&text, STR("&amp;<b/>"));
    buf_add_str(&text, STR("</a></e>"));
    size_t before = arena_used(arena);
    assert_true(xml_paths_find(paths, buf_str(&text), arena, value, &reason));
    assert_int_equal(value[0].text.n, BIG);
    assert_int_equal(value[1].text.n, BIG / 8 + 1);
    assert_true(arena_used(arena) - before < 2 * text.n);
    buf_free(&text);
    arena_free(arena);
}

static void test_events(void **state)
{
    (void)state;
    struct log log = log_start(&(struct field_map){.n_filters = 0});
    assert_int_equal(take(&log, sysmon(&log, "<Data Name=\"CommandLine\">a &quot;b&#x22; &amp;amp;</Data>")),
                     READ_EVENT);
    assert_text(log.event.command, "a \"b\" &amp;");
    assert_true(log.event.platform == PLATFORM_WINDOWS && log.event.host.n == 0);
    assert_int_equal(take(&log, sysmon(&log, "<Data Name='CommandLine'><![CDATA[a && <b>]]></Data>"
                                             "<Data Name='User'> - </Data>")),
                     READ_EVENT);
    assert_text(log.event.command, "a && <b>");
    assert_int_equal(log.event.user.n, 0);
    /* Without a command: of a process, or of whatever. */
    assert_int_equal(take(&log, sysmon(&log, "<Data Name='CommandLine'/><Data Name='Image'>x</Data>")),
                     READ_NO_COMMAND);
    assert_int_equal(take(&log, sysmon(&log, "<Data Name='Image'>x</Data>")), READ_NO_COMMAND);
    assert_int_equal(take(&log, sysmon(&log, "<Data Name='CommandLine'>-</Data>")), READ_BAD);
    assert_string_equal(log.reason, "the command field is empty");
    assert_int_equal(take(&log, sysmon(&log, "<Data>id</Data>")), READ_BAD);
    assert_string_equal(log.reason, "the command field is missing");
    assert_int_equal(take(&log, STR("<Event><a/></Event>")), READ_BAD);
    assert_string_equal(log.reason, "System/EventID is missing");
    assert_int_equal(take(&log, STR("<Event><System><EventID> 5 </EventID></System></Event>")), READ_OTHER);
    static const char *const between[] = {"\n",
                                          " \t\r\n",
                                          "<?xml version='1.0'?>\n",
                                          "<Events>\n",
                                          "</Events>",
                                          "Record 12\n",
                                          "<?xml?><Events a='b'> \n",
                                          "<!-- <a> -->\n",
                                          "evtxexport 20181227\n"};
    for (size_t i = 0; i < ARRAY_LEN(between); i++)
        assert_int_equal(take(&log, str_of(between[i])), READ_BLANK);
    assert_int_equal(take(&log, STR("<Eventual>\n")), READ_BAD);
    assert_int_equal(take(&log, STR("<?xml\n")), READ_BAD);
    arena_free(log.arena);
}

/* What stands before an event on its line. */
static void test_heads(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        enum read_result result;
    } cases[] = {
        {"<13>1 2025-01-01T00:00:00Z h sysmon 1 - [x y=\"z\"] ", READ_EVENT},
        {"Jan  1 00:00:00 h sysmon: ", READ_EVENT},
        {"<?xml version=\"1.0\"?><Events>", READ_EVENT},
        {"{\"xml\": \"", READ_BAD},
        {"1,'", READ_BAD},
        {"<!DOCTYPE Event [<!ENTITY x 'y'>]>", READ_BAD},
    };
    struct log log = log_start(&(struct field_map){.n_filters = 0});
    struct str event = sysmon(&log, "<Data Name='CommandLine'>id</Data>");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str record = str_of(arena_printf(log.arena, "%s%.*s", cases[i].head, STR_ARG(event)));
        size_t head = strlen(cases[i].head), n = xml_record_length(NULL, record.p, record.n, false);
        assert_int_equal(n, record.p[head - 1] == '>' ? head : record.n);
        if (take(&log, record) != cases[i].result)
            FAIL_WITH("%.*s: %s", STR_ARG(record), log.reason);
    }
    arena_free(log.arena);
}

static void test_input_fields(void **state)
{
    (void)state;
    static const struct field_filter filter = {TEXT("System/Channel"), TEXT("a")};
    static const struct str more[] = {TEXT("EventData/Data[1]"), TEXT("System/Provider@Name"), TEXT("no")};
    struct log log = log_start(&(struct field_map){.command = TEXT("EventData/Data[Cmd]|EventData/Data[0]"),
                                                   .filter = &filter,
                                                   .n_filters = 1,
                                                   .more = more,
                                                   .n_more = ARRAY_LEN(more)});
    assert_int_equal(take(&log, sysmon(&log, "<Data>id</Data><Data>&gt;</Data>")), READ_EVENT);
    assert_text(log.event.command, "id");
    assert_text(log.event.more[0], ">");
    assert_text(log.event.more[1], "Microsoft-Windows-Sysmon");
    assert_int_equal(log.event.more[2].n, 0);
    struct origin origin;
    log.layout->form->explain(log.state, log.arena, &origin);
    assert_text(origin.command, "EventData/Data[0]");
    assert_int_equal(origin.host.n, 0);
    assert_int_equal(take(&log, STR("<Event><System><EventID>4688</EventID><Channel>b</Channel></System></Event>")),
                     READ_UNWANTED);
    assert_int_equal(take(&log, STR("<Event><System><EventID>4688</EventID><Channel>a</Channel></System><EventData>"
                                    "<Data>w</Data></EventData></Event>")),
                     READ_EVENT);
    arena_free(log.arena);
}

/* Reads the text; records tile it, whatever part is at hand. */
static size_t read_all(struct log *log, struct str text)
{
    size_t events = 0;
    while (text.n > 0) {
        size_t n = xml_record_length(NULL, text.p, text.n, true), part = xml_record_length(NULL, text.p, n - 1, false);
        size_t skip = xml_resync(text.p, text.n);
        assert_in_range(n, 1, text.n);
        assert_true(part == 0 || part == n);
        assert_true(skip == SIZE_MAX || skip >= n);
        struct arena_mark mark = arena_mark(log->arena);
        enum read_result result = take(log, (struct str){text.p, n});
        assert_true(result != READ_BAD || log->reason != NULL);
        assert_true(result != READ_EVENT || log->event.command.n > 0);
        events += result == READ_EVENT;
        arena_release(log->arena, mark);
        text = (struct str){text.p + n, text.n - n};
    }
    return events;
}

static void test_mutated(void **state)
{
    (void)state;
    struct log log = log_start(&(struct field_map){.n_filters = 0});
    const char *path = arena_printf(log.arena, "%s/tests/data/windows_xml/sample.xml", getenv("SOURCE_DIR"));
    struct error err;
    struct str sample;
    assert_true(file_read(path, 1 << 20, log.arena, &sample, &err));
    assert_int_equal(read_all(&log, sample), 6);
    static const char odd[] = "<>&;\"'/!\n\0 E[]-\xFF#x";
    size_t most = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        struct rng_state rng = rng_start(9, 1, i);
        size_t n = sample.n;
        char *text = malloc(n);
        assert_non_null(text);
        memcpy(text, sample.p, n);
        for (uint64_t k = rng_next_below(&rng, 12); k > 0; k--) {
            size_t at = (size_t)rng_next_below(&rng, n), size = (size_t)rng_next_below(&rng, 60) + 1;
            if (rng_next_below(&rng, 2) == 0) {
                text[at] = odd[rng_next_below(&rng, sizeof odd)];
            } else if (at + size < n) { /* left out */
                memmove(text + at, text + at + size, n - at - size);
                n -= size;
            }
        }
        size_t events = read_all(&log, (struct str){text, n});
        most = events > most ? events : most;
        free(text);
    }
    assert_in_range(most, 5, 12);
    arena_free(log.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts),    cmocka_unit_test(test_resync),       cmocka_unit_test(test_paths),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_bounds),       cmocka_unit_test(test_events),
        cmocka_unit_test(test_heads),   cmocka_unit_test(test_input_fields), cmocka_unit_test(test_mutated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
