#include "support/sort.h"

#include <math.h>
#include <string.h>

#define RUN           16
#define SMALL_ORDER   64
#define DIGIT_BITS    11
#define DIGIT_VALUES  (1 << DIGIT_BITS)
#define DIGITS        6
#define DIGIT(key, d) ((size_t)((key) >> ((d)*DIGIT_BITS)) & (DIGIT_VALUES - 1))

typedef int compare_fn(const void *, const void *);

static void sort_run(char *base, size_t n, size_t size, compare_fn *compare, char *held)
{
    for (size_t i = 1; i < n; i++) {
        size_t to = i;
        while (to > 0 && compare(base + (to - 1) * size, base + i * size) > 0)
            to--;
        if (to == i)
            continue;
        memcpy(held, base + i * size, size);
        memmove(base + (to + 1) * size, base + to * size, (i - to) * size);
        memcpy(base + to * size, held, size);
    }
}

/* Merges the neighbours left[n_left] and left[n_left..n_left+n_right) into out. */
static void merge(char *out, const char *left, size_t n_left, size_t n_right, size_t size, compare_fn *compare)
{
    const char *right = left + n_left * size;
    const char *left_end = right, *right_end = right + n_right * size;
    if (n_right == 0 || compare(left_end - size, right) <= 0) {
        memcpy(out, left, (n_left + n_right) * size);
        return;
    }
    while (left < left_end && right < right_end) {
        bool take_right = compare(left, right) > 0;
        memcpy(out, take_right ? right : left, size);
        out += size;
        if (take_right)
            right += size;
        else
            left += size;
    }
    size_t rest = (size_t)(left_end - left);
    memcpy(out, left, rest);
    memcpy(out + rest, right, (size_t)(right_end - right));
}

void sort_stable(void *base, size_t n, size_t size, compare_fn *compare, struct arena *arena)
{
    if (n < 2 || size == 0)
        return;
    struct arena_mark mark = arena_mark(arena);
    char *from = base, *to = arena_alloc(arena, n, size);
    for (size_t i = 0; i < n; i += RUN)
        sort_run(from + i * size, min_size(RUN, n - i), size, compare, to);
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t i = 0; i < n; i += 2 * width) {
            size_t n_left = min_size(width, n - i);
            size_t n_right = min_size(width, n - i - n_left);
            merge(to + i * size, from + i * size, n_left, n_right, size, compare);
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    if (from != base)
        memcpy(base, from, n * size);
    arena_release(arena, mark);
}

struct keyed {
    uint64_t key;
    uint32_t index;
};

static void order_small(const uint64_t *key, size_t n, uint32_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t to = i;
        for (; to > 0 && key[order[to - 1]] > key[i]; to--)
            order[to] = order[to - 1];
        order[to] = (uint32_t)i;
    }
}

/* One counting pass; false if all keys have the same digit, so that nothing would move. */
static bool radix_pass(const struct keyed *from, struct keyed *to, size_t n, int d, uint32_t *count)
{
    if (count[DIGIT(from[0].key, d)] == n)
        return false;
    uint32_t start = 0;
    for (size_t v = 0; v < DIGIT_VALUES; v++) {
        uint32_t here = count[v];
        count[v] = start;
        start += here;
    }
    for (size_t i = 0; i < n; i++)
        to[count[DIGIT(from[i].key, d)]++] = from[i];
    return true;
}

void sort_order_u64(const uint64_t *key, size_t n, uint32_t *order, struct arena *arena)
{
    ASSERT(n <= UINT32_MAX);
    if (n <= SMALL_ORDER) {
        order_small(key, n, order);
        return;
    }
    struct arena_mark mark = arena_mark(arena);
    struct keyed *from = ARENA_ARRAY(arena, struct keyed, n);
    struct keyed *to = ARENA_ARRAY(arena, struct keyed, n);
    uint32_t *count = ARENA_ZARRAY(arena, uint32_t, (size_t)DIGITS * DIGIT_VALUES);
    for (size_t i = 0; i < n; i++) {
        from[i] = (struct keyed){key[i], (uint32_t)i};
        for (int d = 0; d < DIGITS; d++)
            count[(size_t)d * DIGIT_VALUES + DIGIT(key[i], d)]++;
    }
    for (int d = 0; d < DIGITS; d++) {
        if (!radix_pass(from, to, n, d, count + (size_t)d * DIGIT_VALUES))
            continue;
        struct keyed *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = from[i].index;
    arena_release(arena, mark);
}

uint64_t sort_key_f64(double value)
{
    ASSERT(!isnan(value));
    if (value == 0)
        value = 0;
    uint64_t bits, sign = UINT64_C(1) << 63;
    memcpy(&bits, &value, sizeof(bits));
    return bits & sign ? ~bits : bits | sign;
}
