/* Sums of real numbers whose result ignores order: 128-bit fixed point under a stated bound.
 * A value v with |v| <= bound is rounded once to a multiple of bound_pow2 * 2^-89, then summed as an integer.
 * Room for 2^36 additions. Adding is local; reduce.h sums accumulators over ranks. */
#ifndef SUPPORT_EXACT_H
#define SUPPORT_EXACT_H

#include "support/arena.h"
#include "support/error.h"

struct exact {
    size_t n;
    double unit;                 /* value of the lowest bit: a power of two */
    double bound;                /* the bound, rounded up to a power of two */
    __extension__ __int128 *sum; /* [n] */
    bool broken; /* a partial was not finite or broke the bound; exact_value and exact_reduce then fail */
};

/* n sums, all zero. bound > 0 and finite, the same on all ranks. */
void exact_start(struct exact *acc, size_t n, double bound, struct arena *arena);
void exact_clear(struct exact *acc);
/* partial[n] is added, one call a block: about 2 ns a number. */
void exact_add(struct exact *acc, const double *partial);
void exact_add_one(struct exact *acc, size_t i, double value);
/* Local value of the sums, out[n]. Fails if any partial was broken. */
MUST_CHECK bool exact_value(const struct exact *acc, double *out, struct error *err);

#endif
