/* XXH3 hashes, seeded. Fast and stable across versions and processors; not for secrets. */
#ifndef SUPPORT_HASH_H
#define SUPPORT_HASH_H

#include "support/str.h"

struct hash128 {
    uint64_t hi, lo;
};

uint64_t hash64(struct str bytes, uint64_t seed);
struct hash128 hash128(struct str bytes, uint64_t seed);
/* Mixes one 64-bit value (bijective, good avalanche). */
uint64_t hash_mix(uint64_t x);

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

/* Total order: hi, then lo. */
static inline int hash128_compare(struct hash128 a, struct hash128 b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return (a.lo > b.lo) - (a.lo < b.lo);
}

/* 32 lower-case hex digits, zero-terminated. */
void hash128_hex(struct hash128 h, char out[33]);
bool hash128_from_hex(struct str hex, struct hash128 *out);

#endif
