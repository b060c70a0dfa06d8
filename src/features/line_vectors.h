/* Vectors of lines, looked up by the hash of a line's raw text (hash128 of the bytes, seed 0): what extractors that
 * fetch keep as state. Private to the module. */
#ifndef FEATURES_LINE_VECTORS_H
#define FEATURES_LINE_VECTORS_H

#include "features/extractor.h"
#include "support/index.h"

struct line_vectors {
    size_t n, d;            /* different lines; numbers a vector */
    size_t n_found;         /* lines whose vector is there */
    struct hash128 *key;    /* [n] */
    struct str *text;       /* [n] */
    int64_t *row;           /* [n] */
    bool *found;            /* [n] */
    float *at;              /* [n * d] */
    struct key_index index; /* key -> line */
};

/* The different ones of this rank's lines, none found yet. Borrows the texts. Local. */
struct line_vectors line_vectors_want(const struct line_view *lines, size_t d, struct arena *arena);
/* Takes a vector; the first one of a line stays. False if a number is not finite: nothing is taken. Local. */
bool line_vectors_put(struct line_vectors *vectors, size_t i, const float *vector);
/* How many lines of all ranks have none. Collective. */
int64_t line_vectors_missing(const struct comm *comm, const struct line_vectors *vectors);
/* Fails on all ranks unless all is found. where: the file, advice: what to do, for the message. Collective. */
MUST_CHECK bool line_vectors_complete(const struct comm *comm, const struct line_vectors *vectors, const char *where,
                                      const char *advice, struct error *err);
/* out[d] of a line that was found. Local, pure. */
void line_vectors_row(const struct line_vectors *vectors, struct str line, float *out);

#endif
