/* What every layout owes: records that tile the bytes, the same from any place where reading starts, and no crash on
 * rubbish. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "scan/layout.h"
#include "support/rng.h"

#include <stdlib.h>
#include <string.h>

/* The format's own field names. */
static void *start(const struct layout *layout, struct arena *arena)
{
    struct field_map *fields = ARENA_ARRAY(arena, struct field_map, 1);
    *fields = fields_fill(&(struct field_map){.n_filters = 0}, layout->fields);
    return layout->form->start(layout, fields, arena);
}

static void add_sample(uint64_t seed, struct buf *out)
{
    static const char *const line[] = {"{\"command_line\":\"a b\",\"label\":\"benign\"}\n",
                                       "\n",
                                       "not a record\n",
                                       "a,b,\"c\nd\"\n",
                                       "x\r\n",
                                       "\xFF\n",
                                       "{\"command_line\":\"\\n\"}",
                                       "<a>\n</a>\n",
                                       "<Event><a>b</a></Event> \t\r\n",
                                       "Jan 1 x: <Event>\n <a/>\n</Event></Events>",
                                       "<Event a='b'>\n<Ev",
                                       "</Event>",
                                       "<EventData>\n<Events> <Event",
                                       " <Event\t",
                                       "{\n \"command_line\": \"a } \\\" {\",\n \"x\": {}\n}\n",
                                       "[{\"a\":[1,{}]},{\"b\":\"\\\\\"}\n]\n",
                                       "{\"cut\":\"off\n",
                                       "{\"cut\":\n",
                                       "\"a\"\"b\",c\"d,;\"\n\"\r\n",
                                       "command_line,host\n",
                                       "type=SYSCALL msg=audit(1.2:3): exe=\"/a\"\n",
                                       "type=EXECVE msg=audit(1.2:3): argc=1 a0=\"a\"\n",
                                       "\0\n",
                                       " \t\n"};
    for (uint64_t i = 0; i < rng_below(seed, 1, 0, 40); i++)
        buf_add_str(out, str_of(line[rng_below(seed, 2, i, ARRAY_LEN(line))]));
}

/* Places where records start, up to the end. */
static void cut(const struct layout *layout, const void *state, struct str text, bool *starts)
{
    size_t at = 0;
    while (at < text.n) {
        size_t length = layout->form->record_length(state, text.p + at, text.n - at, true);
        assert_in_range(length, 1, text.n - at);
        starts[at] = true;
        at += length;
    }
    starts[text.n] = true;
}

static void test_records_tile(void **state)
{
    (void)state;
    const struct plugin_list *list = layout_list();
    static bool starts[1 << 16];
    for (size_t k = 0; k < list->n; k++) {
        const struct layout *layout = layout_find(list->item[k]->name);
        struct arena *arena = arena_new();
        const void *read = start(layout, arena);
        for (uint64_t seed = 0; seed < 300; seed++) {
            struct buf text = {.limit = sizeof starts - 1};
            add_sample(seed, &text);
            memset(starts, 0, sizeof starts);
            cut(layout, read, buf_str(&text), starts);
            /* Without the end, a record is found whole or not at all. */
            for (size_t at = 0, next; at < text.n; at = next) {
                next = at + 1;
                while (!starts[next])
                    next++;
                for (size_t have = 0; have <= text.n - at; have += 1 + have / 4) {
                    size_t length = layout->form->record_length(read, text.p + at, have, false);
                    assert_true(length == 0 || length == next - at);
                }
            }
            /* From every split point on: the next place where pieces may be cut is a record's start. */
            for (size_t split = 1; split <= text.n && layout->form->resync != NULL; split++) {
                size_t skip = layout->form->resync(text.p + split - 1, text.n - split + 1);
                assert_true(skip == SIZE_MAX || (split - 1 + skip <= text.n && starts[split - 1 + skip]));
            }
            buf_free(&text);
        }
        arena_free(arena);
    }
}

static void test_hostile_records(void **state)
{
    (void)state;
    const struct plugin_list *list = layout_list();
    for (size_t k = 0; k < list->n; k++) {
        const struct layout *layout = layout_find(list->item[k]->name);
        struct arena *scratch = arena_new(), *arena = arena_new();
        void *read = start(layout, arena);
        for (uint64_t i = 0; i < 5000; i++) {
            struct rng_state rng = rng_start(8, k, i);
            size_t n = (size_t)rng_next_below(&rng, 120);
            char *record = malloc(n + 1);
            assert_non_null(record);
            for (size_t b = 0; b < n; b++)
                record[b] = rng_next_below(&rng, 2) ? "{\"command_line\":\"a\"}\\"[rng_next_below(&rng, 21)]
                                                    : (char)rng_next_below(&rng, 256);
            struct arena_mark mark = arena_mark(scratch);
            struct event event;
            const char *reason = NULL;
            enum read_result result = layout->form->parse(read, (struct str){record, n}, scratch, &event, &reason);
            assert_true(result != READ_BAD || reason != NULL);
            assert_true(result != READ_EVENT || event.command.n > 0);
            arena_release(scratch, mark);
            free(record);
        }
        arena_free(arena);
        arena_free(scratch);
    }
}

static void test_registry(void **state)
{
    (void)state;
    const struct plugin_list *list = layout_list();
    assert_true(list->n >= 1);
    assert_string_equal(list->kind, "format");
    for (size_t k = 0; k < list->n; k++) {
        assert_ptr_equal(plugin_find(list, list->item[k]->name), list->item[k]);
        assert_true(k == 0 || strcmp(list->item[k - 1]->name, list->item[k]->name) < 0);
        assert_true(list->item[k]->summary[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_records_tile),
        cmocka_unit_test(test_hostile_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
