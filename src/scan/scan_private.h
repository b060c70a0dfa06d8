/* The parts of the scanner: a structural index of a short record, and the complete parser that has the last word. */
#ifndef SCAN_SCAN_PRIVATE_H
#define SCAN_SCAN_PRIVATE_H

#include "scan/scan.h"

enum { SCAN_BLOCK = 64, SCAN_MAX_BYTES = 16384, SCAN_MAX_QUOTES = 1024, SCAN_MAX_DEPTH = 64 };

struct scan_index {
    size_t n_quotes;
    uint16_t quote[SCAN_MAX_QUOTES + SCAN_BLOCK];        /* places of quotes that are not escaped, rising */
    uint64_t backslash[SCAN_MAX_BYTES / SCAN_BLOCK + 2]; /* a bit a byte, and 64 zeros more */
};

/* False if p[n] is too long for the index or holds a control character, a malformed escape or malformed UTF-8: the
 * caller then asks scan_full. */
bool scan_index(const char *p, size_t n, struct scan_index *index);
/* scan_object's contract, one byte at a time. */
bool scan_full(struct str record, const struct str *names, size_t n, struct scan_field *out, const char **reason);
/* Whether p[n] begins with an escape sequence; its length. A surrogate may be alone. 0: not one. */
size_t scan_escape(const char *p, size_t n);
/* Bytes of the JSON number at the start of p[n]; 0: none. It may be followed by anything. */
size_t scan_number(const char *p, size_t n);
/* Bytes of true, false or null at the start of p[n]; 0: none. */
size_t scan_literal(const char *p, size_t n);
static inline bool scan_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
/* Whether raw text has escapes. */
static inline bool scan_escaped(struct str raw)
{
    return raw.n > 0 && memchr(raw.p, '\\', raw.n) != NULL;
}
/* Text of the well-formed escape at the start of p[n]: *written bytes of UTF-8. A pair of surrogates counts as one
 * escape, a lone one is U+FFFD. Returns its length. */
size_t scan_decode(const char *p, size_t n, char out[4], size_t *written);
/* Bytes of the well-formed UTF-8 sequence (RFC 3629) at the start of p[n], n > 0; 0: none. */
size_t scan_utf8_length(const char *p, size_t n);
bool scan_utf8_valid(const char *p, size_t n);

/* memcmp without a call for the lengths that names have: two loads that overlap. */
#define SAME_ENDS(type)                                                                                                \
    do {                                                                                                               \
        type head[2], tail[2];                                                                                         \
        memcpy(&head[0], a, sizeof(type));                                                                             \
        memcpy(&head[1], b, sizeof(type));                                                                             \
        memcpy(&tail[0], a + n - sizeof(type), sizeof(type));                                                          \
        memcpy(&tail[1], b + n - sizeof(type), sizeof(type));                                                          \
        return head[0] == head[1] && tail[0] == tail[1];                                                               \
    } while (0)

static inline bool scan_same(const char *a, const char *b, size_t n)
{
    if (n >= 8 && n <= 16)
        SAME_ENDS(uint64_t);
    if (n >= 4 && n < 8)
        SAME_ENDS(uint32_t);
    if (n >= 2 && n < 4)
        SAME_ENDS(uint16_t);
    return n == 0 || memcmp(a, b, n) == 0;
}

#endif
