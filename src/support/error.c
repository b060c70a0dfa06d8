#include "support/error.h"

#include "support/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Escaping never shortens, so a text as long as the message always fills it. */
#define RAW_SIZE sizeof(((struct error *)NULL)->message)

void assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "benomaly: bug: %s:%d: %s does not hold\n", file, line, condition);
    abort();
}

static size_t format_raw(char raw[RAW_SIZE], const char *format, va_list args)
{
    int n = vsnprintf(raw, RAW_SIZE, format, args);
    ASSERT(n >= 0);
    return min_size((size_t)n, RAW_SIZE - 1);
}

/* Length of text[0..n) without a UTF-8 sequence that vsnprintf cut in two. */
static size_t whole_characters(const char *text, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char c = (unsigned char)text[n - back];
        if (c < 0x80)
            break;
        if (c >= 0xC0)
            return utf8_length(text + n - back, back) ? n : n - back;
    }
    return n;
}

bool fail(struct error *err, enum error_code code, const char *format, ...)
{
    char raw[RAW_SIZE];
    va_list args;
    va_start(args, format);
    size_t n = format_raw(raw, format, args);
    va_end(args);
    if (n == RAW_SIZE - 1)
        n = whole_characters(raw, n);
    utf8_escape(err->message, sizeof(err->message), raw, n);
    err->code = code;
    err->rank = -1;
    return false;
}

bool error_context(struct error *err, const char *format, ...)
{
    if (err->code == ERROR_NONE)
        return false;
    char raw[RAW_SIZE], message[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    size_t n = format_raw(raw, format, args);
    va_end(args);
    memcpy(message, err->message, sizeof(message));
    size_t used = utf8_escape(err->message, sizeof(err->message), raw, n);
    const char *parts[] = {": ", message};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        used += utf8_escape(err->message + used, sizeof(err->message) - used, parts[i], strlen(parts[i]));
    return false;
}
