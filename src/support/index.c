#include "support/index.h"

#include "support/memory.h"

#include <stdlib.h>

enum { LEAST_SLOTS = 1024 };

/* At most 3/4 of the slots are used. */
static size_t room_of(size_t n_slots)
{
    return n_slots / 4 * 3;
}

static size_t mapped_size(size_t n_slots)
{
    size_t bytes = n_slots * sizeof(struct key_slot);
    return bytes < HUGE_PAGE ? 0 : (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

static struct key_index with_room(size_t n)
{
    ASSERT(n <= UINT32_MAX);
    struct key_index index = {NULL, LEAST_SLOTS + n / 3 * 4, 0};
    size_t mapped = mapped_size(index.n_slots);
    index.slot = mapped > 0 ? pages_map(mapped) : heap_zalloc(index.n_slots, sizeof *index.slot);
    return index;
}

struct key_index key_index_new(size_t expected)
{
    return with_room(expected);
}

void key_index_free(struct key_index *index)
{
    size_t mapped = mapped_size(index->n_slots);
    if (mapped > 0)
        pages_unmap(index->slot, mapped);
    else
        free(index->slot);
    *index = (struct key_index){NULL, 0, 0};
}

void key_index_give(struct key_index *index, struct arena *arena)
{
    size_t mapped = mapped_size(index->n_slots);
    if (mapped == 0) {
        key_index_free(index);
        return;
    }
    arena_adopt(arena, index->slot, mapped);
    *index = (struct key_index){NULL, 0, 0};
}

void key_index_reserve(struct key_index *index, size_t more)
{
    if (index->n + more <= room_of(index->n_slots))
        return;
    struct key_index bigger = with_room(2 * room_of(index->n_slots) + more);
    for (size_t i = 0; i < index->n_slots; i++) {
        struct key_slot slot = index->slot[i];
        if (slot.value == 0)
            continue;
        struct hash128 key = {(uint64_t)slot.tag << 32, slot.lo};
        size_t at = key_index_home(&bigger, key);
        while (bigger.slot[at].value != 0) /* no search: keys may be alike, see key_index_find_next */
            at = at + 1 < bigger.n_slots ? at + 1 : 0;
        key_index_set(&bigger, &bigger.slot[at], key, slot.value);
    }
    key_index_free(index);
    *index = bigger;
}

struct key_index key_index_in(struct arena *arena, size_t n)
{
    ASSERT(n < UINT32_MAX);
    size_t n_slots = 2 * n + 4;
    return (struct key_index){ARENA_ZARRAY(arena, struct key_slot, n_slots), n_slots, 0};
}
