#include "support/hash.h"

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
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        out[i] = digits[h.hi >> (60 - 4 * i) & 15];
        out[16 + i] = digits[h.lo >> (60 - 4 * i) & 15];
    }
    out[32] = '\0';
}

bool hash128_from_hex(struct str hex, struct hash128 *out)
{
    if (hex.n != 32)
        return false;
    uint64_t half[2] = {0, 0};
    for (size_t i = 0; i < 32; i++) {
        char c = hex.p[i];
        uint64_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint64_t)(c - 'a') + 10;
        else
            return false;
        half[i / 16] = half[i / 16] << 4 | digit;
    }
    *out = (struct hash128){half[0], half[1]};
    return true;
}
