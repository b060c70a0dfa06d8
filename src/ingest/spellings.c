/* Command fields as they stand in records: a slot says where the same bytes may have been met, the bytes decide. */
#include "unique_state.h"

static void prefetch_value(const struct unique *unique, uint32_t value)
{
    if (value < OTHER)
        __builtin_prefetch(unique_line(unique, value - 1), 1);
    else if (value < WAITING)
        __builtin_prefetch(chunks_at(&unique->others, value - OTHER));
}

/* In one go for the whole queue: misses of the caches and of the page tables then overlap. */
static void ask_recent(struct unique *unique)
{
    for (size_t k = 0; k < unique->n_queue; k++) {
        struct waiting *w = &unique->queue[k];
        const struct key_slot *recent = recent_slot(unique, w->key);
        bool found = recent->lo == w->key.lo && recent->tag == (uint32_t)(w->key.hi >> 32);
        w->value = found ? recent->value : 0;
        if (w->value == 0)
            key_index_prefetch(&unique->spelling, w->key);
        else
            prefetch_value(unique, w->value);
    }
}

/* Enters keys not met before with their first record's place in the queue. */
static void find_values(struct unique *unique)
{
    for (size_t k = 0; k < unique->n_queue; k++) {
        struct waiting *w = &unique->queue[k];
        if (w->value != 0)
            continue;
        struct key_slot *slot = key_index_find(&unique->spelling, w->key);
        if (slot->value == 0) {
            key_index_set(&unique->spelling, slot, w->key, WAITING + (uint32_t)k);
            w->slot = slot;
        }
        if (slot->value == FORGOTTEN)
            w->slot = slot;
        w->value = slot->value;
        prefetch_value(unique, w->value);
    }
}

static void prefetch_text(const struct unique *unique, const struct waiting *w)
{
    if (w->value >= WAITING)
        return;
    const char *p = w->value < OTHER ? unique_line(unique, w->value - 1)->text
                                     : ((const struct other *)chunks_at(&unique->others, w->value - OTHER))->p;
    for (size_t at = 0; at < min_size(w->event.command.n, MOST_PREFETCHED); at += 64)
        __builtin_prefetch(p + at);
}

/* The line of a spelling that is the record's; 0: it is not known. */
static uint32_t line_of(const struct unique *unique, const struct waiting *w)
{
    struct str text = w->event.command;
    if (w->value < OTHER) {
        const struct unique_line *line = unique_line(unique, w->value - 1);
        bool same =
            line->n == text.n && line->class_number == w->class_number && memcmp(line->text, text.p, text.n) == 0;
        return same ? w->value : 0;
    }
    if (w->value < WAITING) {
        const struct other *other = chunks_at(&unique->others, w->value - OTHER);
        bool same =
            other->n == text.n && other->class_number == w->class_number && memcmp(other->p, text.p, text.n) == 0;
        return same ? other->line : 0;
    }
    return 0;
}

/* Compares bytes. The rest is fresh, in the queue's order. */
static size_t compare(struct unique *unique, struct fresh *fresh)
{
    size_t n = 0;
    for (size_t k = 0; k < unique->n_queue; k++)
        prefetch_text(unique, &unique->queue[k]);
    for (size_t k = 0; k < unique->n_queue; k++) {
        struct waiting *w = &unique->queue[k];
        w->line = line_of(unique, w);
        if (w->line != 0)
            continue;
        const struct waiting *first =
            w->value >= WAITING && w->value != FORGOTTEN ? &unique->queue[w->value - WAITING] : w;
        if (first != w && first->kind == w->kind && str_equal(first->event.command, w->event.command))
            continue; /* settled with it */
        fresh[n++] = (struct fresh){.first = w};
    }
    return n;
}

size_t spellings_find(struct unique *unique, struct fresh *fresh)
{
    ask_recent(unique);
    find_values(unique);
    return compare(unique, fresh);
}
