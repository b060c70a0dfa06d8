/* What a seed sees of a reading: the lines dealt to a part, a share of them, a sample. */
#ifndef INGEST_DRAW_H
#define INGEST_DRAW_H

#include "ingest/day.h"

/* Three draws, one after the other, each by a hash of (seed, canonical hash) of its own: independent of each other and
 * of an input's parts, the same for any number of ranks and any order of files. */
struct draw {
    uint64_t seed;
    double keep;                /* of those in the part, this share in the mean, 0 to 1; 1: all */
    int64_t subsample;          /* of those, so many with the lowest hash over all ranks, ties row rising; 0: all */
    int64_t deal_of, deal_part; /* if deal_of > 1: the lines of part deal_part of deal_of equal parts */
};

/* The lines that are drawn, with their counts, groups and fields. Arrays live in the arena; texts, strings and row ids
 * are those of `lines`, which must live as long: rows rise, but have gaps. Collective. */
void lines_draw(const struct comm *comm, const struct lines *lines, const struct draw *draw, struct arena *arena,
                struct lines *out);

#endif
