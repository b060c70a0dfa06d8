/* The parts of the scanner: a structural index of a short record or of a buffer of lines, and the complete parser that
 * has the last word. */
#ifndef SCAN_SCAN_PRIVATE_H
#define SCAN_SCAN_PRIVATE_H

#include "scan/scan.h"
#include "support/ascii.h"

enum { SCAN_BLOCK = 64, SCAN_MAX_BYTES = 16384, SCAN_MAX_QUOTES = 1024, SCAN_MAX_DEPTH = 64 };

/* Arrays are the caller's. A word more than are needed must be readable behind each of the bits. */
struct scan_index {
    uint32_t *quote,
        *newline;           /* places, rising; [max_* + SCAN_BLOCK]. Quotes are not escaped; two of UINT32_MAX follow */
    uint64_t *backslash;    /* a bit a byte */
    uint64_t *doubt, *high; /* a bit a block: holds what scan_full must look at; bytes above 0x7F */
    size_t max_quotes, max_newlines; /* where to stop */
    size_t n, n_quotes, n_newlines;  /* n: bytes that were looked at */
};

/* Indexes p[n], or what comes before about so many quotes or newlines as there is room for. Doubtful are control
 * characters other than newlines and returns before them, and malformed escapes. n < UINT32_MAX. */
void scan_index(const char *p, size_t n, struct scan_index *index);
/* Whether no byte of p[from, to) is doubtful or malformed UTF-8. */
bool scan_index_sound(const struct scan_index *index, const char *p, size_t from, size_t to);
/* Walks the common shape: an object of strings, numbers and literals with no blanks but spaces, from p[from] == '{' to
 * p[to - 1] == '}'. *quote: the first at or behind `from`; moved behind those of the object. False: not that shape, or
 * not valid; out and *quote are then undefined. */
bool scan_walk(const char *p, size_t from, size_t to, const struct scan_index *index, size_t *quote,
               const struct scan_names *names, struct scan_field *out);

/* Whether one of the bits from .. to - 1 is set. Two words are looked at wherever they lie: a branch on that is
 * mispredicted. */
static inline bool scan_any_bit(const uint64_t *bits, size_t from, size_t to)
{
    uint64_t found = 0;
    for (; to - from > 64; from += 64)
        found |= bits[from / 64] >> (from % 64) | bits[from / 64 + 1] << 1 << (63 - from % 64);
    if (from == to)
        return found != 0;
    found |= (bits[from / 64] >> (from % 64) | bits[from / 64 + 1] << 1 << (63 - from % 64)) &
             (UINT64_MAX >> (64 - (to - from)));
    return found != 0;
}

/* Lines of a buffer that is indexed in one go. */
struct scan_lines;
struct scan_lines *scan_lines_new(struct arena *arena);
/* p[n] stays where and as it is until the next call; lines of it are asked for in their order. */
void scan_lines_look(struct scan_lines *lines, const char *p, size_t n);
/* Bytes of the line at p, with its newline; 0: not known, because it is not in the buffer as far as it was indexed. */
size_t scan_lines_length(struct scan_lines *lines, const char *p);
/* scan_record's contract. */
bool scan_lines_record(struct scan_lines *lines, struct str record, const struct scan_names *names,
                       struct scan_field *out, const char **reason);

/* scan_object's contract, one byte at a time. */
bool scan_full(struct str record, const struct str *names, size_t n, struct scan_field *out, const char **reason);
/* Whether p[n] begins with an escape sequence; its length. A surrogate may be alone. 0: not one. */
size_t scan_escape(const char *p, size_t n);
/* Bytes of the JSON number at the start of p[n]; 0: none. It may be followed by anything. */
size_t scan_number(const char *p, size_t n);
/* Bytes of true, false or null at the start of p[n]; 0: none. */
size_t scan_literal(const char *p, size_t n);
/* Whether raw text has escapes. */
static inline bool scan_escaped(struct str raw)
{
    return raw.n > 0 && memchr(raw.p, '\\', raw.n) != NULL;
}
/* Text of the well-formed escape at the start of p[n]: *written bytes of UTF-8. A pair of surrogates counts as one
 * escape, a lone one is U+FFFD. Returns its length. */
size_t scan_decode(const char *p, size_t n, char out[4], size_t *written);

/* memcmp without a call for the lengths that names have: two loads that overlap. */
#define SAME_ENDS(type)                                                                                                \
    do {                                                                                                               \
        type a_head, a_tail, b_head, b_tail;                                                                           \
        memcpy(&a_head, a, sizeof(type));                                                                              \
        memcpy(&b_head, b, sizeof(type));                                                                              \
        memcpy(&a_tail, a + n - sizeof(type), sizeof(type));                                                           \
        memcpy(&b_tail, b + n - sizeof(type), sizeof(type));                                                           \
        return ((a_head ^ b_head) | (a_tail ^ b_tail)) == 0;                                                           \
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
