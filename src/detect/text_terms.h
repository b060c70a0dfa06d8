/* The terms of a line: runs of one and, on demand, two tokens, each known by its hash. */
#ifndef DETECT_TEXT_TERMS_H
#define DETECT_TEXT_TERMS_H

#include "features/tokenize.h"
#include "support/arena.h"

struct term_count;

struct term_form {
    struct tokenizer tokenizer;
    int64_t ngrams; /* longest run: 1 or 2 */
    uint64_t seed;  /* of the hashes */
};

struct term {
    struct hash128 hash;
    int64_t tf;                     /* times in the line */
    const struct term_count *count; /* NULL: never seen (layer_look_up) */
};

/* The terms of one line at a time. */
struct terms {
    size_t n;          /* distinct terms */
    int64_t length;    /* the sum of their tf */
    struct term *item; /* [n] in order of first appearance */
    size_t room;       /* bytes of the longest line */
    uint32_t *slot;    /* hash table of place + 1: small, cleared for each line (a key_index: 820 instead of 470 ns) */
};

/* Room for lines of up to `longest` bytes. */
struct terms terms_room(size_t longest, struct arena *arena);
size_t longest_line(const struct str *line, size_t n);
/* line.n <= room. */
void terms_of_line(struct terms *terms, const struct term_form *form, struct str line);
/* The identity of `inner` within `outer`: a run of two tokens, or a term among one user's lines. Order matters. */
struct hash128 hash_pair(struct hash128 outer, struct hash128 inner);

#endif
