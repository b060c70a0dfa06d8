/* A layout on any bytes: records tile them and are found alike in any piece of the file, are parsed without harm, and
 * what they hold is UTF-8 that is normalised twice to the same. The environment's READER names it; else the last byte
 * of the input chooses it. The byte before says how much of a record is at hand; the text is what comes before both, so
 * that files of a format can be seeds. */
#include "scan/layout.h"
#include "scan/normalize.h"

#include <stdio.h>
#include <stdlib.h>

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

static void check_reader(const struct layout *layout, struct str text, size_t have, struct arena *arena)
{
    struct field_map own = fields_fill(&(struct field_map){.n_filters = 0}, layout->fields);
    void *state = layout->form->start(layout, &own, arena);
    while (text.n > 0) {
        size_t length = layout->form->record_length(state, text.p, text.n, true);
        check(length > 0 && length <= text.n, "a record of no or too many bytes");
        size_t part = layout->form->record_length(state, text.p, min_size(have, text.n), false);
        check(part == 0 || part == length, "a record that depends on the bytes at hand");
        struct event event;
        const char *reason = NULL;
        enum read_result result = layout->form->parse(state, (struct str){text.p, length}, arena, &event, &reason);
        check(result != READ_BAD || reason != NULL, "no reason");
        if (result == READ_EVENT)
            check_event(layout, &event, arena);
        text = (struct str){text.p + length, text.n - length};
    }
}

static const struct layout *chosen(uint8_t byte)
{
    const struct plugin_list *list = layout_list();
    const char *name = getenv("READER");
    const struct layout *layout = layout_find(name != NULL ? name : list->item[byte % list->n]->name);
    check(layout != NULL, "READER names no layout");
    return layout;
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
    check_reader(chosen(data[size - 1]), text, data[size - 2], arena);
    check_line(text);
    arena_release(arena, mark);
    return 0;
}
