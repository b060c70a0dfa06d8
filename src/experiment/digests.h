/* SHA-256 of files' contents, each file read at most once, by all ranks together. */
#ifndef DIGESTS_H
#define DIGESTS_H

#include "ingest/catalog.h"
#include "support/sha256.h"

struct digests; /* heap-owned; the same on every rank */

/* As identity_new. */
struct digests *digests_new(const char *cache, bool hash);
void digests_free(struct digests *digests); /* NULL-safe */

/* out[n]: of the files, as SHA-256 of the digests of their chunks of DIGEST_CHUNK bytes and the size: the same for any
 * number of ranks. *known: false if some file's is not remembered and is not to be made; out is then undefined. A file
 * that was asked for before is not looked at again. Fails if a file cannot be read, is no plain file or changes all the
 * time. Collective, without any message if all n are known. */
enum { DIGEST_CHUNK = 4 << 20 };
MUST_CHECK bool digests_find(const struct comm *comm, struct digests *digests, const char *const *path, size_t n,
                             struct sha256 *out, bool *known, struct error *err);
/* The same of listed files, out[files->n], which are not looked at again but for what is hashed: a file that has
 * changed since is told so in the list. */
MUST_CHECK bool digests_of_catalog(const struct comm *comm, struct digests *digests, struct catalog *files,
                                   struct sha256 *out, bool *known, struct error *err);

#endif
