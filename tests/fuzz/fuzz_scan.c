/* The scanner reads any bytes without harm, and its fast way and its complete parser agree. */
#include "scan/scan.h"

#include <stdio.h>
#include <stdlib.h>

enum { N_NAMES = 3, PADDING = 17000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str names[N_NAMES] = {{"command_line", 12}, {"label", 5}, {"a", 1}};
    struct scan_field fast[N_NAMES], slow[N_NAMES];
    const char *reason = NULL;
    struct str record = {(const char *)data, size};
    bool ok = scan_object(record, names, N_NAMES, fast, &reason);
    check(ok || reason != NULL, "no reason");
    if (size > 0 && data[0] == '{') {
        /* So many blanks that the fast way refuses. */
        char *padded = malloc(size + PADDING);
        check(padded != NULL, "no memory");
        memset(padded, ' ', size + PADDING);
        padded[0] = '{';
        memcpy(padded + 1 + PADDING, data + 1, size - 1);
        bool slow_ok = scan_object((struct str){padded, size + PADDING}, names, N_NAMES, slow, &reason);
        check(ok == slow_ok, "verdicts differ");
        for (size_t i = 0; ok && i < N_NAMES; i++)
            check(fast[i].type == slow[i].type && str_equal(fast[i].raw, slow[i].raw), "fields differ");
        free(padded);
    }
    static struct arena *arena; /* one for all inputs: fresh memory would take most of the time */
    if (arena == NULL)
        arena = arena_new();
    struct arena_mark mark = arena_mark(arena);
    for (size_t i = 0; ok && i < N_NAMES; i++) {
        struct str text;
        if (fast[i].type == SCAN_STRING)
            check(scan_unescape(&fast[i], arena, &text) && text.n <= fast[i].raw.n, "a string of a valid record");
    }
    arena_release(arena, mark);
    return 0;
}
