/* What a selection should pick, and whether it did. Include after mpi_test.h. */
#ifndef PLAIN_RULE_H
#define PLAIN_RULE_H

#include "made_day.h"

/* The rule in its plainest form: every line of the day in order, each compared to all kept ones. Appends to kept[*n].
 */
struct plain {
    struct pick *pick;
    size_t n;
    const struct hash128 *excluded;
    size_t n_excluded;
};

static inline bool plain_repeated(const struct plain *plain, struct hash128 hash)
{
    for (size_t i = 0; i < plain->n_excluded; i++)
        if (hash128_equal(plain->excluded[i], hash))
            return true;
    for (size_t i = 0; i < plain->n; i++)
        if (hash128_equal(plain->pick[i].hash, hash))
            return true;
    return false;
}

static inline struct select_stats plain_add(struct plain *plain, const struct select_params *params,
                                            const struct day *day, int32_t index, struct arena *arena)
{
    const struct made made = make(day, ROUND_ROBIN, 0, 1, arena);
    bool *used = ARENA_ZARRAY(arena, bool, made.lines.n);
    struct select_stats stats = {.budget = params->budget};
    if (params->contamination > 0)
        stats.budget = (int64_t)ceil(params->contamination * (double)day->n);
    while (stats.kept < stats.budget && stats.candidates < day->n) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < made.lines.n; i++)
            if (!used[i] && (best == SIZE_MAX || made.score[i] > made.score[best]))
                best = i;
        used[best] = true;
        stats.candidates++;
        const struct str text = made.lines.text[best];
        double nearest = plain->n == 0 ? 0 : -1;
        for (size_t i = 0; i < plain->n; i++)
            nearest = fmax(nearest, cosine(plain->pick[i].text, text));
        if (plain_repeated(plain, made.lines.hash[best])) {
            stats.repeated++;
        } else if (params->near_threshold < 1 && nearest > params->near_threshold) {
            stats.near++;
        } else {
            stats.kept++;
            plain->pick[plain->n++] = (struct pick){.day = index,
                                                    .place = stats.kept - 1,
                                                    .row = made.lines.row[best],
                                                    .score = made.score[best],
                                                    .nearest = (float)nearest,
                                                    .count = made.lines.count[best],
                                                    .hash = made.lines.hash[best],
                                                    .text = text,
                                                    .tag = made.lines.tag[best]};
        }
    }
    return stats;
}

static inline bool pick_equal(const struct pick *a, const struct pick *b)
{
    return a->day == b->day && a->place == b->place && a->row == b->row && a->score == b->score &&
           fabs((double)a->nearest - (double)b->nearest) < 1e-5 && a->count == b->count &&
           hash128_equal(a->hash, b->hash) && str_equal(a->text, b->text) && a->tag == b->tag;
}

static inline bool stats_equal(struct select_stats a, struct select_stats b)
{
    return a.candidates == b.candidates && a.repeated == b.repeated && a.near == b.near && a.kept == b.kept;
}

static const struct day three_days[] = {
    {900, 1, 1, 150, 40},
    {700, 2, 2, 100, 1000},
    {900, 3, 1, 150, 5}, /* the first day's lines again, scored differently */
};

#endif
