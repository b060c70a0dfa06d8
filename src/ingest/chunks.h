/* A growing list of records that never move. */
#ifndef INGEST_CHUNKS_H
#define INGEST_CHUNKS_H

#include "support/arena.h"

enum { CHUNK_BITS = 14, CHUNK_RECORDS = 1 << CHUNK_BITS };

struct chunks {
    struct arena *arena;
    size_t record_bytes, n;
    char **chunk;
    size_t n_chunks, max_chunks;
};

static inline void *chunks_at(const struct chunks *chunks, size_t i)
{
    return chunks->chunk[i >> CHUNK_BITS] + (i & (CHUNK_RECORDS - 1)) * chunks->record_bytes;
}

/* Room for one more record, not yet filled. */
void *chunks_add(struct chunks *chunks);

#endif
