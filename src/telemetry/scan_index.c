/* 64 bytes a step become four bit masks; quotes that an odd run of backslashes escapes are removed by carry arithmetic,
 * as in Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019). All versions build the same masks. */
#include "scan_private.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct masks {
    uint64_t quote, backslash, control, high;
};

struct state {
    uint64_t carry; /* 1 if the first byte of the next block is escaped */
    uint64_t high;  /* any byte above 0x7F */
    bool understood;
};

/* Escapes other than \" and \\ are looked at one by one. */
static bool escapes_valid(const char *p, size_t n, size_t base, uint64_t rest)
{
    while (rest != 0) {
        size_t i = base + (size_t)__builtin_ctzll(rest);
        if (i >= n || scan_escape(p + i - 1, n - (i - 1)) == 0)
            return false;
        rest &= rest - 1;
    }
    return true;
}

static inline __attribute__((always_inline)) void take(const char *p, size_t n, size_t base, struct masks m,
                                                       struct state *s, struct scan_index *index)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    uint64_t escaped = s->carry;
    if (m.backslash != 0) {
        uint64_t starts = m.backslash & ~s->carry;
        uint64_t follows = starts << 1 | s->carry;
        uint64_t odd_starts = starts & ~even & ~follows;
        unsigned long long sum;
        s->carry = __builtin_uaddll_overflow(odd_starts, starts, &sum);
        escaped = (even ^ ((uint64_t)sum << 1)) & follows;
        index->any_backslash = true;
    } else {
        s->carry = 0;
    }
    index->backslash[base / SCAN_BLOCK] = m.backslash;
    uint64_t rest = escaped & ~(m.quote | m.backslash);
    s->understood = s->understood && m.control == 0 && escapes_valid(p, n, base, rest);
    s->high |= m.high;
    uint64_t quotes = m.quote & ~escaped;
    uint16_t *place = index->quote + index->n_quotes;
    index->n_quotes += (size_t)__builtin_popcountll(quotes);
    /* Eight a step, some of them too many: a loop that ends exactly is mispredicted once a block. */
    while (quotes != 0) {
        for (int i = 0; i < 8; i++) {
            place[i] = (uint16_t)(base + (quotes != 0 ? (size_t)__builtin_ctzll(quotes) : 0));
            quotes &= quotes - 1;
        }
        place += 8;
    }
}

/* The loop of every version; the last block is filled up with spaces. */
#define INDEX_LOOP(block_masks)                                                                                        \
    struct state s = {0, 0, true};                                                                                     \
    size_t base = 0;                                                                                                   \
    for (; n - base >= SCAN_BLOCK && s.understood && index->n_quotes < SCAN_MAX_QUOTES; base += SCAN_BLOCK)            \
        take(p, n, base, block_masks(p + base), &s, index);                                                            \
    if (!s.understood || index->n_quotes >= SCAN_MAX_QUOTES)                                                           \
        return false;                                                                                                  \
    if (base < n) {                                                                                                    \
        char last[SCAN_BLOCK];                                                                                         \
        memset(last, ' ', sizeof last);                                                                                \
        memcpy(last, p + base, n - base);                                                                              \
        take(p, n, base, block_masks(last), &s, index);                                                                \
    }                                                                                                                  \
    return s.understood && index->n_quotes < SCAN_MAX_QUOTES && (s.high == 0 || scan_utf8_valid(p, n))

#if defined(__x86_64__)

static inline __attribute__((always_inline)) struct masks masks_sse2(const char *p)
{
    struct masks m = {0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
        m.quote |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('"'))) << (16 * i);
        m.backslash |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))) << (16 * i);
        m.control |= (uint64_t)(uint16_t)_mm_movemask_epi8(low) << (16 * i);
        m.high |= (uint64_t)(uint16_t)_mm_movemask_epi8(v) << (16 * i);
    }
    return m;
}

__attribute__((target("avx2,bmi,popcnt"))) static inline __attribute__((always_inline)) struct masks
masks_avx2(const char *p)
{
    struct masks m = {0, 0, 0, 0};
    for (int i = 0; i < 2; i++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * i));
        __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1F)), v);
        m.quote |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'))) << (32 * i);
        m.backslash |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')))
                       << (32 * i);
        m.control |= (uint64_t)(uint32_t)_mm256_movemask_epi8(low) << (32 * i);
        m.high |= (uint64_t)(uint32_t)_mm256_movemask_epi8(v) << (32 * i);
    }
    return m;
}

__attribute__((target("avx512bw,bmi,popcnt"))) static inline __attribute__((always_inline)) struct masks
masks_avx512(const char *p)
{
    __m512i v = _mm512_loadu_si512((const void *)p);
    return (struct masks){_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')),
                          _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')),
                          _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20)), _mm512_movepi8_mask(v)};
}

static bool index_sse2(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_sse2);
}

__attribute__((target("avx2,bmi,popcnt"))) static bool index_avx2(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_avx2);
}

__attribute__((target("avx512bw,bmi,popcnt"))) static bool index_avx512(const char *p, size_t n,
                                                                        struct scan_index *index)
{
    INDEX_LOOP(masks_avx512);
}

bool scan_index(const char *p, size_t n, struct scan_index *index)
{
    index->n_quotes = 0;
    index->any_backslash = false;
    if (n > SCAN_MAX_BYTES)
        return false;
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
        return index_avx512(p, n, index);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
        return index_avx2(p, n, index);
    return index_sse2(p, n, index);
}

#else

static inline struct masks masks_plain(const char *p)
{
    struct masks m = {0, 0, 0, 0};
    for (int i = 0; i < SCAN_BLOCK; i++) {
        unsigned char c = (unsigned char)p[i];
        m.quote |= (uint64_t)(c == '"') << i;
        m.backslash |= (uint64_t)(c == '\\') << i;
        m.control |= (uint64_t)(c < 0x20) << i;
        m.high |= (uint64_t)(c >= 0x80) << i;
    }
    return m;
}

static bool index_plain(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_plain);
}

bool scan_index(const char *p, size_t n, struct scan_index *index)
{
    index->n_quotes = 0;
    index->any_backslash = false;
    return n <= SCAN_MAX_BYTES && index_plain(p, n, index);
}

#endif
