#include "bytes/textfile.h"

#include "bytes/source.h"

#include <errno.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

static bool read_all(struct source *source, const char *path, char *chunk, struct buf *text, struct error *err)
{
    for (;;) {
        size_t got = source_read(source, chunk, CHUNK);
        if (got == 0)
            break;
        buf_add(text, chunk, got);
        if (text->full)
            return fail(err, ERROR_INPUT, "%s: holds more than %zu bytes when decompressed", path, text->limit);
    }
    if (source->cut)
        return fail(err, ERROR_INPUT, "%s: the compressed data ends too early; the file is cut", path);
    return source->reason[0] == '\0' || fail(err, ERROR_INPUT, "%s: %s", path, source->reason);
}

bool textfile_read(const char *path, size_t limit_bytes, struct arena *arena, struct str *out, struct error *err)
{
    struct source_look look = source_look(path);
    if (look.problem != 0 && look.problem != EINVAL)
        return fail(err, ERROR_IO, "%s: cannot open: %s", path, strerror((int)look.problem));
    if (look.size > 0 && (uint64_t)look.size > limit_bytes)
        return fail(err, ERROR_IO, "%s: larger than the %zu bytes allowed here", path, limit_bytes);
    struct source source = {.file = -1};
    struct buf text = {.limit = limit_bytes};
    bool ok = source_open(&source, path, SOURCE_UNKNOWN, 0, INT64_MAX, look.problem != 0 ? -look.problem : look.size,
                          arena) ||
              fail(err, ERROR_IO, "%s: %s", path, source.reason);
    ok = ok && read_all(&source, path, arena_bytes(arena, CHUNK), &text, err);
    source_close(&source);
    source_free(&source);
    if (ok)
        *out = (struct str){arena_copy(arena, text.p != NULL ? text.p : "", text.n), text.n};
    buf_free(&text);
    return ok;
}
