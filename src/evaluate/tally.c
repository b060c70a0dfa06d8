#include "tally.h"

#include <string.h>

struct pass pass_make(const struct ranking *ranking, const struct draws *draws, struct arena *arena)
{
    ASSERT(ranking->n == draws->n_lines);
    uint32_t *cluster = ARENA_ARRAY(arena, uint32_t, ranking->n);
    for (size_t i = 0; i < ranking->n; i++)
        cluster[i] = draws->cluster[ranking->line[i]];
    return (struct pass){.n = ranking->n,
                         .n_steps = ranking->n_steps,
                         .n_benign_clusters = draws->n_clusters[0],
                         .cluster = cluster,
                         .end = ranking->end};
}

/* What a pass has seen so far, and in the step it is in. */
struct seen {
    uint32_t n[2][LANES], step[2][LANES];
};

static inline void end_step(struct seen *restrict seen, uint32_t end, struct tally *restrict tally)
{
    for (size_t j = 0; j < LANES; j++) {
        uint32_t found = seen->n[1][j], found_after = found + seen->step[1][j];
        uint32_t wrong_after = seen->n[0][j] + seen->step[0][j];
        tally->twice_area[j] += (uint64_t)seen->step[0][j] * (found + found_after);
        tally->false_at_need[j] = found < tally->need[j] ? wrong_after : tally->false_at_need[j];
        tally->true_at_allow[j] = wrong_after <= tally->allow[j] ? found_after : tally->true_at_allow[j];
        tally->false_flagged[j] = end <= tally->flagged[j] ? wrong_after : tally->false_flagged[j];
        tally->true_flagged[j] = end <= tally->flagged[j] ? found_after : tally->true_flagged[j];
        seen->n[0][j] = wrong_after;
        seen->n[1][j] = found_after;
        seen->step[0][j] = seen->step[1][j] = 0;
    }
}

VECTOR_CLONES void tally_lines(const struct pass *pass, struct tally *tally)
{
    struct seen seen;
    struct tally t = *tally;
    memset(&seen, 0, sizeof seen);
    uint32_t place = 0;
    for (size_t s = 0; s < pass->n_steps; s++) {
        for (; place < pass->end[s]; place++) {
            uint32_t cluster = pass->cluster[place];
            const uint8_t *times = pass->times + (size_t)cluster * LANES;
            uint32_t *step = seen.step[cluster >= pass->n_benign_clusters];
            for (size_t j = 0; j < LANES; j++)
                step[j] += times[j];
        }
        end_step(&seen, place, &t);
    }
    *tally = t;
}

VECTOR_CLONES void tally_cutoff(const struct pass *pass, const uint32_t *need, uint32_t *place)
{
    uint32_t found[LANES] = {0};
    for (uint32_t i = 0; i < pass->n; i++) {
        uint32_t cluster = pass->cluster[i];
        const uint8_t *times = pass->times + (size_t)cluster * LANES;
        if (cluster < pass->n_benign_clusters)
            continue;
        for (size_t j = 0; j < LANES; j++) {
            place[j] = found[j] < need[j] ? i : place[j];
            found[j] += times[j];
        }
    }
}

VECTOR_CLONES void tally_counts(const struct pass *pass, const int64_t *count, const uint32_t *flagged, uint64_t *sum)
{
    uint64_t total[LANES] = {0};
    for (uint32_t i = 0; i < pass->n; i++) {
        uint32_t cluster = pass->cluster[i];
        const uint8_t *times = pass->times + (size_t)cluster * LANES;
        if (cluster >= pass->n_benign_clusters)
            continue;
        uint64_t weight = (uint64_t)count[i];
        for (size_t j = 0; j < LANES; j++)
            total[j] += i < flagged[j] ? weight * times[j] : 0;
    }
    memcpy(sum, total, sizeof total);
}
