/* A small template language, compiled once a process.
 *   {pool}           an item of a named pool (pools.c), itself a template
 *   {pick:a|b|c}     one alternative, each a template, empty text allowed
 *   {b64:t} {b64a:t} base64 of the expanded template t as UTF-16LE, as bytes
 *   {int:N} {hex:N} {alnum:N} {raw:N}  a number below N; N hex digits, letters and digits, base64 letters
 *   {guid} {ip} {pubip} {date} {clock} {ver} {self} {user} {host} {server} {inner}
 *   {<} {>} {bar}    a brace, a bar (inside {pick:} a bar separates unless it has a blank on both sides)
 * inner is the text handed over in the scene (for wrapping one line in another). */
#ifndef GENERATE_EXPAND_H
#define GENERATE_EXPAND_H

#include "support/arena.h"
#include "support/rng.h"
#include "support/str.h"
#include "templates.h"

/* Text under construction in a caller's array; running over it is our own bug. */
struct text {
    char *p;
    size_t n, capacity;
};

static inline void text_add(struct text *text, const char *p, size_t n)
{
    ASSERT(n <= text->capacity - text->n);
    memcpy(text->p + text->n, p, n);
    text->n += n;
}

static inline void text_add_str(struct text *text, struct str s)
{
    text_add(text, s.p, s.n);
}

void text_add_number(struct text *text, uint64_t value, unsigned min_digits);

/* Host names for {host} and {server}. */
struct name_list {
    const struct str *item;
    size_t n;
};

struct scene {
    struct rng_state rng;
    struct str self, user, inner;
    struct name_list hosts, servers;
    int64_t day; /* since 1970-01-01 */
};

struct expander;
struct sequence; /* a compiled template */

/* Compiles the pools. Lives in the arena. */
struct expander *expander_new(const struct pool *pools, size_t n_pools, struct arena *arena);
const struct sequence *expander_compile(struct expander *expander, const char *text);
/* Appends the expansion; advances scene->rng. */
void expand(const struct expander *expander, const struct sequence *sequence, struct scene *scene, struct text *out);
/* Days since 1970-01-01 as year, month, day. */
void civil_date(int64_t day, unsigned *year, unsigned *month, unsigned *mday);

#endif
