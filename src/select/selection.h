/* A selection between its days. */
#ifndef SELECT_SELECTION_H
#define SELECT_SELECTION_H

#include "select/select.h"

struct selected_day {
    struct pick *pick; /* [n] of this rank, place rising */
    size_t n, capacity;
    int64_t n_global;
};

struct selection {
    struct select_params params;
    const struct feature_set *embedding;
    const struct keyset *excluded; /* or NULL */
    struct keyset *taken;          /* canonical hashes of picks */
    struct arena *arena;
    struct selected_day *day;
    size_t n_days, capacity;
};

/* Appends a copy of the pick, its text too, to a day. */
void selected_day_add(struct selected_day *day, const struct pick *pick, struct arena *arena);

#endif
