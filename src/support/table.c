#include "support/table.h"

#include "support/memory.h"

#include <stdlib.h>

/* The key 0,0 marks an empty slot; that key itself lives outside the slots. */
struct slot {
    struct hash128 key;
    uint64_t value;
};

struct table {
    struct slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;       /* keys in slots */
    bool has_zero;
    uint64_t zero_value;
};

/* Large tables are looked up all over, so they gain most from huge pages. */
static size_t mapped_size(size_t n_slots)
{
    if (n_slots > SIZE_MAX / 2 / sizeof(struct slot))
        out_of_memory(SIZE_MAX);
    size_t bytes = n_slots * sizeof(struct slot);
    return bytes < HUGE_PAGE ? 0 : (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

static struct slot *slots_new(size_t n_slots)
{
    size_t mapped = mapped_size(n_slots);
    return mapped ? pages_map(mapped) : heap_zalloc(n_slots, sizeof(struct slot));
}

static void slots_free(struct slot *slots, size_t n_slots)
{
    size_t mapped = mapped_size(n_slots);
    if (mapped)
        pages_unmap(slots, mapped);
    else
        free(slots);
}

static bool is_zero(struct hash128 key)
{
    return (key.hi | key.lo) == 0;
}

struct table *table_new(size_t expected)
{
    size_t n_slots = 16;
    while (n_slots / 4 * 3 < expected && n_slots <= SIZE_MAX / 2)
        n_slots *= 2;
    struct table *table = heap_zalloc(1, sizeof(*table));
    table->n_slots = n_slots;
    table->slots = slots_new(n_slots);
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    slots_free(table->slots, table->n_slots);
    free(table);
}

void table_clear(struct table *table)
{
    memset(table->slots, 0, table->n_slots * sizeof(struct slot));
    table->n = 0;
    table->has_zero = false;
}

size_t table_count(const struct table *table)
{
    return table->n + (table->has_zero ? 1 : 0);
}

/* The slot of the key, or the empty one where it belongs. Keys of one rank often share high or low bits, since those
 * chose the rank, so both halves are stirred together. */
static struct slot *find(const struct table *table, struct hash128 key)
{
    uint64_t stirred = key.hi + key.lo * 0x9E3779B97F4A7C15u;
    size_t mask = table->n_slots - 1;
    size_t i = (size_t)(stirred ^ stirred >> 32) & mask;
    while (!is_zero(table->slots[i].key) && !hash128_equal(table->slots[i].key, key))
        i = (i + 1) & mask;
    return &table->slots[i];
}

static void grow(struct table *table)
{
    struct slot *old = table->slots;
    size_t n_old = table->n_slots;
    table->n_slots *= 2;
    table->slots = slots_new(table->n_slots);
    for (size_t i = 0; i < n_old; i++) {
        if (!is_zero(old[i].key))
            *find(table, old[i].key) = old[i];
    }
    slots_free(old, n_old);
}

uint64_t *table_put(struct table *table, struct hash128 key, bool *is_new)
{
    if (is_zero(key)) {
        *is_new = !table->has_zero;
        if (*is_new)
            table->zero_value = 0;
        table->has_zero = true;
        return &table->zero_value;
    }
    struct slot *slot = find(table, key);
    *is_new = is_zero(slot->key);
    if (*is_new) {
        if (table->n + 1 > table->n_slots / 4 * 3) {
            grow(table);
            slot = find(table, key);
        }
        *slot = (struct slot){key, 0};
        table->n++;
    }
    return &slot->value;
}

const uint64_t *table_get(const struct table *table, struct hash128 key)
{
    if (is_zero(key))
        return table->has_zero ? &table->zero_value : NULL;
    const struct slot *slot = find(table, key);
    return is_zero(slot->key) ? NULL : &slot->value;
}

bool table_next(const struct table *table, size_t *at, struct hash128 *key)
{
    if (*at == 0 && table->has_zero) {
        *key = (struct hash128){0, 0};
        *at = 1;
        return true;
    }
    /* place 0 is that of the key 0,0; slot i has place i + 1 */
    for (size_t i = *at == 0 ? 0 : *at - 1; i < table->n_slots; i++) {
        if (is_zero(table->slots[i].key))
            continue;
        *key = table->slots[i].key;
        *at = i + 2;
        return true;
    }
    return false;
}
