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

/* What a block says of escapes; its quotes that are not escaped. */
static inline __attribute__((always_inline)) uint64_t take(const char *p, size_t n, size_t base, struct masks m,
                                                           struct state *s, struct scan_index *index)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    uint64_t escaped = s->carry;
    index->backslash[base / SCAN_BLOCK] = m.backslash;
    if (m.backslash != 0) {
        uint64_t starts = m.backslash & ~s->carry;
        uint64_t follows = starts << 1 | s->carry;
        uint64_t odd_starts = starts & ~even & ~follows;
        unsigned long long sum;
        s->carry = __builtin_uaddll_overflow(odd_starts, starts, &sum);
        escaped = (even ^ ((uint64_t)sum << 1)) & follows;
    } else {
        s->carry = 0;
    }
    uint64_t rest = escaped & ~(m.quote | m.backslash);
    s->understood = s->understood && m.control == 0 && escapes_valid(p, n, base, rest);
    s->high |= m.high;
    return m.quote & ~escaped;
}

/* Eight a step, some of them too many: a loop that ends exactly is mispredicted once a block. */
static inline __attribute__((always_inline)) void put_places(uint64_t quotes, size_t base, struct scan_index *index)
{
    uint16_t *place = index->quote + index->n_quotes;
    index->n_quotes += (size_t)__builtin_popcountll(quotes);
    while (quotes != 0) {
        for (int i = 0; i < 8; i++) {
            place[i] = (uint16_t)(base + (quotes != 0 ? (size_t)__builtin_ctzll(quotes) : 0));
            quotes &= quotes - 1;
        }
        place += 8;
    }
}

/* The loop of every version. last_masks: of a block's first bytes, as if spaces followed. */
#define INDEX_LOOP(block_masks, last_masks, put)                                                                       \
    struct state s = {0, 0, true};                                                                                     \
    size_t base = 0;                                                                                                   \
    for (; n - base >= SCAN_BLOCK && s.understood && index->n_quotes < SCAN_MAX_QUOTES; base += SCAN_BLOCK)            \
        put(take(p, n, base, block_masks(p + base), &s, index), base, index);                                          \
    if (!s.understood || index->n_quotes >= SCAN_MAX_QUOTES)                                                           \
        return false;                                                                                                  \
    if (base < n)                                                                                                      \
        put(take(p, n, base, last_masks(p + base, n - base), &s, index), base, index);                                 \
    index->backslash[(n + SCAN_BLOCK - 1) / SCAN_BLOCK] = 0;                                                           \
    return s.understood && index->n_quotes < SCAN_MAX_QUOTES && (s.high == 0 || scan_utf8_valid(p, n))

#define LAST_MASKS(block_masks)                                                                                        \
    char last[SCAN_BLOCK];                                                                                             \
    memset(last, ' ', sizeof last);                                                                                    \
    memcpy(last, p, n);                                                                                                \
    return block_masks(last)

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

static inline struct masks last_sse2(const char *p, size_t n)
{
    LAST_MASKS(masks_sse2);
}

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline __attribute__((always_inline)) struct masks masks_avx2(const char *p)
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

AVX2 static inline struct masks last_avx2(const char *p, size_t n)
{
    LAST_MASKS(masks_avx2);
}

#define AVX512 __attribute__((target("avx512bw,avx512vbmi2,bmi,popcnt")))

AVX512 static inline __attribute__((always_inline)) struct masks masks_of(__m512i v)
{
    return (struct masks){_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')),
                          _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')),
                          _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20)), _mm512_movepi8_mask(v)};
}

AVX512 static inline __attribute__((always_inline)) struct masks masks_avx512(const char *p)
{
    return masks_of(_mm512_loadu_si512((const void *)p));
}

AVX512 static inline __attribute__((always_inline)) struct masks last_avx512(const char *p, size_t n)
{
    return masks_of(_mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), (UINT64_C(1) << n) - 1, (const void *)p));
}

/* All at once: the numbers of the bits, squeezed together. */
AVX512 static inline __attribute__((always_inline)) void put_avx512(uint64_t quotes, size_t base,
                                                                    struct scan_index *index)
{
    static const _Alignas(64) uint8_t numbers[SCAN_BLOCK] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i bits = _mm512_maskz_compress_epi8(quotes, _mm512_load_si512((const void *)numbers));
    __m512i start = _mm512_set1_epi16((short)base);
    __m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(bits));
    size_t n = (size_t)__builtin_popcountll(quotes);
    _mm512_storeu_si512((void *)(index->quote + index->n_quotes), _mm512_add_epi16(low, start));
    if (n > SCAN_BLOCK / 2) {
        __m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(bits, 1));
        _mm512_storeu_si512((void *)(index->quote + index->n_quotes + SCAN_BLOCK / 2), _mm512_add_epi16(high, start));
    }
    index->n_quotes += n;
}

static bool index_sse2(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_sse2, last_sse2, put_places);
}

AVX2 static bool index_avx2(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_avx2, last_avx2, put_places);
}

AVX512 static bool index_avx512(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_avx512, last_avx512, put_avx512);
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2") && has_avx2();
}

bool scan_index(const char *p, size_t n, struct scan_index *index)
{
    index->n_quotes = 0;
    if (n > SCAN_MAX_BYTES)
        return false;
    if (has_avx512())
        return index_avx512(p, n, index);
    return has_avx2() ? index_avx2(p, n, index) : index_sse2(p, n, index);
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

static inline struct masks last_plain(const char *p, size_t n)
{
    LAST_MASKS(masks_plain);
}

static bool index_plain(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_plain, last_plain, put_places);
}

bool scan_index(const char *p, size_t n, struct scan_index *index)
{
    index->n_quotes = 0;
    return n <= SCAN_MAX_BYTES && index_plain(p, n, index);
}

#endif
