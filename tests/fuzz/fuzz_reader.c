/* Every reader, on any bytes: records tile them, are parsed without harm, and what they hold is normalised twice to the
 * same. */
#include "telemetry/normalize.h"
#include "telemetry/reader.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct field_map fields = {
    .command = {"command_line", 12},
    .host = {"host", 4},
    .user = {"user", 4},
    .parent = {"parent_image", 12},
    .image = {"image", 5},
    .time = {"ts", 2},
    .platform = {"platform", 8},
    .truth = {"label", 5},
    .source = {"source", 6},
};

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
        free(once);
        free(twice);
    }
}

static void check_reader(const struct reader *reader, struct str text, struct arena *arena)
{
    while (text.n > 0) {
        size_t length = reader->record_length(text.p, text.n, true);
        check(length > 0 && length <= text.n, "a record of no or too many bytes");
        struct arena_mark mark = arena_mark(arena);
        struct event event;
        const char *reason = NULL;
        enum read_result result = reader->parse(&fields, (struct str){text.p, length}, arena, &event, &reason);
        check(result != READ_BAD || reason != NULL, "no reason");
        if (result == READ_EVENT)
            check_line(reader->decode != NULL ? reader->decode(event.command, arena) : event.command);
        arena_release(arena, mark);
        text = (struct str){text.p + length, text.n - length};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct plugin_list *list = reader_list();
    struct arena *arena = arena_new();
    struct str text = {(const char *)data, size};
    for (size_t i = 0; i < list->n; i++)
        check_reader((const struct reader *)(const void *)list->item[i], text, arena);
    check_line(text);
    arena_free(arena);
    return 0;
}
