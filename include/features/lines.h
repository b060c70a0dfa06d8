/* Lines as features, detectors and strategies see them: without what is known of them. */
#ifndef FEATURES_LINES_H
#define FEATURES_LINES_H

#include "support/hash.h"

/* This rank's share of a distributed set of lines; arrays [n], the caller's. What a room does not use may be NULL. */
struct line_view {
    size_t n;
    int64_t n_global;   /* over all ranks; select */
    const int64_t *row; /* global ids, unique over all ranks */
    const struct str *text;
    const int64_t *count; /* how often each was seen; NULL: once */
    /* For select: which line it is, and what it belongs to (lines of one hash are kept out together); and what the
     * caller wants to find with a pick. */
    const struct hash128 *id, *hash;
    const uint16_t *tag;
    /* Who ran line i: its users are user_at[i] .. user_at[i + 1] - 1 of user_hash, rising; hosts likewise. NULL: not
     * known. */
    const size_t *user_at, *host_at;
    const uint64_t *user_hash, *host_hash;
};

#endif
