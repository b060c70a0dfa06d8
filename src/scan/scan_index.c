/* 64 bytes a step become four bit masks; quotes that an odd run of backslashes escapes are removed by carry arithmetic,
 * as in Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019). All versions build the same masks. */
#include "scan_private.h"
#include "support/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* odd: control characters and bytes above 0x7F, which are one comparison of signed bytes. */
struct masks {
    uint64_t quote, backslash, newline, odd;
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

static void set_bit(uint64_t *bits, size_t block)
{
    bits[block / 64] |= UINT64_C(1) << (block % 64);
}

/* A block's bytes above 0x7F. */
static uint64_t high_bytes(const char *block)
{
    uint64_t high = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t x = 0;
        for (int k = 0; k < 8; k++)
            x |= (uint64_t)((unsigned char)block[8 * i + k] >> 7) << k;
        high |= x << (8 * i);
    }
    return high;
}

/* A return before a newline is no doubt. */
static __attribute__((noinline)) void look_closer(const char *p, size_t n, size_t base, const char *block, uint64_t odd,
                                                  struct scan_index *index)
{
    uint64_t high = high_bytes(block), control = odd & ~high;
    if (high != 0)
        set_bit(index->high, base / SCAN_BLOCK);
    for (; control != 0; control &= control - 1) {
        size_t i = base + (size_t)__builtin_ctzll(control);
        if (p[i] != '\r' || i + 1 >= n || p[i + 1] != '\n')
            set_bit(index->doubt, base / SCAN_BLOCK);
    }
}

/* Where the next places go, in registers. carry: 1 if the next block's first byte is escaped. */
struct cursor {
    uint32_t *quote, *newline;
    uint64_t *backslash;
    uint64_t carry;
};

/* What a block says of all but quotes; its quotes that are not escaped. */
static inline __attribute__((always_inline)) uint64_t take(const char *p, size_t n, size_t base, const char *block,
                                                           struct masks m, struct cursor *c, struct scan_index *index)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    uint64_t escaped = c->carry;
    *c->backslash++ = m.backslash;
    if (m.backslash != 0) {
        uint64_t starts = m.backslash & ~c->carry;
        uint64_t follows = starts << 1 | c->carry;
        uint64_t odd_starts = starts & ~even & ~follows;
        unsigned long long sum;
        c->carry = __builtin_uaddll_overflow(odd_starts, starts, &sum);
        escaped = (even ^ ((uint64_t)sum << 1)) & follows;
    } else {
        c->carry = 0;
    }
    uint64_t rest = escaped & ~(m.quote | m.backslash), odd = m.odd & ~m.newline, newline = m.newline;
    if (rest != 0 && !escapes_valid(p, n, base, rest))
        set_bit(index->doubt, base / SCAN_BLOCK);
    if (odd != 0)
        look_closer(p, n, base, block, odd, index);
    /* The first without a branch: most blocks have one or none. */
    *c->newline = (uint32_t)base + (uint32_t)__builtin_ctzll(newline | UINT64_C(1) << 63);
    c->newline += newline != 0;
    for (newline &= newline - 1; newline != 0; newline &= newline - 1)
        *c->newline++ = (uint32_t)base + (uint32_t)__builtin_ctzll(newline);
    return m.quote & ~escaped;
}

/* Eight a step, some of them too many: a loop that ends exactly is mispredicted once a block. */
static inline __attribute__((always_inline)) void put_places(uint64_t quotes, size_t base, struct cursor *c)
{
    uint32_t *place = c->quote;
    c->quote += __builtin_popcountll(quotes);
    while (quotes != 0) {
        for (int i = 0; i < 8; i++) {
            place[i] = (uint32_t)base + (uint32_t)__builtin_ctzll(quotes | UINT64_C(1) << 63);
            quotes &= quotes - 1;
        }
        place += 8;
    }
}

/* The loop of every version. The last block is looked at as if spaces followed. */
#define INDEX_LOOP(block_masks, put)                                                                                   \
    struct cursor c = {index->quote, index->newline, index->backslash, 0};                                             \
    const uint32_t *last_quote = c.quote + index->max_quotes, *last_newline = c.newline + index->max_newlines;         \
    size_t base = 0;                                                                                                   \
    for (; n - base >= SCAN_BLOCK && c.quote < last_quote && c.newline <= last_newline; base += SCAN_BLOCK)            \
        put(take(p, n, base, p + base, block_masks(p + base), &c, index), base, &c);                                   \
    if (base < n && n - base < SCAN_BLOCK && c.quote < last_quote && c.newline <= last_newline) {                      \
        char last[SCAN_BLOCK];                                                                                         \
        memset(last, ' ', sizeof last);                                                                                \
        memcpy(last, p + base, n - base);                                                                              \
        put(take(p, n, base, last, block_masks(last), &c, index), base, &c);                                           \
        base = n;                                                                                                      \
    }                                                                                                                  \
    index->n = base;                                                                                                   \
    index->n_quotes = (size_t)(c.quote - index->quote);                                                                \
    index->n_newlines = (size_t)(c.newline - index->newline)

static void start(size_t n, struct scan_index *index)
{
    size_t blocks = (n + SCAN_BLOCK - 1) / SCAN_BLOCK, words = blocks / 64 + 2;
    memset(index->doubt, 0, words * sizeof *index->doubt);
    memset(index->high, 0, words * sizeof *index->high);
    index->n = index->n_quotes = index->n_newlines = 0;
}

static void end(struct scan_index *index)
{
    index->quote[index->n_quotes] = index->quote[index->n_quotes + 1] = UINT32_MAX;
    index->backslash[(index->n + SCAN_BLOCK - 1) / SCAN_BLOCK] = 0;
}

bool scan_index_sound(const struct scan_index *index, const char *p, size_t from, size_t to)
{
    size_t first = from / SCAN_BLOCK, behind = (to + SCAN_BLOCK - 1) / SCAN_BLOCK;
    if (scan_any_bit(index->doubt, first, behind))
        return false;
    return !scan_any_bit(index->high, first, behind) || utf8_valid(p + from, to - from);
}

#if defined(__x86_64__)

static inline __attribute__((always_inline)) struct masks masks_sse2(const char *p)
{
    struct masks m = {0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        m.quote |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('"'))) << (16 * i);
        m.backslash |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))) << (16 * i);
        m.newline |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))) << (16 * i);
        m.odd |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpgt_epi8(_mm_set1_epi8(0x20), v)) << (16 * i);
    }
    return m;
}

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline __attribute__((always_inline)) struct masks masks_avx2(const char *p)
{
    struct masks m = {0, 0, 0, 0};
    for (int i = 0; i < 2; i++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * i));
        m.quote |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'))) << (32 * i);
        m.backslash |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')))
                       << (32 * i);
        m.newline |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n'))) << (32 * i);
        m.odd |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v)) << (32 * i);
    }
    return m;
}

#define AVX512 __attribute__((target("avx512bw,avx512vbmi2,bmi,popcnt")))

AVX512 static inline __attribute__((always_inline)) struct masks masks_avx512(const char *p)
{
    __m512i v = _mm512_loadu_si512((const void *)p);
    return (struct masks){
        _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')), _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')),
        _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')), _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8(0x20))};
}

/* All at once: the numbers of the bits, squeezed together. */
AVX512 static inline __attribute__((always_inline)) void put_avx512(uint64_t quotes, size_t base, struct cursor *c)
{
    static const _Alignas(64) uint8_t numbers[SCAN_BLOCK] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i bits = _mm512_maskz_compress_epi8(quotes, _mm512_load_si512((const void *)numbers));
    __m512i start_of = _mm512_set1_epi32((int)base);
    uint32_t *place = c->quote;
    size_t n = (size_t)__builtin_popcountll(quotes);
    _mm512_storeu_si512((void *)place, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(bits)), start_of));
    if (n > 16) {
        _mm512_storeu_si512((void *)(place + 16),
                            _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bits, 1)), start_of));
        _mm512_storeu_si512((void *)(place + 32),
                            _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bits, 2)), start_of));
        _mm512_storeu_si512((void *)(place + 48),
                            _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bits, 3)), start_of));
    }
    c->quote += n;
}

static void index_sse2(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_sse2, put_places);
}

AVX2 static void index_avx2(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_avx2, put_places);
}

AVX512 static void index_avx512(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_avx512, put_avx512);
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2") && has_avx2();
}

void scan_index(const char *p, size_t n, struct scan_index *index)
{
    start(n, index);
    if (has_avx512())
        index_avx512(p, n, index);
    else if (has_avx2())
        index_avx2(p, n, index);
    else
        index_sse2(p, n, index);
    end(index);
}

#else

static inline struct masks masks_plain(const char *p)
{
    struct masks m = {0, 0, 0, 0};
    for (int i = 0; i < SCAN_BLOCK; i++) {
        unsigned char c = (unsigned char)p[i];
        m.quote |= (uint64_t)(c == '"') << i;
        m.backslash |= (uint64_t)(c == '\\') << i;
        m.newline |= (uint64_t)(c == '\n') << i;
        m.odd |= (uint64_t)(c < 0x20 || c >= 0x80) << i;
    }
    return m;
}

static void index_plain(const char *p, size_t n, struct scan_index *index)
{
    INDEX_LOOP(masks_plain, put_places);
}

void scan_index(const char *p, size_t n, struct scan_index *index)
{
    start(n, index);
    index_plain(p, n, index);
    end(index);
}

#endif
