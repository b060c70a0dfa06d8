/* Vectors that a server was asked for, in a file that only grows: what was answered once is never asked again, also
 * after a kill. It holds hashes of lines, no text and no secret. One run at a time adds; any rank of any run may read.
 *
 *     head     512 bytes: {"format":"benomaly vectors","version":1,"model":...,"dimensions":d,"max_bytes":m}, blanks,
 * \n blocks   one an answer: {u64 mark, u64 n, u64 check of the entries}, n entries {u64 hash high, u64 low, u64 check
 *              of the vector}, n vectors of float32 [d]; bytes in the order of the machine
 *
 * A torn last block is not there. Private to the module. */
#ifndef FEATURES_VECTOR_CACHE_H
#define FEATURES_VECTOR_CACHE_H

#include "line_vectors.h"

/* What the vectors depend on beside the line. For reading, model NULL and max_bytes 0 accept any. */
struct vector_source {
    const char *model;
    int64_t dimensions, max_bytes;
};

struct vector_cache; /* open for adding */

/* Whether the file begins like one. Local. */
bool vector_cache_is(const char *path);
/* Finds what it can of the vectors still missing. An absent or empty file has none; one of another source is an error.
 * Local. */
MUST_CHECK bool vector_cache_read(const char *path, const struct vector_source *source, struct line_vectors *vectors,
                                  struct error *err);
/* Opens or makes it, waiting for another run that adds. Local, on one rank. */
MUST_CHECK bool vector_cache_open(const char *path, const struct vector_source *source, struct vector_cache **out,
                                  struct error *err);
void vector_cache_close(struct vector_cache *cache); /* NULL-safe */
/* Whether the line was in it when it was opened. */
bool vector_cache_has(const struct vector_cache *cache, struct hash128 key);
/* Adds key[n] and vector[n * dimensions] as one block. n <= VECTOR_CACHE_BLOCK. */
enum { VECTOR_CACHE_BLOCK = 1 << 16 };
MUST_CHECK bool vector_cache_add(struct vector_cache *cache, const struct hash128 *key, const float *vector, size_t n,
                                 struct error *err);
MUST_CHECK bool vector_cache_sync(struct vector_cache *cache, struct error *err);

#endif
