#include "csv_walk.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* Three delimiters, alike once it is known which one it is. */
struct stops {
    char delimiter[3];
    bool one;
};

static struct stops stops_of(char delimiter)
{
    if (delimiter == '\0')
        return (struct stops){{',', ';', '\t'}, false};
    return (struct stops){{delimiter, delimiter, delimiter}, true};
}

#if defined(__x86_64__)

INLINE struct csv_masks block_sse2(const struct stops *stops, const char *p)
{
    struct csv_masks m = {0, 0, 0};
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i stop =
            _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(v, _mm_set1_epi8(stops->delimiter[0])));
        for (int k = 1; k < 3 && !stops->one; k++)
            stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8(stops->delimiter[k])));
        m.quote |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('"'))) << (16 * i);
        m.stop |= (uint64_t)(uint16_t)_mm_movemask_epi8(stop) << (16 * i);
        m.high |= (uint64_t)(uint16_t)_mm_movemask_epi8(v) << (16 * i);
    }
    return m;
}

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 INLINE struct csv_masks block_avx2(const struct stops *stops, const char *p)
{
    struct csv_masks m = {0, 0, 0};
    for (int i = 0; i < 2; i++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * i));
        __m256i stop = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')),
                                       _mm256_cmpeq_epi8(v, _mm256_set1_epi8(stops->delimiter[0])));
        for (int k = 1; k < 3 && !stops->one; k++)
            stop = _mm256_or_si256(stop, _mm256_cmpeq_epi8(v, _mm256_set1_epi8(stops->delimiter[k])));
        m.quote |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'))) << (32 * i);
        m.stop |= (uint64_t)(uint32_t)_mm256_movemask_epi8(stop) << (32 * i);
        m.high |= (uint64_t)(uint32_t)_mm256_movemask_epi8(v) << (32 * i);
    }
    return m;
}

#else

INLINE struct csv_masks block_sse2(const struct stops *stops, const char *p)
{
    struct csv_masks m = {0, 0, 0};
    for (int i = 0; i < CSV_BLOCK; i++) {
        bool stop =
            p[i] == '\n' || p[i] == stops->delimiter[0] || p[i] == stops->delimiter[1] || p[i] == stops->delimiter[2];
        m.quote |= (uint64_t)(p[i] == '"') << i;
        m.stop |= (uint64_t)stop << i;
        m.high |= (uint64_t)((unsigned char)p[i] >= 0x80) << i;
    }
    return m;
}

#endif

/* Of a block's first bytes, as if spaces followed. */
#define MASKS(block, stops, p, n, out)                                                                                 \
    do {                                                                                                               \
        if ((n) >= CSV_BLOCK) {                                                                                        \
            (out) = block(stops, p);                                                                                   \
        } else {                                                                                                       \
            char last[CSV_BLOCK];                                                                                      \
            memset(last, ' ', sizeof last);                                                                            \
            memcpy(last, p, n);                                                                                        \
            (out) = block(stops, last);                                                                                \
        }                                                                                                              \
    } while (0)

struct csv_masks csv_masks(char delimiter, const char *p, size_t n)
{
    struct stops stops = stops_of(delimiter);
    struct csv_masks m;
    MASKS(block_sse2, &stops, p, n, m);
    return m;
}

struct cursor {
    const struct csv_shape *shape;
    const char *p;
    size_t n;
    bool at_end;
    size_t column, start; /* of the cell */
    size_t close;         /* its closing quote; 0: none */
    size_t skip;          /* the second of two quotes, which is looked at with the first */
    size_t first_line;    /* bytes of the row's first line, if it spans more; else 0 */
    bool quoted;
};

enum step { STEP_ON, STEP_WAIT, STEP_WRONG };

/* A quote in a cell that began with one: what follows tells whether it closes the cell. */
INLINE enum step closing(struct cursor *c, size_t i)
{
    char behind = i + 1 < c->n ? c->p[i + 1] : '\n';
    if (i + 1 == c->n && !c->at_end)
        return STEP_WAIT;
    if (behind == '"') {
        c->skip = i + 1;
        return STEP_ON;
    }
    if (behind == '\r') {
        if (i + 2 == c->n && !c->at_end)
            return STEP_WAIT;
        behind = i + 2 < c->n && c->p[i + 2] != '\n' ? '\r' : '\n';
    }
    char delimiter = c->shape->delimiter;
    bool ends =
        behind == '\n' || (delimiter != '\0' ? behind == delimiter : behind == ',' || behind == ';' || behind == '\t');
    c->quoted = false;
    c->close = i;
    return ends ? STEP_ON : STEP_WRONG;
}

INLINE void end_cell(struct cursor *c, size_t i, bool ends_row, struct str *cell)
{
    if (c->column < c->shape->n_columns && c->shape->slot != NULL && c->shape->slot[c->column] != CSV_NO_SLOT) {
        size_t end = i - (ends_row && i > c->start && c->p[i - 1] == '\r');
        if (c->close > 0)
            end = c->close > c->start + 1 ? c->close : c->start;
        cell[c->shape->slot[c->column]] = (struct str){c->p + c->start, end - c->start};
    }
    c->column++;
    c->start = i + 1;
    c->close = 0;
}

/* The row's first line alone. Read by itself it has the same reason. */
static bool first_line(const struct cursor *c, struct csv_row *row)
{
    size_t from = c->first_line > 0 ? c->first_line - 1 : 0;
    const char *end = memchr(c->p + from, '\n', c->n - from);
    bool text = c->first_line == 0 && !c->quoted;
    row->reason = text ? "text behind the closing quote of a field" : "a quoted field without an end";
    row->length = end != NULL ? (size_t)(end - c->p) + 1 : c->n;
    return end != NULL || c->at_end;
}

static bool end_row(const struct cursor *c, size_t length, struct csv_row *row)
{
    size_t want = c->shape->n_columns;
    row->length = length;
    row->reason = NULL;
    if (want == 0 || c->column == want)
        return true;
    if (c->first_line > 0)
        return first_line(c, row);
    row->reason = c->column < want ? "fewer fields than the first row" : "more fields than the first row";
    return true;
}

#define WALK(block)                                                                                                    \
    struct cursor c = {shape, p, n, at_end, 0, 0, 0, SIZE_MAX, 0, false};                                              \
    const struct stops stops = stops_of(shape->delimiter);                                                             \
    row->high = false;                                                                                                 \
    for (size_t base = 0; base < n; base += CSV_BLOCK) {                                                               \
        struct csv_masks m;                                                                                            \
        MASKS(block, &stops, p + base, n - base, m);                                                                   \
        row->high |= m.high != 0;                                                                                      \
        for (uint64_t bits = m.quote | m.stop; bits != 0; bits &= bits - 1) {                                          \
            size_t i = base + (size_t)__builtin_ctzll(bits);                                                           \
            char byte = p[i];                                                                                          \
            if (c.quoted) {                                                                                            \
                enum step step = STEP_ON;                                                                              \
                if (byte == '"' && i != c.skip)                                                                        \
                    step = closing(&c, i);                                                                             \
                else if (byte == '\n' && c.first_line == 0)                                                            \
                    c.first_line = i + 1;                                                                              \
                if (step != STEP_ON)                                                                                   \
                    return step == STEP_WRONG && first_line(&c, row);                                                  \
            } else if (byte == '"') {                                                                                  \
                c.quoted = i == c.start; /* else a quote of the text */                                                \
            } else {                                                                                                   \
                end_cell(&c, i, byte == '\n', cell);                                                                   \
                if (byte == '\n')                                                                                      \
                    return end_row(&c, i + 1, row);                                                                    \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    if (!at_end)                                                                                                       \
        return false;                                                                                                  \
    if (c.quoted)                                                                                                      \
        return first_line(&c, row);                                                                                    \
    end_cell(&c, n, true, cell);                                                                                       \
    return end_row(&c, n, row)

static bool walk_sse2(const struct csv_shape *shape, const char *p, size_t n, bool at_end, struct csv_row *row,
                      struct str *cell)
{
    WALK(block_sse2);
}

#if defined(__x86_64__)

AVX2 static bool walk_avx2(const struct csv_shape *shape, const char *p, size_t n, bool at_end, struct csv_row *row,
                           struct str *cell)
{
    WALK(block_avx2);
}

bool csv_walk(const struct csv_shape *shape, const char *p, size_t n, bool at_end, struct csv_row *row,
              struct str *cell)
{
    bool newer = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
    return newer ? walk_avx2(shape, p, n, at_end, row, cell) : walk_sse2(shape, p, n, at_end, row, cell);
}

#else

bool csv_walk(const struct csv_shape *shape, const char *p, size_t n, bool at_end, struct csv_row *row,
              struct str *cell)
{
    return walk_sse2(shape, p, n, at_end, row, cell);
}

#endif

bool csv_next_cell(char delimiter, struct str *rest, struct str *cell, bool *last)
{
    struct str s = *rest;
    size_t i = 0;
    if (s.n > 0 && s.p[0] == '"') {
        for (i = 1; i < s.n && (s.p[i] != '"' || (i + 1 < s.n && s.p[i + 1] == '"')); i++)
            i += s.p[i] == '"';
        if (i >= s.n || (i + 1 < s.n && s.p[i + 1] != delimiter))
            return false;
        *cell = (struct str){s.p, i > 1 ? i : 0};
        i++;
    } else {
        const char *end = s.n > 0 ? memchr(s.p, delimiter, s.n) : NULL;
        i = end != NULL ? (size_t)(end - s.p) : s.n;
        *cell = (struct str){s.p, i};
    }
    *last = i == s.n;
    *rest = (struct str){s.p + i + !*last, s.n - i - !*last};
    return true;
}

struct str csv_decode(struct str cell, struct arena *arena)
{
    if (cell.n == 0 || cell.p[0] != '"')
        return cell;
    struct str inner = {cell.p + 1, cell.n - 1};
    if (memchr(inner.p, '"', inner.n) == NULL)
        return inner;
    char *out = arena_bytes(arena, inner.n);
    size_t n = 0;
    for (size_t i = 0; i < inner.n; i++) {
        out[n++] = inner.p[i];
        i += inner.p[i] == '"';
    }
    return (struct str){out, n};
}
