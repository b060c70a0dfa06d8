/* Damaged files, and files of another layout, end as bad records with a reason, or in the events that are still whole.
 */
#include "samples.h"

#include "support/rng.h"

#include <string.h>

enum { MUTATED = 1000 };

struct sum {
    size_t events, others, bad;
};

static void check_event(const struct layout *layout, void *state, const struct event *event, struct arena *arena)
{
    const struct str field[] = {event->command, event->host, event->user, event->parent, event->image, event->time};
    struct origin origin;
    assert_true(event->command.n > 0);
    for (size_t i = 0; i < ARRAY_LEN(field); i++) {
        struct str text = layout->form->decode != NULL ? layout->form->decode(field[i], arena) : field[i];
        assert_true(text.n == 0 || text.p != NULL);
    }
    if (layout->form->explain != NULL)
        layout->form->explain(state, arena, &origin);
}

static void take(const struct layout *layout, void *state, enum read_result result, struct event *event,
                 const char *reason, struct arena *arena, struct sum *sum)
{
    while (result != READ_END) {
        if (result == READ_EVENT)
            check_event(layout, state, event, arena);
        assert_true(result != READ_BAD || (reason != NULL && reason[0] != '\0'));
        sum->events += result == READ_EVENT;
        sum->bad += result == READ_BAD;
        sum->others += read_filtered(result);
        reason = NULL;
        result = layout->form->next != NULL ? layout->form->next(state, arena, event, &reason) : READ_END;
    }
}

/* Each record in a block of its own, so that reading past it is caught. */
static struct sum read_text(const struct layout *layout, struct str text, struct arena *arena)
{
    const struct form *form = layout->form;
    struct field_map own = fields_fill(&(struct field_map){.n_filters = 0}, layout->fields);
    void *state = form->start(layout, &own, arena);
    struct sum sum = {0, 0, 0};
    struct event event;
    for (size_t at = 0; at < text.n;) {
        size_t n = form->record_length(state, text.p + at, text.n - at, true);
        assert_in_range(n, 1, text.n - at);
        char *record = malloc(n);
        assert_non_null(record);
        memcpy(record, text.p + at, n);
        const char *reason = NULL;
        if (form->place != NULL)
            form->place(state, (int64_t)at, PLACE_INSIDE);
        enum read_result result = form->parse(state, (struct str){record, n}, arena, &event, &reason);
        take(layout, state, result, &event, reason, arena, &sum);
        free(record);
        at += n;
    }
    if (form->end != NULL) {
        form->end(state);
        take(layout, state, READ_BLANK, &event, NULL, arena, &sum);
    }
    return sum;
}

/* Some bytes are others, a piece is cut out or comes twice. */
static struct str mutate(struct str text, struct rng_state *rng, struct arena *arena)
{
    static const char odd[] = "\"\\{}[]<>&,;:=\n\r\t\0\xFF\xC3' -0";
    char *out = arena_bytes(arena, 2 * text.n + 1);
    size_t n = text.n;
    memcpy(out, text.p, n);
    for (uint64_t k = rng_next_below(rng, 6); k > 0; k--)
        out[rng_next_below(rng, n)] =
            rng_next_below(rng, 2) ? odd[rng_next_below(rng, sizeof odd - 1)] : (char)rng_next_below(rng, 256);
    size_t from = rng_next_below(rng, n), length = rng_next_below(rng, n - from + 1);
    switch (rng_next_below(rng, 4)) {
    case 0:
        memmove(out + from, out + from + length, n - from - length);
        n -= length;
        break;
    case 1:
        memmove(out + from + length, out + from, n - from);
        n += length;
        break;
    case 2:
        n = from;
        break;
    default:
        break;
    }
    return (struct str){out, n};
}

static void test_mutated(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct arena *arena = arena_new();
        struct str text = read_data(samples[i][1], samples[i][2], arena);
        struct rng_state rng = rng_start(11, i, 0);
        size_t events = 0;
        for (int k = 0; k < MUTATED; k++) {
            struct arena_mark mark = arena_mark(arena);
            events += read_text(layout_find(samples[i][0]), mutate(text, &rng, arena), arena).events;
            arena_release(arena, mark);
        }
        assert_true(events > MUTATED / 4); /* damage costs what is damaged */
        arena_free(arena);
    }
}

static bool is_json(const struct layout *layout)
{
    return strncmp(layout->form->name, "JSON", 4) == 0 || strcmp(layout->form->name, "auoms") == 0;
}

static void test_other_layouts(void **state)
{
    (void)state;
    const struct plugin_list *list = layout_list();
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct arena *arena = arena_new();
        const struct layout *own = layout_find(samples[i][0]);
        struct str text = read_data(samples[i][1], samples[i][2], arena);
        for (size_t k = 0; k < list->n; k++) {
            const struct layout *other = layout_find(list->item[k]->name);
            struct sum sum = read_text(other, text, arena);
            bool related = other->form == own->form || (is_json(other) && is_json(own));
            if (!related && (sum.events > 0 || sum.bad == 0))
                FAIL_WITH("%s read as %s: %zu events, %zu bad records", samples[i][1], other->plugin.name, sum.events,
                          sum.bad);
        }
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutated),
        cmocka_unit_test(test_other_layouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
