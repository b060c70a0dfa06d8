/* A set of hashes spread over ranks, each on the rank that owns it (exchange_owner): memory is divided by ranks. */
#ifndef COMM_KEYSET_H
#define COMM_KEYSET_H

#include "comm/comm.h"
#include "support/hash.h"

struct keyset; /* heap-owned */

struct keyset *keyset_new(const struct comm *comm);
void keyset_free(struct keyset *keyset); /* local; NULL-safe */
/* Adds hash[n] (any n on any rank, in rounds of bounded memory). Collective. */
void keyset_add(const struct comm *comm, struct keyset *keyset, const struct hash128 *hash, size_t n);
/* found[i]: whether hash[i] was added on any rank before this call. Collective. */
void keyset_find(const struct comm *comm, const struct keyset *keyset, const struct hash128 *hash, size_t n,
                 bool *found, struct arena *arena);
int64_t keyset_count(const struct comm *comm, const struct keyset *keyset); /* collective */
/* Order-free digest of the hashes, the same for any number of ranks. Collective. */
uint64_t keyset_digest(const struct comm *comm, const struct keyset *keyset);

#endif
