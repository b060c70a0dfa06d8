#include "text_tally.h"

#include "comm/exchange.h"
#include "support/sort.h"
#include "support/table.h"

#include <math.h>

struct tally_entry {
    struct hash128 term;
    int64_t tf, documents;
};

struct tally {
    size_t n, capacity;
    struct tally_entry *item;
    struct table *index; /* (term, tf) -> place in item */
    struct arena *arena;
};

struct tally *tally_new(struct arena *arena)
{
    struct tally *tally = ARENA_ARRAY(arena, struct tally, 1);
    *tally = (struct tally){.index = table_new(0), .arena = arena};
    return tally;
}

void tally_free(struct tally *tally)
{
    table_free(tally->index);
    tally->index = NULL;
}

static void grow(struct tally *tally)
{
    tally->capacity = tally->capacity > 0 ? 2 * tally->capacity : 4096;
    struct tally_entry *item = ARENA_ARRAY(tally->arena, struct tally_entry, tally->capacity);
    if (tally->n > 0)
        memcpy(item, tally->item, tally->n * sizeof *item);
    tally->item = item;
}

void tally_add(struct tally *tally, struct hash128 term, int64_t tf, int64_t documents)
{
    bool is_new;
    struct hash128 key = {term.hi, term.lo ^ hash_mix((uint64_t)tf)};
    uint64_t *place = table_put(tally->index, key, &is_new);
    if (is_new) {
        if (tally->n == tally->capacity)
            grow(tally);
        *place = tally->n++;
        tally->item[*place] = (struct tally_entry){.term = term, .tf = tf};
    }
    tally->item[*place].documents += documents;
}

/* An entry that arrived at the owner of its term. */
struct arrived {
    struct tally_entry entry;
    uint32_t place; /* of its answer */
};

static int by_term_then_tf(const void *a, const void *b)
{
    const struct arrived *x = a, *y = b;
    int order = hash128_compare(x->entry.term, y->entry.term);
    return order != 0 ? order : (x->entry.tf > y->entry.tf) - (x->entry.tf < y->entry.tf);
}

static struct arrived *sort_arrived(const struct tally_entry *entry, size_t n, struct arena *arena)
{
    struct arrived *sorted = ARENA_ARRAY(arena, struct arrived, n);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n);
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        key[i] = entry[i].term.hi;
    sort_order_u64(key, n, order, arena);
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct arrived){entry[order[i]], order[i]};
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && sorted[end].entry.term.hi == sorted[first].entry.term.hi;)
            end++;
        if (end - first > 1)
            sort_stable(sorted + first, end - first, sizeof *sorted, by_term_then_tf, arena);
    }
    return sorted;
}

/* Counts of the term that starts at `first`; *end is where the next one starts. */
static struct term_count sum_term(const struct arrived *sorted, size_t n, size_t first, size_t *end)
{
    struct term_count count = {0};
    size_t i = first;
    while (i < n && hash128_equal(sorted[i].entry.term, sorted[first].entry.term)) {
        int64_t tf = sorted[i].entry.tf, documents = 0;
        for (; i < n && sorted[i].entry.tf == tf && hash128_equal(sorted[i].entry.term, sorted[first].entry.term); i++)
            documents += sorted[i].entry.documents;
        count.documents += documents;
        count.total += documents * tf;
        if (tf > 1)
            count.tf_log_tf += (double)documents * ((double)tf * log((double)tf));
    }
    *end = i;
    return count;
}

static void index_terms(const struct tally *tally, const struct term_count *count, struct arena *arena,
                        struct term_counts *out)
{
    *out = (struct term_counts){.mask = 15};
    ASSERT(tally->n < UINT32_MAX);
    while (out->mask < 2 * tally->n)
        out->mask = 2 * out->mask + 1;
    out->slot = ARENA_ZARRAY(arena, uint32_t, out->mask + 1);
    out->term = ARENA_ARRAY(arena, struct hash128, tally->n);
    out->count = ARENA_ARRAY(arena, struct term_count, tally->n);
    for (size_t i = 0; i < tally->n; i++) {
        struct hash128 term = tally->item[i].term;
        uint64_t at = term.lo & out->mask;
        while (out->slot[at] != 0 && !hash128_equal(out->term[out->slot[at] - 1], term))
            at = (at + 1) & out->mask;
        if (out->slot[at] != 0)
            continue; /* the same term with another tf */
        out->term[out->n] = term;
        out->count[out->n++] = count[i];
        out->slot[at] = (uint32_t)out->n;
    }
}

void tally_share(const struct comm *comm, const struct tally *tally, struct arena *arena, struct term_counts *out)
{
    struct arena *scratch = arena_new();
    int *dest = ARENA_ARRAY(scratch, int, tally->n);
    for (size_t i = 0; i < tally->n; i++)
        dest[i] = exchange_owner(tally->item[i].term.hi, comm_size(comm));
    struct exchange exchange;
    exchange_records(comm, tally->item, sizeof *tally->item, tally->n, dest, scratch, &exchange);
    struct arrived *sorted = sort_arrived(exchange.records, exchange.n, scratch);
    struct term_count *answer = ARENA_ARRAY(scratch, struct term_count, exchange.n);
    for (size_t first = 0, end; first < exchange.n; first = end) {
        struct term_count count = sum_term(sorted, exchange.n, first, &end);
        for (size_t i = first; i < end; i++)
            answer[sorted[i].place] = count;
    }
    struct term_count *own = ARENA_ARRAY(scratch, struct term_count, tally->n);
    exchange_reply(comm, &exchange, answer, sizeof *answer, own, scratch);
    index_terms(tally, own, arena, out);
    arena_free(scratch);
}

uint32_t term_find(const struct term_counts *counts, struct hash128 term)
{
    for (uint64_t at = term.lo & counts->mask; counts->slot[at] != 0; at = (at + 1) & counts->mask)
        if (hash128_equal(counts->term[counts->slot[at] - 1], term))
            return counts->slot[at] - 1;
    return TERM_UNKNOWN;
}
