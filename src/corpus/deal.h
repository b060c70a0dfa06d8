/* Lines anywhere -> a set in dealt blocks. */
#ifndef CORPUS_DEAL_H
#define CORPUS_DEAL_H

#include "corpus/corpus.h"

/* Lines that are here, each with its place in the set to be made. */
struct part {
    size_t n;
    int64_t *place;
    struct str *text;
    struct hash128 *hash;
    uint8_t *y;
    int64_t *count;
    struct str **field; /* [n_fields][n] */
    size_t n_fields;    /* the same on every rank */
};

struct part part_new(size_t capacity, size_t n_fields, struct arena *arena);
/* Appends line i of a set or of a day; field[n_fields] are columns, as all of these are. */
void part_add(struct part *part, int64_t place, struct str text, struct hash128 hash, uint8_t y, int64_t count,
              struct str *const *field, size_t i);
/* Lines to the ranks that own their places, member[n_members] of comm (NULL: all ranks); places are 0 .. n_global - 1.
 * out gets the lines that are here, in the arena; its plan and its numbers are left alone. Collective. */
void part_deal(const struct comm *comm, const struct part *part, const int *member, int n_members, struct arena *arena,
               struct set *out);
/* The whole way: a set of n_global lines over all ranks, with its plan, numbers of classes and digest. Collective. */
void part_to_set(const struct comm *comm, const struct part *part, struct arena *arena, struct set *out);

#endif
