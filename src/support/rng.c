#include "support/rng.h"

#include "support/hash.h"

__extension__ typedef unsigned __int128 wide;

/* Philox4x32-10. Counter words from low to high: stream, index. */
static uint64_t philox(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t c0 = (uint32_t)stream, c1 = (uint32_t)(stream >> 32);
    uint32_t c2 = (uint32_t)index, c3 = (uint32_t)(index >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t even = (uint64_t)c0 * 0xD2511F53u;
        uint64_t odd = (uint64_t)c2 * 0xCD9E8D57u;
        c0 = (uint32_t)(odd >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(even >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)odd;
        c3 = (uint32_t)even;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (uint64_t)c1 << 32 | c0;
}

static double to_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

/* The high half of the product. Among 2^64 equally likely bits, no result is favoured by more than limit * 2^-64. */
static uint64_t scale_below(uint64_t bits, uint64_t limit)
{
    ASSERT(limit >= 1);
    return (uint64_t)((wide)bits * limit >> 64);
}

uint64_t rng_u64(uint64_t seed, uint64_t stream, uint64_t index)
{
    return philox(seed, stream, index);
}

double rng_unit(uint64_t seed, uint64_t stream, uint64_t index)
{
    return to_unit(rng_u64(seed, stream, index));
}

uint64_t rng_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t limit)
{
    return scale_below(rng_u64(seed, stream, index), limit);
}

uint64_t rng_stream(const char *purpose, uint64_t a, uint64_t b)
{
    uint64_t parts[3] = {hash64(str_of(purpose), 0), a, b};
    return hash64((struct str){(const char *)parts, sizeof(parts)}, 0);
}

struct rng_state rng_start(uint64_t seed, uint64_t stream, uint64_t index)
{
    return (struct rng_state){rng_u64(seed, stream, index)};
}

uint64_t rng_next(struct rng_state *rng)
{
    uint64_t value = hash_mix(rng->state);
    rng->state += 0x9E3779B97F4A7C15u;
    return value;
}

uint64_t rng_next_below(struct rng_state *rng, uint64_t limit)
{
    return scale_below(rng_next(rng), limit);
}

double rng_next_unit(struct rng_state *rng)
{
    return to_unit(rng_next(rng));
}
