/* Byte strings: views (struct str, never owns, never zero-terminated by contract) and growing buffers (struct buf). */
#ifndef SUPPORT_STR_H
#define SUPPORT_STR_H

#include "support/base.h"

#include <string.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){literal, sizeof(literal) - 1})
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)min_size((s).n, 1u << 20), (s).p

static inline struct str str_of(const char *zero_terminated)
{
    return (struct str){zero_terminated, strlen(zero_terminated)};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int str_compare(struct str a, struct str b); /* bytes as unsigned, then length: <0, 0, >0 */
bool str_starts(struct str s, struct str prefix);
/* First occurrence of needle at or after `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
/* Whole string as a number; false if anything is left over or out of range. No locale, no leading blanks. */
bool str_to_i64(struct str s, int64_t *out);
bool str_to_f64(struct str s, double *out);

/* Growing buffer. limit is the ceiling given at birth; growth past it makes `full` true and drops the bytes,
 * so a caller checks once at the end. Zero-initialise, set limit, free with buf_free. p is kept zero-terminated. */
struct buf {
    char *p;
    size_t n, capacity, limit;
    bool full;
};

void buf_free(struct buf *buf);
void buf_add(struct buf *buf, const void *p, size_t n);
void buf_add_str(struct buf *buf, struct str s);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* A JSON string with quotes: control characters, quote and backslash escaped; invalid UTF-8 bytes become U+FFFD. */
void buf_add_json_string(struct buf *buf, struct str s);
static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->p, buf->n};
}

#endif
