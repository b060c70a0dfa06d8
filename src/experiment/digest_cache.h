/* The file that remembers digests of files: one process adds at a time, what is torn or foreign is never trusted. Local
 * (one rank). */
#ifndef DIGEST_CACHE_H
#define DIGEST_CACHE_H

#include "support/arena.h"
#include "support/sha256.h"

/* What tells that a file has not changed. */
struct file_state {
    uint64_t device, inode, size;
    int64_t mtime_ns, ctime_ns;
};

struct digest_cache; /* heap-owned */

/* path NULL: nothing is remembered. Reads what is there; a file that is damaged or another's is ignored, with a
 * warning.
 */
struct digest_cache *digest_cache_open(const char *path);
void digest_cache_close(struct digest_cache *cache); /* NULL-safe */
bool digest_cache_find(const struct digest_cache *cache, const struct file_state *state, struct sha256 *out);
/* Adds n digests to the file, which is begun anew if it is damaged. A file that cannot be written is a warning: it will
 * only cost time. */
void digest_cache_add(struct digest_cache *cache, const struct file_state *state, const struct sha256 *digest,
                      size_t n);

#endif
