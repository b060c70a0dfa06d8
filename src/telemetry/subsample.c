#include "subsample.h"

#include "comm/reduce.h"

enum { DIGIT_BITS = 8, DIGIT_VALUES = 1 << DIGIT_BITS };

/* Not what the parts of an input are dealt by: a sample of a part is a sample of it. */
static uint64_t key_of(const struct unique_line *line, uint64_t seed)
{
    return hash_mix(hash_mix(seed ^ line->hash.hi) + line->hash.lo);
}

/* The k-th lowest of all ranks' keys, 1 <= k <= their number, digit by digit; *k becomes its place among its equals. */
static uint64_t kth_lowest(const struct comm *comm, const uint64_t *key, size_t n, int64_t *k)
{
    uint64_t prefix = 0, known = 0;
    for (int shift = 64 - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
        int64_t count[DIGIT_VALUES] = {0};
        for (size_t i = 0; i < n; i++) {
            if ((key[i] & known) == prefix)
                count[(key[i] >> shift) & (DIGIT_VALUES - 1)]++;
        }
        reduce_sum_i64(comm, count, DIGIT_VALUES);
        uint64_t digit = 0;
        while (*k > count[digit])
            *k -= count[digit++];
        prefix |= digit << shift;
        known |= (uint64_t)(DIGIT_VALUES - 1) << shift;
    }
    return prefix;
}

void subsample(const struct comm *comm, struct unique *unique, uint64_t seed, int64_t k, struct arena *scratch)
{
    struct arena_mark mark = arena_mark(scratch);
    size_t n_all = unique_count(unique), n = 0;
    uint64_t *key = ARENA_ARRAY(scratch, uint64_t, n_all);
    for (size_t i = 0; i < n_all; i++) {
        const struct unique_line *line = unique_line(unique, i);
        if (line->kept)
            key[n++] = key_of(line, seed);
    }
    int64_t n_global = (int64_t)n;
    reduce_sum_i64(comm, &n_global, 1);
    if (k >= n_global) {
        arena_release(scratch, mark);
        return;
    }
    uint64_t last = kth_lowest(comm, key, n, &k);
    n = 0;
    for (size_t i = 0; i < n_all; i++) {
        const struct unique_line *line = unique_line(unique, i);
        if (line->kept && key_of(line, seed) == last)
            key[n++] = (uint64_t)line->row;
    }
    uint64_t last_row = kth_lowest(comm, key, n, &k); /* rows differ */
    for (size_t i = 0; i < n_all; i++) {
        struct unique_line *line = unique_line(unique, i);
        uint64_t own = key_of(line, seed);
        line->kept = line->kept && (own < last || (own == last && (uint64_t)line->row <= last_row));
    }
    arena_release(scratch, mark);
}
