#include "ingest/draw.h"

#include "comm/reduce.h"
#include "lines.h"

enum { DIGIT_BITS = 8, DIGIT_VALUES = 1 << DIGIT_BITS };

/* Each draw has its own stream of hashes, and none is what the parts of an input are dealt by. */
enum stream { DEAL = 1, KEEP, SAMPLE };

static uint64_t key_of(uint64_t seed, enum stream stream, struct hash128 hash)
{
    uint64_t start = hash_mix(hash_mix(seed) + (uint64_t)stream);
    return hash_mix(hash_mix(start ^ hash.hi) + hash.lo);
}

static bool is_dealt(const struct draw *draw, struct hash128 hash)
{
    __extension__ typedef unsigned __int128 wide;
    wide scaled = (wide)key_of(draw->seed, DEAL, hash) * (wide)(uint64_t)draw->deal_of;
    return draw->deal_of <= 1 || (int64_t)(scaled >> 64) == draw->deal_part;
}

static bool is_kept(const struct draw *draw, struct hash128 hash)
{
    return (double)(key_of(draw->seed, KEEP, hash) >> 11) * 0x1p-53 < draw->keep;
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

/* Leaves the k lines of list[n] with the lowest keys over all ranks, and returns how many of them are here. */
static size_t sample(const struct comm *comm, const struct lines *lines, uint64_t seed, int64_t k, size_t *list,
                     size_t n, struct arena *scratch)
{
    int64_t n_global = (int64_t)n;
    reduce_sum_i64(comm, &n_global, 1);
    if (k >= n_global)
        return n;
    uint64_t *key = ARENA_ARRAY(scratch, uint64_t, n), *row = ARENA_ARRAY(scratch, uint64_t, n);
    size_t n_equal = 0, n_kept = 0;
    for (size_t j = 0; j < n; j++)
        key[j] = key_of(seed, SAMPLE, lines->hash[list[j]]);
    uint64_t last = kth_lowest(comm, key, n, &k);
    for (size_t j = 0; j < n; j++) {
        if (key[j] == last)
            row[n_equal++] = (uint64_t)lines->row[list[j]];
    }
    uint64_t last_row = kth_lowest(comm, row, n_equal, &k); /* rows differ */
    for (size_t j = 0; j < n; j++) {
        if (key[j] < last || (key[j] == last && (uint64_t)lines->row[list[j]] <= last_row))
            list[n_kept++] = list[j];
    }
    return n_kept;
}

/* One column of groups, of the lines of list[n]. */
static void copy_groups(const size_t *at, const uint64_t *hash, const int64_t *count, const size_t *list, size_t n,
                        struct arena *arena, size_t **out_at, uint64_t **out_hash, int64_t **out_count)
{
    size_t n_groups = 0;
    for (size_t k = 0; k < n; k++)
        n_groups += at[list[k] + 1] - at[list[k]];
    *out_at = ARENA_ARRAY(arena, size_t, n + 1);
    *out_hash = ARENA_ARRAY(arena, uint64_t, n_groups);
    *out_count = ARENA_ARRAY(arena, int64_t, n_groups);
    (*out_at)[0] = 0;
    for (size_t k = 0; k < n; k++) {
        size_t from = at[list[k]], to = at[list[k] + 1], here = (*out_at)[k];
        (*out_at)[k + 1] = here + to - from;
        for (size_t g = from; g < to; g++, here++) {
            (*out_hash)[here] = hash[g];
            (*out_count)[here] = count[g];
        }
    }
}

static void copy_line(const struct lines *lines, size_t i, size_t k, struct lines *out)
{
    out->row[k] = lines->row[i];
    out->count[k] = lines->count[i];
    out->id[k] = lines->id[i];
    out->hash[k] = lines->hash[i];
    out->text[k] = lines->text[i];
    out->user[k] = lines->user[i];
    out->host[k] = lines->host[i];
    out->parent[k] = lines->parent[i];
    out->platform[k] = lines->platform[i];
    out->truth[k] = lines->truth[i];
    for (size_t f = 0; f < lines->n_fields; f++)
        out->field[f][k] = lines->field[f][i];
}

void lines_draw(const struct comm *comm, const struct lines *lines, const struct draw *draw, struct arena *arena,
                struct lines *out)
{
    struct arena *scratch = arena_new();
    size_t *list = ARENA_ARRAY(scratch, size_t, lines->n), n = 0;
    ASSERT(draw->keep >= 0 && draw->keep <= 1 && draw->subsample >= 0);
    ASSERT(draw->deal_of <= 1 || (draw->deal_part >= 0 && draw->deal_part < draw->deal_of));
    for (size_t i = 0; i < lines->n; i++) {
        if (is_dealt(draw, lines->hash[i]) && is_kept(draw, lines->hash[i]))
            list[n++] = i;
    }
    if (draw->subsample > 0)
        n = sample(comm, lines, draw->seed, draw->subsample, list, n, scratch);
    *out = lines_new(n, lines->n_fields, arena);
    out->string = lines->string;
    for (size_t k = 0; k < n; k++)
        copy_line(lines, list[k], k, out);
    if (lines->user_at != NULL)
        copy_groups(lines->user_at, lines->user_hash, lines->user_count, list, n, arena, &out->user_at, &out->user_hash,
                    &out->user_count);
    if (lines->host_at != NULL)
        copy_groups(lines->host_at, lines->host_hash, lines->host_count, list, n, arena, &out->host_at, &out->host_hash,
                    &out->host_count);
    arena_free(scratch);
    lines_count(comm, out);
}
