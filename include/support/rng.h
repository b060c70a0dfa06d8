/* Randomness as a function: no hidden state, so the same number comes out on whichever rank asks.
 * rng_u64 is Philox4x32-10 keyed by seed, counter (stream, index) (Salmon et al., SC11). */
#ifndef SUPPORT_RNG_H
#define SUPPORT_RNG_H

#include "support/base.h"

uint64_t rng_u64(uint64_t seed, uint64_t stream, uint64_t index);
double rng_unit(uint64_t seed, uint64_t stream, uint64_t index);                    /* [0, 1), 53 bits */
uint64_t rng_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t limit); /* [0, limit), limit >= 1 */
/* A stream number for a purpose: hash of its name and up to two numbers, so streams of two purposes never meet. */
uint64_t rng_stream(const char *purpose, uint64_t a, uint64_t b);

/* A cheap sequential generator for inner loops of one owner (SplitMix64), started from a function value. */
struct rng_state {
    uint64_t state;
};
struct rng_state rng_start(uint64_t seed, uint64_t stream, uint64_t index);
uint64_t rng_next(struct rng_state *rng);
uint64_t rng_next_below(struct rng_state *rng, uint64_t limit);
double rng_next_unit(struct rng_state *rng);

#endif
