#include "chunks.h"

#include <string.h>

static void add_chunk(struct chunks *chunks)
{
    if (chunks->n_chunks == chunks->max_chunks) {
        size_t max = chunks->max_chunks > 0 ? 2 * chunks->max_chunks : 64;
        char **list = ARENA_ARRAY(chunks->arena, char *, max);
        if (chunks->n_chunks > 0)
            memcpy(list, chunks->chunk, chunks->n_chunks * sizeof *list);
        chunks->chunk = list;
        chunks->max_chunks = max;
    }
    chunks->chunk[chunks->n_chunks++] = arena_alloc(chunks->arena, CHUNK_RECORDS, chunks->record_bytes);
}

void *chunks_add(struct chunks *chunks)
{
    if (chunks->n == chunks->n_chunks * CHUNK_RECORDS)
        add_chunk(chunks);
    return chunks_at(chunks, chunks->n++);
}
