#include "features/row_sample.h"

#include "comm/gather.h"
#include "comm/reduce.h"
#include "support/rng.h"
#include "support/sort.h"

static int by_row(const void *a, const void *b)
{
    int64_t x = ((const struct ranked *)a)->row, y = ((const struct ranked *)b)->row;
    return (x > y) - (x < y);
}

struct rows row_sample(const struct comm *comm, const struct rows *rows, size_t k, uint64_t seed, uint64_t stream,
                       struct arena *arena)
{
    struct arena *scratch = arena_new();
    uint64_t *key = ARENA_ARRAY(scratch, uint64_t, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        key[i] = rng_u64(seed, stream, (uint64_t)rows->row[i]);
    struct ranked_list list;
    topk_sample(comm, key, rows->row, rows->n, k, scratch, &list);
    sort_stable(list.item, list.n, sizeof *list.item, by_row, scratch);

    int64_t *row = ARENA_ARRAY(arena, int64_t, list.n);
    for (size_t i = 0; i < list.n; i++)
        row[i] = list.item[i].row;
    struct rows sample = {.n = list.n, .d = rows->d, .row = row, .set = rows->set};
    /* A rank without rows may hold no matrix at all. */
    int64_t dense = rows->dense != NULL;
    reduce_max_i64(comm, &dense, 1);
    if (dense || rows->set == NULL || feature_set_fetches(rows->set)) {
        float *x = ARENA_ARRAY(arena, float, list.n * rows->d);
        rows_gather(comm, rows, &list, x, scratch);
        sample.dense = x;
    } else {
        struct str *text = ARENA_ARRAY(arena, struct str, list.n);
        gather_listed_str(comm, &list, rows->text, text, arena);
        sample.text = text;
    }
    arena_free(scratch);
    return sample;
}

struct sample_part sample_part(const struct comm *comm, const struct rows *sample)
{
    struct sample_part part = {.sample = sample, .rank = (size_t)comm_rank(comm), .ranks = (size_t)comm_size(comm)};
    size_t blocks = (sample->n + SAMPLE_BLOCK - 1) / SAMPLE_BLOCK;
    part.blocks = part.rank < blocks ? (blocks - part.rank - 1) / part.ranks + 1 : 0;
    for (size_t i = 0; i < part.blocks; i++)
        part.n += sample_part_rows(&part, i);
    return part;
}

float *sample_part_fill(const struct sample_part *part, struct arena *arena)
{
    size_t d = part->sample->d;
    float *x = ARENA_ARRAY(arena, float, part->n *d), *block = x;
    for (size_t i = 0; i < part->blocks; i++) {
        size_t n = sample_part_rows(part, i);
        rows_fill(part->sample, sample_part_first(part, i), n, block);
        block += n * d;
    }
    return x;
}
