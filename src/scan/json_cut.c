/* Where JSON records end. */
#include "json_values.h"

#include "support/ascii.h"

size_t line_length(const void *state, const char *p, size_t n, bool at_end)
{
    (void)state;
    const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
    if (end != NULL)
        return (size_t)(end - p) + 1;
    return at_end ? n : 0;
}

size_t line_resync(const char *p, size_t n)
{
    const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
    return end != NULL ? (size_t)(end - p) + 1 : SIZE_MAX;
}

bool json_is_between(char c)
{
    return ascii_blank(c) || c == '[' || c == ']' || c == ',';
}

/* Behind a record that ends at p[at]: what lies before the next one. */
static size_t with_between(const char *p, size_t n, size_t at, bool at_end)
{
    while (at < n && json_is_between(p[at]))
        at++;
    return at < n || at_end ? at : 0;
}

/* Where a line begins with a brace a record starts, whatever came before: an object that was cut off ends there. */
size_t json_resync(const char *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        const char *end = memchr(p + at, '\n', n - at);
        if (end == NULL)
            return SIZE_MAX;
        at = (size_t)(end - p) + 1;
        if (at == n || p[at] == '{')
            return at < n ? at : SIZE_MAX;
    }
    return SIZE_MAX;
}

/* A line that is no object, and the blank ones behind it. */
static size_t odd_line(const char *p, size_t n, size_t at, bool at_end)
{
    size_t length = line_length(NULL, p + at, n - at, at_end);
    return length > 0 ? with_between(p, n, at + length, at_end) : 0;
}

/* Behind the string that opens at p[at]; SIZE_MAX if a line break comes first; n if the end is not there. */
static size_t string_end(const char *p, size_t n, size_t at, size_t line_end)
{
    for (size_t from = at + 1;;) {
        const char *quote = from < n ? memchr(p + from, '"', n - from) : NULL;
        size_t end = quote != NULL ? (size_t)(quote - p) : n, escapes = 0;
        if (end >= line_end)
            return SIZE_MAX;
        if (end == n)
            return n;
        while (p[end - escapes - 1] == '\\')
            escapes++;
        if (escapes % 2 == 0)
            return end + 1;
        from = end + 1;
    }
}

static size_t next_line(const char *p, size_t n, size_t at)
{
    const char *end = at < n ? memchr(p + at, '\n', n - at) : NULL;
    return end != NULL ? (size_t)(end - p) : SIZE_MAX;
}

/* The object that starts at p[at]. */
static size_t object_end(const char *p, size_t n, size_t at, bool at_end)
{
    size_t depth = 0, line_end = next_line(p, n, at);
    while (at < n) {
        char c = p[at];
        if (c == '"') {
            at = string_end(p, n, at, line_end);
            if (at == SIZE_MAX)
                return with_between(p, n, line_end + 1, at_end);
            continue;
        }
        if (c == '\n') {
            if (at + 1 == n)
                return at_end ? n : 0;
            if (p[at + 1] == '{')
                return at + 1;
            line_end = next_line(p, n, at + 1);
        }
        depth += c == '{';
        if (c == '}' && --depth == 0)
            return with_between(p, n, at + 1, at_end);
        at++;
    }
    return at_end ? n : 0;
}

size_t json_object_length(const void *state, const char *p, size_t n, bool at_end)
{
    size_t at = 0;
    (void)state;
    for (; at < n && json_is_between(p[at]); at++) {
        if (p[at] == '\n' && at + 1 < n && p[at + 1] == '{')
            return at + 1;
    }
    if (at == n)
        return at_end ? n : 0;
    return p[at] == '{' ? object_end(p, n, at, at_end) : odd_line(p, n, at, at_end);
}
