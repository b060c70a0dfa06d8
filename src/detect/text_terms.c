#include "text_terms.h"

struct hash128 hash_pair(struct hash128 outer, struct hash128 inner)
{
    struct hash128 pair[] = {outer, inner};
    return hash128((struct str){(const char *)pair, sizeof pair}, 0);
}

/* Slots for the terms of a line of that many bytes: at least twice as many, a power of two. */
static size_t slots_for(size_t bytes)
{
    size_t slots = 16;
    while (slots < 4 * bytes)
        slots *= 2;
    return slots;
}

struct terms terms_room(size_t longest, struct arena *arena)
{
    ASSERT(longest < UINT32_MAX / 8);
    return (struct terms){.room = longest,
                          .item = ARENA_ARRAY(arena, struct term, 2 * longest),
                          .slot = ARENA_ARRAY(arena, uint32_t, slots_for(longest))};
}

size_t longest_line(const struct str *line, size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++)
        longest = line[i].n > longest ? line[i].n : longest;
    return longest;
}

static void add(struct terms *terms, size_t mask, struct hash128 hash)
{
    size_t at = hash.lo & mask;
    for (; terms->slot[at] != 0; at = (at + 1) & mask) {
        struct term *term = &terms->item[terms->slot[at] - 1];
        if (hash128_equal(term->hash, hash)) {
            term->tf++;
            return;
        }
    }
    terms->item[terms->n++] = (struct term){hash, 1, NULL};
    terms->slot[at] = (uint32_t)terms->n;
}

void terms_of_line(struct terms *terms, const struct term_form *form, struct str line)
{
    ASSERT(line.n <= terms->room);
    size_t slots = slots_for(line.n);
    memset(terms->slot, 0, slots * sizeof *terms->slot);
    terms->n = 0;
    terms->length = 0;
    struct token_scan scan = token_start(form->tokenizer, line);
    struct hash128 before = {0, 0};
    struct str raw;
    for (bool first = true; token_next(&scan, &raw); first = false) {
        struct hash128 hash = token_hash(form->tokenizer, raw, form->seed);
        add(terms, slots - 1, hash);
        terms->length++;
        if (form->ngrams > 1 && !first) {
            add(terms, slots - 1, hash_pair(before, hash));
            terms->length++;
        }
        before = hash;
    }
}
