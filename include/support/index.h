/* Open-addressing map from 128-bit hashes to small numbers, made to be asked in batches: prefetch a batch of keys, then
 * find them. A slot holds 96 bits of its key. */
#ifndef SUPPORT_INDEX_H
#define SUPPORT_INDEX_H

#include "support/arena.h"
#include "support/hash.h"

struct key_slot {
    uint64_t lo;
    uint32_t tag;   /* upper half of hi */
    uint32_t value; /* 0: empty */
};

struct key_index {
    struct key_slot *slot;
    size_t n_slots, n;
};

struct key_index key_index_new(size_t expected);
void key_index_free(struct key_index *index); /* zeroed is fine */
/* Frees the index; its pages go to the arena if they are many. */
void key_index_give(struct key_index *index, struct arena *arena);
/* Makes room for so many more keys; slots then stay where they are until those are added. */
void key_index_reserve(struct key_index *index, size_t more);

/* A key's first slot grows with the key, so growing the index copies from front to back. */
static inline size_t key_index_home(const struct key_index *index, struct hash128 key)
{
    __extension__ typedef unsigned __int128 wide;
    return (size_t)(((wide)key.lo * index->n_slots) >> 64);
}

static inline void key_index_prefetch(const struct key_index *index, struct hash128 key)
{
    __builtin_prefetch(&index->slot[key_index_home(index, key)], 1);
}

/* The slot of the key, or the empty one where it belongs: see key_index_set. */
static inline struct key_slot *key_index_find(const struct key_index *index, struct hash128 key)
{
    size_t i = key_index_home(index, key);
    uint32_t tag = (uint32_t)(key.hi >> 32);
    while (index->slot[i].value != 0 && (index->slot[i].lo != key.lo || index->slot[i].tag != tag))
        i = i + 1 < index->n_slots ? i + 1 : 0;
    return &index->slot[i];
}

/* Likewise, behind a slot that was found: for who knows of a key more than 96 bits, and found them to differ. */
static inline struct key_slot *key_index_find_next(const struct key_index *index, const struct key_slot *slot,
                                                   struct hash128 key)
{
    size_t i = (size_t)(slot - index->slot);
    do
        i = i + 1 < index->n_slots ? i + 1 : 0;
    while (index->slot[i].value != 0 &&
           (index->slot[i].lo != key.lo || index->slot[i].tag != (uint32_t)(key.hi >> 32)));
    return &index->slot[i];
}

/* Fills the empty slot that was found for the key. Room must have been reserved. */
static inline void key_index_set(struct key_index *index, struct key_slot *slot, struct hash128 key, uint32_t value)
{
    *slot = (struct key_slot){key.lo, (uint32_t)(key.hi >> 32), value};
    index->n++;
}

/* Keys numbered from 0 in the order in which they first came. An index is filled this way or by key_index_set. */
#define KEY_UNKNOWN SIZE_MAX

/* A key's number; a new key gets the next one, which is what index->n was. Grows as needed; zeroed is empty. */
static inline size_t key_index_number(struct key_index *index, struct hash128 key, bool *is_new)
{
    if (index->n >= index->n_slots / 4 * 3)
        key_index_reserve(index, 1);
    struct key_slot *slot = key_index_find(index, key);
    *is_new = slot->value == 0;
    if (*is_new)
        key_index_set(index, slot, key, (uint32_t)index->n + 1);
    return slot->value - 1;
}

/* A key's number, or KEY_UNKNOWN. */
static inline size_t key_index_look(const struct key_index *index, struct hash128 key)
{
    return index->n > 0 ? (size_t)key_index_find(index, key)->value - 1 : KEY_UNKNOWN;
}

/* Room for n keys in the arena, half full by then: not to be freed, nor to grow. */
struct key_index key_index_in(struct arena *arena, size_t n);

#endif
