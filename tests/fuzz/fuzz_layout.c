/* A form on any bytes, through all its layouts: records tile them, are found alike in any piece of the file and never
 * go over a place where files are cut, are parsed without harm, and what they hold is UTF-8 that is normalised twice to
 * the same. The last byte of the input chooses the layout; the byte before says how much of a record is at hand; the
 * text is what comes before both, so that files of a layout can be seeds. */
#include "scan/layout.h"
#include "scan/normalize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check_line(struct str line)
{
    struct normalize rules;
    params_default(normalize_params, &rules);
    for (int paths = 0; paths < 2; paths++) {
        rules.mask_path = paths == 1;
        char *once = malloc(4 * line.n + 16);
        check(once != NULL, "no memory");
        size_t n = normalize_line(&rules, line, once);
        char *twice = malloc(4 * n + 16);
        check(twice != NULL, "no memory");
        size_t m = normalize_line(&rules, (struct str){once, n}, twice);
        check(m == n && memcmp(once, twice, n) == 0, "not idempotent");
        n = normalize_exact(&rules, line, once);
        free(twice);
        twice = malloc(4 * n + 16);
        check(twice != NULL, "no memory");
        m = normalize_exact(&rules, (struct str){once, n}, twice);
        check(m == n && memcmp(once, twice, n) == 0, "exact forms are not idempotent");
        free(once);
        free(twice);
    }
}

/* JSON's writer replaces what is not UTF-8, and so makes it longer by other bytes than escapes. */
static void check_text(struct str text)
{
    struct buf out = {.limit = SIZE_MAX};
    buf_add_json_string(&out, text);
    struct str replacement = STR("\xEF\xBF\xBD");
    size_t before = 0, after = 0;
    for (size_t at = str_find(text, replacement, 0); at != SIZE_MAX; at = str_find(text, replacement, at + 1))
        before++;
    for (size_t at = str_find(buf_str(&out), replacement, 0); at != SIZE_MAX;
         at = str_find(buf_str(&out), replacement, at + 1))
        after++;
    check(before == after, "not UTF-8");
    buf_free(&out);
}

static void check_event(const struct layout *layout, const struct event *event, struct arena *arena)
{
    const struct str field[] = {event->command, event->host, event->user, event->parent, event->image, event->time};
    check(event->command.n > 0, "an event without a command");
    for (size_t i = 0; i < ARRAY_LEN(field); i++) {
        struct str text = layout->form->decode != NULL ? layout->form->decode(field[i], arena) : field[i];
        check_text(text);
        if (i == 0)
            check_line(text);
    }
}

/* The event that was given, and all else that the record or the end of the file holds. */
static void check_results(const struct layout *layout, void *state, enum read_result result, struct event *event,
                          const char *reason, struct arena *arena)
{
    const struct form *form = layout->form;
    for (;;) {
        struct origin origin;
        check(result != READ_BAD || reason != NULL, "no reason");
        check(result != READ_BAD || reason[0] != '\0', "an empty reason");
        if (result == READ_EVENT && form->explain != NULL)
            form->explain(state, arena, &origin);
        if (result == READ_EVENT)
            check_event(layout, event, arena);
        if (form->next == NULL)
            return;
        reason = NULL;
        result = form->next(state, arena, event, &reason);
        if (result == READ_END)
            return;
    }
}

static void check_layout(const struct layout *layout, struct str text, size_t have, struct arena *arena)
{
    const struct form *form = layout->form;
    struct field_map own = fields_fill(&(struct field_map){.n_filters = 0}, layout->fields);
    void *state = form->start(layout, &own, arena);
    struct event event;
    for (size_t at = 0; at < text.n;) {
        size_t left = text.n - at, length = form->record_length(state, text.p + at, left, true);
        check(length > 0 && length <= left, "a record of no or too many bytes");
        size_t part = form->record_length(state, text.p + at, min_size(have, left), false);
        check(part == 0 || part == length, "a record that depends on the bytes at hand");
        size_t skip = form->resync != NULL ? form->resync(text.p + at, left) : SIZE_MAX;
        check(skip == SIZE_MAX || skip >= length || skip == 0, "a record that goes over a place where files are cut");
        if (form->place != NULL)
            form->place(state, (int64_t)at, PLACE_INSIDE);
        const char *reason = NULL;
        enum read_result result = form->parse(state, (struct str){text.p + at, length}, arena, &event, &reason);
        check_results(layout, state, result, &event, reason, arena);
        at += length;
    }
    if (form->end != NULL) {
        form->end(state);
        check_results(layout, state, READ_BLANK, &event, NULL, arena);
    }
}

/* One of the form that the environment's FORM names, or the layout that LAYOUT names; of all if neither is set. */
static const struct layout *chosen(uint8_t byte)
{
    static const struct layout *some[64];
    static size_t n;
    const struct plugin_list *list = layout_list();
    const char *form = getenv("FORM"), *name = getenv("LAYOUT");
    for (size_t i = 0; n == 0 && i < list->n && i < 64; i++) {
        const struct layout *layout = layout_find(list->item[i]->name);
        if ((form == NULL || form[0] == '\0' || strcmp(layout->form->name, form) == 0) &&
            (name == NULL || strcmp(layout->plugin.name, name) == 0))
            some[n++] = layout;
    }
    check(n > 0, "FORM or LAYOUT names none");
    return some[byte % n];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    /* One for all inputs: fresh memory would take most of the time. */
    static struct arena *arena;
    if (arena == NULL)
        arena = arena_new();
    struct arena_mark mark = arena_mark(arena);
    struct str text = {(const char *)data, size - 2};
    check_layout(chosen(data[size - 1]), text, data[size - 2], arena);
    check_line(text);
    arena_release(arena, mark);
    return 0;
}
