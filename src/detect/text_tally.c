#include "text_tally.h"

#include "comm/exchange.h"
#include "support/sort.h"

#include <math.h>

struct tally_entry {
    struct hash128 term;
    int64_t tf, documents;
};

struct tally {
    size_t capacity;
    struct tally_entry *item;
    struct key_index index; /* (term, tf) -> place in item */
    struct arena *arena;
};

struct tally *tally_new(struct arena *arena)
{
    struct tally *tally = ARENA_ARRAY(arena, struct tally, 1);
    *tally = (struct tally){.arena = arena};
    return tally;
}

void tally_free(struct tally *tally)
{
    key_index_free(&tally->index);
}

static void grow(struct tally *tally)
{
    tally->capacity = tally->capacity > 0 ? 2 * tally->capacity : 4096;
    struct tally_entry *item = ARENA_ARRAY(tally->arena, struct tally_entry, tally->capacity);
    if (tally->item != NULL)
        memcpy(item, tally->item, tally->capacity / 2 * sizeof *item);
    tally->item = item;
}

void tally_add(struct tally *tally, struct hash128 term, int64_t tf, int64_t documents)
{
    bool is_new;
    struct hash128 key = {term.hi, term.lo ^ hash_mix((uint64_t)tf)};
    size_t place = key_index_number(&tally->index, key, &is_new);
    if (is_new) {
        if (place == tally->capacity)
            grow(tally);
        tally->item[place] = (struct tally_entry){.term = term, .tf = tf};
    }
    tally->item[place].documents += documents;
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
    size_t n = tally->index.n;
    *out = (struct term_counts){.index = key_index_in(arena, n),
                                .term = ARENA_ARRAY(arena, struct hash128, n),
                                .count = ARENA_ARRAY(arena, struct term_count, n)};
    for (size_t i = 0; i < n; i++) {
        bool is_new;
        size_t id = key_index_number(&out->index, tally->item[i].term, &is_new);
        if (!is_new)
            continue; /* the same term with another tf */
        out->term[id] = tally->item[i].term;
        out->count[id] = count[i];
    }
}

void tally_share(const struct comm *comm, const struct tally *tally, struct arena *arena, struct term_counts *out)
{
    const size_t n = tally->index.n;
    struct arena *scratch = arena_new();
    int *dest = ARENA_ARRAY(scratch, int, n);
    for (size_t i = 0; i < n; i++)
        dest[i] = exchange_owner(tally->item[i].term.hi, comm_size(comm));
    struct exchange exchange;
    exchange_records(comm, tally->item, sizeof *tally->item, n, dest, scratch, &exchange);
    struct arrived *sorted = sort_arrived(exchange.records, exchange.n, scratch);
    struct term_count *answer = ARENA_ARRAY(scratch, struct term_count, exchange.n);
    for (size_t first = 0, end; first < exchange.n; first = end) {
        struct term_count count = sum_term(sorted, exchange.n, first, &end);
        for (size_t i = first; i < end; i++)
            answer[sorted[i].place] = count;
    }
    struct term_count *own = ARENA_ARRAY(scratch, struct term_count, n);
    exchange_reply(comm, &exchange, answer, sizeof *answer, own, scratch);
    index_terms(tally, own, arena, out);
    arena_free(scratch);
}
