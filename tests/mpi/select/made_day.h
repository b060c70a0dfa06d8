/* Made-up days of lines, dealt over the ranks in several ways. Include after cmocka.h and mpi_test.h. */
#ifndef MADE_DAY_H
#define MADE_DAY_H

#include "comm/gather.h"
#include "select/select.h"
#include "support/rng.h"
#include "support/sort.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH = 24, MAX_ROWS = 6000 };

/* The extractor of these tests: byte i of the line, less 128, is column i. */
static inline size_t bytes_width(const void *params)
{
    (void)params;
    return WIDTH;
}

static inline void bytes_column(const void *params, size_t i, char out[64])
{
    (void)params;
    snprintf(out, 64, "byte%zu", i);
}

static inline void bytes_row(const void *params, const void *state, struct str line, float *out)
{
    (void)params, (void)state;
    for (size_t i = 0; i < WIDTH; i++)
        out[i] = i < line.n ? (float)((unsigned char)line.p[i] - 128) : 0;
}

static const struct extractor bytes = {
    .plugin = {.name = "bytes", .summary = "bytes"}, .width = bytes_width, .column = bytes_column, .row = bytes_row};
static const struct choice bytes_choice[] = {{&bytes.plugin, NULL}};
static const struct feature_set bytes_set = {.n = 1, .d = WIDTH, .extractor = bytes_choice};

/* A made-up day. Lines fall into clusters of near-duplicates; few score levels make ties. */
struct day {
    int64_t n;
    uint64_t seed, hash_seed; /* two days with one hash_seed have the same lines */
    uint64_t clusters, levels;
};

enum deal { ROUND_ROBIN, BLOCKS, ALL_ON_LAST, SCATTERED, N_DEALS };

struct made {
    struct line_view lines;
    double *score;
};

static inline int owner(const struct day *day, enum deal deal, int64_t row, int n_ranks)
{
    switch (deal) {
    case ROUND_ROBIN:
        return (int)(row % n_ranks);
    case BLOCKS:
        return (int)(row * n_ranks / day->n);
    case ALL_ON_LAST:
        return n_ranks - 1;
    default:
        return (int)rng_below(day->seed, 99, (uint64_t)row, (uint64_t)n_ranks);
    }
}

static inline struct str make_text(const struct day *day, uint64_t row, struct arena *arena)
{
    char *text = arena_bytes(arena, WIDTH);
    const uint64_t cluster = rng_below(day->hash_seed, 1, row, day->clusters);
    for (size_t i = 0; i < WIDTH; i++) {
        const uint64_t base = rng_below(day->hash_seed, 2, cluster * WIDTH + i, 200);
        text[i] = (char)(28 + base + rng_below(day->hash_seed, 3, row * WIDTH + i, 28));
    }
    return (struct str){text, WIDTH};
}

/* Rows that rank `rank` of n_ranks owns; 0 of 1 makes the whole day. */
static inline struct made make(const struct day *day, enum deal deal, int rank, int n_ranks, struct arena *arena)
{
    const size_t most = (size_t)day->n;
    struct made made = {
        .score = ARENA_ARRAY(arena, double, most),
    };
    int64_t *rows = ARENA_ARRAY(arena, int64_t, most), *count = ARENA_ARRAY(arena, int64_t, most);
    struct hash128 *hash = ARENA_ARRAY(arena, struct hash128, most);
    struct str *text = ARENA_ARRAY(arena, struct str, most);
    uint16_t *tag = ARENA_ARRAY(arena, uint16_t, most);
    made.lines = (struct line_view){
        .n_global = day->n, .row = rows, .count = count, .hash = hash, .id = hash, .text = text, .tag = tag};
    for (int64_t i = 0; i < day->n; i++) {
        if (owner(day, deal, i, n_ranks) != rank)
            continue;
        const size_t k = made.lines.n++;
        const uint64_t row = (uint64_t)i;
        rows[k] = 10 * i + 3;
        count[k] = (int64_t)rng_below(day->seed, 4, row, 1000) + 1;
        text[k] = make_text(day, row, arena);
        hash[k] = hash128(text[k], 7);
        tag[k] = (uint16_t)rng_below(day->seed, 5, row, 1000);
        made.score[k] = (double)rng_below(day->seed, 7, row, day->levels) / 8 - 1;
    }
    return made;
}

static inline struct select_stats add(const struct comm *comm, struct selection *selection, const struct day *day,
                                      enum deal deal)
{
    struct arena *arena = arena_new();
    struct select_stats stats;
    struct error err;
    const struct made made = make(day, deal, comm_rank(comm), comm_size(comm), arena);
    if (!selection_add_day(comm, selection, &made.lines, made.score, &stats, &err))
        abort();
    arena_free(arena); /* picks must not point into it */
    return stats;
}

struct flat_pick {
    struct pick pick;
    char text[WIDTH];
};

static inline int by_day_and_place(const void *a, const void *b)
{
    const struct pick *x = &((const struct flat_pick *)a)->pick, *y = &((const struct flat_pick *)b)->pick;
    return x->day != y->day ? x->day - y->day : (x->place > y->place) - (x->place < y->place);
}

static inline size_t count_picks(const struct selection *selection)
{
    int64_t n = 0;
    for (size_t d = 0; d < selection_days(selection); d++)
        n += selection_day_count(selection, d);
    return (size_t)n;
}

/* All picks on every rank, day after day, in order. */
static inline const struct pick *all_picks(const struct comm *comm, const struct selection *selection,
                                           struct arena *arena)
{
    struct flat_pick *own = ARENA_ZARRAY(arena, struct flat_pick, count_picks(selection));
    size_t n_own = 0, n;
    for (size_t d = 0; d < selection_days(selection); d++) {
        size_t n_day;
        const struct pick *pick = selection_day_picks(selection, d, &n_day);
        for (size_t i = 0; i < n_day; i++) {
            own[n_own].pick = pick[i];
            memcpy(own[n_own++].text, pick[i].text.p, pick[i].text.n);
        }
    }
    struct flat_pick *all = gather_all(comm, own, sizeof(*own), n_own, -1, &n, arena);
    if (n != count_picks(selection))
        abort();
    sort_stable(all, n, sizeof(*all), by_day_and_place, arena);
    struct pick *out = ARENA_ARRAY(arena, struct pick, n);
    for (size_t i = 0; i < n; i++) {
        out[i] = all[i].pick;
        out[i].text.p = all[i].text;
    }
    return out;
}

static inline double cosine(struct str a, struct str b)
{
    float x[WIDTH], y[WIDTH];
    double xy = 0, xx = 0, yy = 0;
    bytes_row(NULL, NULL, a, x);
    bytes_row(NULL, NULL, b, y);
    for (size_t i = 0; i < WIDTH; i++) {
        xy += (double)x[i] * (double)y[i];
        xx += (double)x[i] * (double)x[i];
        yy += (double)y[i] * (double)y[i];
    }
    return xx == 0 || yy == 0 ? 0 : xy / sqrt(xx * yy);
}

#endif
