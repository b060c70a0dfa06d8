/* The commonest tokens of a distributed set of lines. */
#ifndef FEATURES_VOCAB_H
#define FEATURES_VOCAB_H

#include "features/extractor.h"
#include "features/tokenize.h"
#include "support/index.h"

enum { VOCAB_TERM_BYTES = 64 }; /* a longer token is its first bytes */
#define VOCAB_NONE UINT32_MAX

struct vocab {
    struct tokenizer tokenizer;
    size_t n;                 /* terms: size, or all if there are fewer */
    struct str *term;         /* [n] by (lines falling, bytes rising) */
    int64_t *lines, *total;   /* [n] unique lines that hold the term; times it stands in them */
    int64_t n_lines, n_terms; /* lines and distinct terms over all ranks */
    struct key_index index;   /* hash -> id */
};

/* The `size` terms in most lines, the same on every rank for any distribution. Each line counts once, whatever its
 * count. Messages are bounded by the distinct terms of a rank, then by size. Collective. */
void vocab_build(const struct comm *comm, const struct line_view *lines, struct tokenizer tokenizer, size_t size,
                 struct arena *arena, struct vocab *out);
/* Id of a token as token_next gives it, or VOCAB_NONE. Local. */
uint32_t vocab_find(const struct vocab *vocab, struct str raw);

#endif
