/* Each format's sample holds the events that lie beside it, and is told from the others by its first bytes. */
#include "samples.h"

static void add(struct buf *out, const char *name, struct str text)
{
    buf_printf(out, "%s\"%s\":", out->p[out->n - 1] == '{' ? "" : ",", name);
    if (text.n > 0)
        buf_add_json_string(out, text);
    else
        buf_add_str(out, STR("null"));
}

static void add_event(const struct layout *layout, const struct event *event, struct arena *arena, struct buf *out)
{
    struct str field[] = {event->time, event->host, event->user, event->parent, event->image, event->command};
    for (size_t i = 0; i < ARRAY_LEN(field) && layout->form->decode != NULL; i++)
        field[i] = layout->form->decode(field[i], arena);
    buf_add_str(out, STR("{"));
    add(out, "ts", field[0]);
    add(out, "host", field[1]);
    add(out, "user", field[2]);
    add(out, "platform", str_of(platform_name(event->platform)));
    add(out, "parent_image", field[3]);
    add(out, "image", field[4]);
    add(out, "command_line", field[5]);
    buf_add_str(out, STR("}\n"));
}

static void add_all(const struct layout *layout, void *state, enum read_result result, struct event *event,
                    struct arena *arena, struct buf *out)
{
    const char *reason;
    while (result != READ_END) {
        if (result == READ_EVENT)
            add_event(layout, event, arena, out);
        result = layout->form->next != NULL ? layout->form->next(state, arena, event, &reason) : READ_END;
    }
}

/* Reads the text as it arrives in pieces of `step` bytes. */
static void read_pieces(const struct layout *layout, struct str text, size_t step, struct arena *arena, struct buf *out)
{
    struct field_map own = fields_fill(&(struct field_map){.n_filters = 0}, layout->fields);
    void *state = layout->form->start(layout, &own, arena);
    for (size_t at = 0, have = 0; at < text.n;) {
        size_t n = layout->form->record_length(state, text.p + at, have - at, have == text.n);
        if (n == 0) {
            have = min_size(have + step, text.n);
            continue;
        }
        /* A block of this size, so that reading past the record is caught. */
        char *record = arena_copy(arena, text.p + at, n);
        struct event event;
        const char *reason;
        enum read_result result = layout->form->parse(state, (struct str){record, n}, arena, &event, &reason);
        add_all(layout, state, result, &event, arena, out);
        at += n;
    }
    if (layout->form->end != NULL) {
        struct event event;
        layout->form->end(state);
        add_all(layout, state, READ_BLANK, &event, arena, out);
    }
}

static void test_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct arena *arena = arena_new();
        const struct layout *layout = layout_find(samples[i][0]);
        assert_non_null(layout);
        struct str text = read_data(samples[i][1], samples[i][2], arena);
        struct str expected = read_data(samples[i][1], "expected.jsonl", arena);
        for (size_t step = 1; step < 2 * text.n; step += 1 + step / 3) {
            struct buf out = {.limit = 1 << 20};
            read_pieces(layout, text, step, arena, &out);
            if (!str_equal(buf_str(&out), expected))
                FAIL_WITH("%s, %zu bytes a piece:\n%.*s", samples[i][0], step, STR_ARG(buf_str(&out)));
            buf_free(&out);
        }
        arena_free(arena);
    }
}

static size_t lines_of(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

/* Of a file cut anywhere all events but the one that is cut are as they were. (The audit log tells events by several
 * records: one that is cut off may come without some of them.) */
static void test_cut_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct arena *arena = arena_new();
        const struct layout *layout = layout_find(samples[i][0]);
        struct str text = read_data(samples[i][1], samples[i][2], arena);
        struct str expected = read_data(samples[i][1], "expected.jsonl", arena);
        size_t before = 0;
        for (size_t n = 0; n < text.n && layout->form->around == 0; n += 1 + text.n / 500) {
            struct buf out = {.limit = 1 << 20};
            read_pieces(layout, (struct str){text.p, n}, n, arena, &out);
            struct str got = {out.n > 0 ? out.p : "", out.n};
            size_t events = lines_of(got);
            if (!str_starts(expected, got)) { /* without the last event */
                while (got.n > 0 && (got.p[got.n - 1] != '\n' || got.n == out.n))
                    got.n--;
            }
            if (!str_starts(expected, got) || events + 1 < before)
                FAIL_WITH("%s, cut behind %zu bytes:\n%.*s", samples[i][1], n, STR_ARG(buf_str(&out)));
            before = events;
            buf_free(&out);
        }
        arena_free(arena);
    }
}

static void test_every_reader_has_a_sample(void **state)
{
    (void)state;
    const struct plugin_list *list = layout_list();
    for (size_t i = 0; i < list->n; i++) {
        bool found = false;
        for (size_t k = 0; k < ARRAY_LEN(samples); k++)
            found = found || strcmp(samples[k][0], list->item[i]->name) == 0;
        if (!found)
            FAIL_WITH("%s has no sample", list->item[i]->name);
    }
}

static const struct field_map open_input = {.n_filters = 0};

static void test_sniffed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct arena *arena = arena_new();
        const struct layout *layout = sniff_format(&open_input, read_data(samples[i][1], samples[i][2], arena), true);
        const char *expected = strcmp(samples[i][0], "sysmon") == 0 ? "evtx_json" : samples[i][0];
        assert_non_null(layout);
        assert_string_equal(layout->plugin.name, expected);
        arena_free(arena);
    }
}

static void test_sniffed_by_part(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    /* A head that ends in a record, and one that is all one record's beginning. */
    struct str text = read_data("ecs", "sample.jsonl", arena);
    const struct layout *layout = sniff_format(&open_input, (struct str){text.p, text.n - 40}, false);
    assert_non_null(layout);
    assert_string_equal(layout->plugin.name, "ecs");
    assert_null(sniff_format(&open_input, (struct str){text.p, 40}, false));
    /* A named field helps where the format's own name is not there. */
    struct str odd = STR("{\"cmd\":\"a\"}\n{\"cmd\":\"b\"}\n");
    assert_null(sniff_format(&open_input, odd, true));
    struct buf stray = {.limit = 1 << 20}; /* a quote that nothing closes, right at the start */
    buf_add_str(&stray, STR("host,command_line,user\nh,\"stray,u\n"));
    while (stray.n < SNIFF_BYTES)
        buf_add_str(&stray, STR("h,cmd /c echo,u\n"));
    layout = sniff_format(&open_input, (struct str){stray.p, SNIFF_BYTES}, false);
    assert_non_null(layout);
    assert_string_equal(layout->plugin.name, "csv");
    buf_free(&stray);
    struct field_map named = {.command = {"cmd", 3}};
    layout = sniff_format(&named, odd, true);
    assert_non_null(layout);
    assert_string_equal(layout->plugin.name, "jsonl");
    arena_free(arena);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *head, *says;
    } odd[] = {
        {"{\"process\":{\"pid\":1},\"event\":{\"kind\":\"event\"},\"user\":{\"name\":\"x\"}}\n",
         "ecs does not fit: event.category is missing"},
        {"{\"EventID\":4688,\"Cmd\":\"x\",\"Hostname\":5,\"cmd\x01\":1}\n", "jsonl does not fit: "},
        {"time;who;what\n1;2;3\n", "csv does not fit: the first row names no column for the command"},
        {"type=SYSCALL msg=audit(1.1:1): arch=1\n", "auditd does not fit: no process creation"},
        {"\x1B[31mred\n", "starts with: [31mred --"},
    };
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        struct error err = {0};
        assert_false(sniff_fail(&open_input, "some.file", str_of(odd[i].head), true, &err));
        assert_int_equal(err.code, ERROR_INPUT);
        if (strstr(err.message, odd[i].says) == NULL || strstr(err.message, "some.file: ") == NULL)
            FAIL_WITH("no \"%s\" in: %s", odd[i].says, err.message);
    }
    struct error err = {0};
    assert_false(sniff_readable("a.evtx", (struct str){"ElfFile\0\0\0", 10}, &err));
    assert_non_null(strstr(err.message, "evtx_dump"));
    assert_false(sniff_readable("a.csv", STR("\xFF\xFEt\0s\0"), &err));
    assert_non_null(strstr(err.message, "UTF-16"));
    assert_true(sniff_readable("a.csv", STR("ts"), &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_reader_has_a_sample),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_cut_files),
        cmocka_unit_test(test_sniffed),
        cmocka_unit_test(test_sniffed_by_part),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
