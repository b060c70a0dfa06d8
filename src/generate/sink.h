/* A compressed file written jointly: fixed chunks become zstd frames, in chunk order, the same bytes for any number of
 * ranks. */
#ifndef GENERATE_SINK_H
#define GENERATE_SINK_H

#include "comm/comm.h"
#include "support/str.h"

/* Fills buf with the text of chunk `chunk`. Local, pure. */
typedef void sink_chunk(const void *context, int64_t chunk, struct buf *out);

/* Collective. Writes path (through a temporary name, synced, renamed by rank 0) of n_chunks frames; ranks take chunks
 * in turn. *bytes: size of the file. */
MUST_CHECK bool sink_write(const struct comm *comm, const char *path, int64_t n_chunks, size_t chunk_limit_bytes,
                           sink_chunk *chunk, const void *context, int64_t *bytes, struct error *err);

#endif
