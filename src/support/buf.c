#include "support/memory.h"
#include "support/str.h"
#include "support/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_free(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf){.limit = buf->limit};
}

/* Room for n more bytes and the terminator, or false and full. */
static bool reserve(struct buf *buf, size_t n)
{
    if (buf->full || n > buf->limit - buf->n) {
        buf->full = true;
        return false;
    }
    size_t need = buf->n + n + 1;
    if (need > buf->capacity) {
        size_t twice = buf->capacity > SIZE_MAX / 2 ? SIZE_MAX : buf->capacity * 2;
        size_t capacity = twice > need ? twice : need;
        if (capacity < 64)
            capacity = 64;
        buf->p = heap_realloc(buf->p, capacity, 1);
        buf->capacity = capacity;
    }
    return true;
}

void buf_add(struct buf *buf, const void *p, size_t n)
{
    if (!reserve(buf, n))
        return;
    if (n)
        memcpy(buf->p + buf->n, p, n);
    buf->n += n;
    buf->p[buf->n] = '\0';
}

void buf_add_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.p, s.n);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(n >= 0);
    if (!reserve(buf, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
    va_end(args);
    buf->n += (size_t)n;
}

static void add_escaped(struct buf *buf, const char *p, size_t length)
{
    static const char letters[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    unsigned char c = (unsigned char)*p;
    if (length == 0) {
        buf_add_str(buf, STR("\xEF\xBF\xBD"));
    } else if (c == '"' || c == '\\') {
        buf_add(buf, (char[]){'\\', *p}, 2);
    } else if (c < sizeof(letters) && letters[c]) {
        buf_add(buf, (char[]){'\\', letters[c]}, 2);
    } else {
        /* U+0080-9F are C2 80-9F, so the last byte is the code point in either case */
        buf_printf(buf, "\\u%04x", (unsigned)(unsigned char)p[length - 1]);
    }
}

void buf_add_json_string(struct buf *buf, struct str s)
{
    buf_add(buf, "\"", 1);
    size_t plain = 0, i = 0;
    while (i < s.n) {
        size_t length = utf8_printable(s.p + i, s.n - i);
        if (length && s.p[i] != '"' && s.p[i] != '\\') {
            i += length;
            continue;
        }
        buf_add(buf, s.p + plain, i - plain);
        length = utf8_length(s.p + i, s.n - i);
        add_escaped(buf, s.p + i, length);
        i += length ? length : 1;
        plain = i;
    }
    if (i > plain)
        buf_add(buf, s.p + plain, i - plain);
    buf_add(buf, "\"", 1);
}
