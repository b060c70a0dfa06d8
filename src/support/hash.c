#include "support/hash.h"

#include "support/ascii.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static const void *start_of(struct str bytes)
{
    return bytes.n ? bytes.p : "";
}

uint64_t hash64(struct str bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(start_of(bytes), bytes.n, seed);
}

struct hash128 hash128(struct str bytes, uint64_t seed)
{
    XXH128_hash_t h = XXH3_128bits_withSeed(start_of(bytes), bytes.n, seed);
    return (struct hash128){h.high64, h.low64};
}

/* SplitMix64 (Steele et al., OOPSLA 2014): step and finalizer. */
uint64_t hash_mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

void hash128_hex(struct hash128 h, char out[33])
{
    for (int i = 0; i < 16; i++) {
        out[i] = ascii_hex_digit((unsigned)(h.hi >> (60 - 4 * i)));
        out[16 + i] = ascii_hex_digit((unsigned)(h.lo >> (60 - 4 * i)));
    }
    out[32] = '\0';
}

bool hash128_from_hex(struct str hex, struct hash128 *out)
{
    if (hex.n != 32)
        return false;
    uint64_t half[2] = {0, 0};
    for (size_t i = 0; i < 32; i++) {
        int digit = ascii_hex(hex.p[i]);
        if (digit < 0 || ascii_upper(hex.p[i]))
            return false;
        half[i / 16] = half[i / 16] << 4 | (uint64_t)digit;
    }
    *out = (struct hash128){half[0], half[1]};
    return true;
}
