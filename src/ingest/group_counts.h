/* How often each line came with each user, or host. */
#ifndef INGEST_GROUP_COUNTS_H
#define INGEST_GROUP_COUNTS_H

#include "chunks.h"
#include "support/index.h"
#include "unique.h"

struct group_counts {
    struct key_index index;
    struct chunks list; /* of struct unique_group */
};

struct group_counts group_counts_new(size_t expected, struct arena *arena);
/* One record each of these lines and hashes of a user or host. */
void group_counts_add(struct group_counts *groups, const uint32_t *line, const uint64_t *hash, size_t n);

#endif
