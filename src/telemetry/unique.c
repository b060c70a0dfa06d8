#include "unique.h"

#include <stdlib.h>

/* Lines wait in a small queue while their slots and entries are fetched: a big table costs one cache miss after the
 * other otherwise (measured at 3.6 million keys: 24 ns a key against 320). */
enum { QUEUE = 32, BLOCK_BITS = 14, BLOCK = 1 << BLOCK_BITS, FIRST_SLOTS = 1 << 16 };

struct waiting {
    struct hash128 key;
    struct str raw;
    int64_t row;
    const struct unique_class *kind;
    uint32_t segment;
    uint8_t truth, platform;
};

/* A slot is 0 if empty, else tag (upper half: the key's upper bits) and entry number + 1. */
struct unique {
    const struct normalize *rules;
    uint64_t seed;
    struct arena *texts, *own, *scratch;
    uint64_t *slots;
    size_t n_slots, n;       /* n_slots is a power of two */
    struct unique_hot **hot; /* [n_blocks] of BLOCK entries, which never move */
    struct unique_cold **cold;
    size_t n_blocks, max_blocks;
    char *canonical;
    size_t canonical_bytes;
    struct waiting queue[QUEUE];
    size_t n_queue;
};

static uint64_t *new_slots(size_t n)
{
    uint64_t *slots = calloc(n, sizeof *slots);
    ASSERT(slots != NULL);
    return slots;
}

struct unique *unique_new(const struct normalize *rules, uint64_t seed, struct arena *texts, struct arena *own,
                          struct arena *scratch)
{
    struct unique *unique = arena_zalloc(own, 1, sizeof *unique);
    unique->own = own;
    unique->scratch = scratch;
    unique->rules = rules;
    unique->seed = seed;
    unique->texts = texts;
    unique->n_slots = FIRST_SLOTS;
    unique->slots = new_slots(unique->n_slots);
    return unique;
}

void unique_free(struct unique *unique)
{
    if (unique != NULL)
        free(unique->slots);
}

size_t unique_count(const struct unique *unique)
{
    return unique->n;
}

static struct unique_hot *hot_at(const struct unique *unique, size_t i)
{
    return &unique->hot[i >> BLOCK_BITS][i & (BLOCK - 1)];
}

static struct unique_cold *cold_at(const struct unique *unique, size_t i)
{
    return &unique->cold[i >> BLOCK_BITS][i & (BLOCK - 1)];
}

const struct unique_hot *unique_hot(const struct unique *unique, size_t i)
{
    return hot_at(unique, i);
}

const struct unique_cold *unique_cold(const struct unique *unique, size_t i)
{
    return cold_at(unique, i);
}

static size_t home(const struct unique *unique, struct hash128 key)
{
    return (size_t)key.lo & (unique->n_slots - 1);
}

static uint64_t tag_of(struct hash128 key)
{
    return key.hi >> 32 << 32;
}

static void grow_slots(struct unique *unique)
{
    free(unique->slots);
    unique->n_slots *= 2;
    unique->slots = new_slots(unique->n_slots);
    for (size_t i = 0; i < unique->n; i++) {
        struct hash128 key = hot_at(unique, i)->key;
        size_t s = home(unique, key);
        while (unique->slots[s] != 0)
            s = (s + 1) & (unique->n_slots - 1);
        unique->slots[s] = tag_of(key) | (i + 1);
    }
}

static void grow_blocks(struct unique *unique)
{
    if (unique->n_blocks == unique->max_blocks) {
        size_t max = unique->max_blocks > 0 ? 2 * unique->max_blocks : 64;
        struct unique_hot **hot = ARENA_ARRAY(unique->own, struct unique_hot *, max);
        struct unique_cold **cold = ARENA_ARRAY(unique->own, struct unique_cold *, max);
        for (size_t i = 0; i < unique->n_blocks; i++) {
            hot[i] = unique->hot[i];
            cold[i] = unique->cold[i];
        }
        unique->hot = hot;
        unique->cold = cold;
        unique->max_blocks = max;
    }
    unique->hot[unique->n_blocks] = ARENA_ARRAY(unique->own, struct unique_hot, BLOCK);
    unique->cold[unique->n_blocks] = ARENA_ARRAY(unique->own, struct unique_cold, BLOCK);
    unique->n_blocks++;
}

static char *canonical_room(struct unique *unique, size_t n)
{
    if (n > unique->canonical_bytes) {
        unique->canonical_bytes = 2 * n;
        unique->canonical = arena_bytes(unique->own, unique->canonical_bytes);
    }
    return unique->canonical;
}

/* Which of `of` equal parts of the hash space; stirred, so that it tells nothing about rank or fold. */
static int64_t part_of(struct hash128 hash, int64_t of)
{
    __extension__ typedef unsigned __int128 wide;
    return (int64_t)(((wide)hash_mix(hash.lo ^ hash.hi) * (wide)(uint64_t)of) >> 64);
}

static void add_new(struct unique *unique, const struct waiting *w, size_t slot)
{
    ASSERT(unique->n < UINT32_MAX - 1);
    size_t i = unique->n++;
    if (i >> BLOCK_BITS == unique->n_blocks)
        grow_blocks(unique);
    unique->slots[slot] = tag_of(w->key) | (i + 1);
    struct arena_mark mark = arena_mark(unique->scratch);
    struct str text = w->kind->reader->decode != NULL ? w->kind->reader->decode(w->raw, unique->scratch) : w->raw;
    ASSERT(text.n < UINT32_MAX);
    char *room = canonical_room(unique, 4 * text.n + 16);
    struct str canonical = {room, normalize_line(unique->rules, text, room)};
    struct hash128 hash = hash128(canonical, unique->seed);
    int64_t part = part_of(hash, w->kind->part_of);
    bool dropped = part < w->kind->part_from || part >= w->kind->part_to;
    *hot_at(unique, i) = (struct unique_hot){w->key, 1, 0, w->truth, w->platform, dropped};
    *cold_at(unique, i) = (struct unique_cold){hash, w->row, dropped ? NULL : arena_copy(unique->texts, text.p, text.n),
                                               w->segment, (uint32_t)text.n};
    arena_release(unique->scratch, mark);
    if (4 * unique->n > 3 * unique->n_slots)
        grow_slots(unique);
}

static void update(struct unique *unique, const struct waiting *w)
{
    uint64_t tag = tag_of(w->key);
    size_t s = home(unique, w->key);
    for (;; s = (s + 1) & (unique->n_slots - 1)) {
        uint64_t slot = unique->slots[s];
        if (slot == 0)
            break;
        if ((slot ^ tag) >> 32 != 0)
            continue;
        struct unique_hot *hot = hot_at(unique, (uint32_t)slot - 1);
        if (hash128_equal(hot->key, w->key)) {
            hot->count++;
            hot->truth = w->truth > hot->truth ? w->truth : hot->truth;
            return;
        }
    }
    add_new(unique, w, s);
}

void unique_flush(struct unique *unique)
{
    for (size_t k = 0; k < unique->n_queue; k++) {
        uint64_t slot = unique->slots[home(unique, unique->queue[k].key)];
        if (slot != 0)
            __builtin_prefetch(hot_at(unique, (uint32_t)slot - 1), 1);
    }
    for (size_t k = 0; k < unique->n_queue; k++)
        update(unique, &unique->queue[k]);
    unique->n_queue = 0;
}

void unique_add(struct unique *unique, const struct unique_class *kind, const struct event *event, uint32_t segment,
                int64_t row)
{
    struct waiting *w = &unique->queue[unique->n_queue++];
    *w = (struct waiting){hash128(event->command, kind->key_seed),
                          event->command,
                          row,
                          kind,
                          segment,
                          (uint8_t)event->truth,
                          (uint8_t)event->platform};
    __builtin_prefetch(&unique->slots[home(unique, w->key)]);
    if (unique->n_queue == QUEUE)
        unique_flush(unique);
}
