#include "group_counts.h"

struct group_counts group_counts_new(size_t expected, struct arena *arena)
{
    return (struct group_counts){key_index_new(expected),
                                 {.arena = arena, .record_bytes = sizeof(struct unique_group)}};
}

/* What tells a group apart: its line and its user or host. */
static struct hash128 key_of(uint32_t line, uint64_t hash)
{
    uint64_t number = (uint64_t)line + 1;
    return (struct hash128){hash_mix(hash ^ number), hash_mix(hash + hash_mix(number))};
}

void group_counts_add(struct group_counts *groups, const uint32_t *line, const uint64_t *hash, size_t n)
{
    key_index_reserve(&groups->index, n);
    for (size_t k = 0; k < n; k++)
        key_index_prefetch(&groups->index, key_of(line[k], hash[k]));
    for (size_t k = 0; k < n; k++) {
        struct hash128 key = key_of(line[k], hash[k]);
        struct key_slot *slot = key_index_find(&groups->index, key);
        if (slot->value == 0) {
            ASSERT(groups->list.n < UINT32_MAX);
            *(struct unique_group *)chunks_add(&groups->list) = (struct unique_group){hash[k], 0, line[k]};
            key_index_set(&groups->index, slot, key, (uint32_t)groups->list.n);
        }
        ((struct unique_group *)chunks_at(&groups->list, slot->value - 1))->count++;
    }
}
