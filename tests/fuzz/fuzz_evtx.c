/* Windows event logs of any bytes, read through the process that libevtx runs in, and their XML through its form. */
#include "bytes/source.h"
#include "scan/layout.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void parse_all(const char *p, size_t n)
{
    const struct layout *layout = layout_find("windows_xml");
    struct arena *arena = arena_new();
    struct field_map own = fields_fill(&(struct field_map){.n_filters = 0}, layout->fields);
    void *state = layout->form->start(layout, &own, arena);
    struct event event;
    for (size_t at = 0; at < n;) {
        const char *reason = NULL;
        size_t length = layout->form->record_length(state, p + at, n - at, true);
        check(length > 0 && length <= n - at, "a record of no or too many bytes");
        enum read_result result = layout->form->parse(state, (struct str){p + at, length}, arena, &event, &reason);
        check(result != READ_BAD || reason != NULL, "no reason");
        at += length;
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[64];
    if (path[0] == '\0')
        snprintf(path, sizeof path, "/tmp/fuzz-evtx.%d", (int)getpid());
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(file >= 0 && write(file, data, size) == (ssize_t)size, "the file cannot be written");
    close(file);
    struct arena *arena = arena_new();
    struct source source = {.file = -1};
    enum { MOST = 1 << 20 };
    char *text = arena_bytes(arena, MOST);
    size_t n = 0, got = 1;
    if (source_open(&source, path, SOURCE_UNKNOWN, 0, INT64_MAX, (int64_t)size, arena) && source.kind == SOURCE_EVTX) {
        for (; got > 0 && n < MOST; n += got)
            got = source_read(&source, text + n, MOST - n);
        parse_all(text, n < MOST ? n : 0);
    }
    source_close(&source);
    source_free(&source);
    arena_free(arena);
    unlink(path);
    return 0;
}
