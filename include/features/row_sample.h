/* A uniform sample of a distributed row set, and its fixed blocks: what a model can be fitted on with the same bits on
 * any number of ranks, although rows lie wherever a line was first seen. */
#ifndef FEATURES_ROW_SAMPLE_H
#define FEATURES_ROW_SAMPLE_H

#include "features/rows.h"

enum { SAMPLE_BLOCK = 4096 }; /* rows computed together by one rank */

/* The k rows (all, if there are no more) with the lowest hash of (seed, stream, row), on every rank, row rising. Their
 * texts (or numbers) cross the network, features do not: rows_fill computes them where they are needed; those of a set
 * that fetches do. Collective. */
struct rows row_sample(const struct comm *comm, const struct rows *rows, size_t k, uint64_t seed, uint64_t stream,
                       struct arena *arena);

/* This rank's share of a sample: block b belongs to rank b mod (number of ranks). */
struct sample_part {
    const struct rows *sample;
    size_t rank, ranks;
    size_t blocks, n; /* blocks and rows here; every block is full but the sample's last */
};

struct sample_part sample_part(const struct comm *comm, const struct rows *sample);

/* Place in the sample of the first row of this rank's i-th block. */
static inline size_t sample_part_first(const struct sample_part *part, size_t i)
{
    return (part->rank + i * part->ranks) * SAMPLE_BLOCK;
}

static inline size_t sample_part_rows(const struct sample_part *part, size_t i)
{
    return min_size(part->sample->n - sample_part_first(part, i), SAMPLE_BLOCK);
}

/* Features of this rank's share, block after block, x[n * d]. Local. */
float *sample_part_fill(const struct sample_part *part, struct arena *arena);

#endif
