/* Isolation forest (Liu, Ting and Zhou, ICDM 2008): rows that random splits isolate early are strange.
 *
 * The sample behind all trees is the trees * sample rows with the lowest hash of (seed, row); each rank gathers it and
 * grows the same trees. Tree t uses the `sample` rows of it with the lowest hash of (seed, t, row), so trees may share
 * rows. With no more rows than `sample`, every tree uses them all. Split columns are uniform over those not constant in
 * the node, thresholds uniform between their extremes there, depth at most ceil(log2(sample)). */
#include "detect/detector.h"
#include "detect/forest.h"
#include "detect/need_rows.h"
#include "support/hash.h"
#include "support/rng.h"

struct iforest {
    int64_t trees, sample;
};

static const struct param_spec specs[] = {
    PARAM_INT(struct iforest, trees, 100, 1, 1000, "trees"),
    PARAM_INT(struct iforest, sample, 256, 2, 4096, "rows a tree is grown on"),
    PARAM_END,
};

/* A row of the gathered sample under one tree's hash. */
struct draw {
    uint64_t key;
    int64_t row;
    uint32_t index;
};

static bool draw_less(const struct draw *a, const struct draw *b)
{
    return a->key != b->key ? a->key < b->key : a->row < b->row;
}

/* Restores the heap, greatest first, after a change of its top. */
static void heap_sink(struct draw *heap, size_t n)
{
    struct draw moved = heap[0];
    size_t at = 0;
    for (size_t child = 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && draw_less(&heap[child], &heap[child + 1]))
            child++;
        if (!draw_less(&moved, &heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void heap_rise(struct draw *heap, size_t at)
{
    struct draw moved = heap[at];
    while (at > 0 && draw_less(&heap[(at - 1) / 2], &moved)) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moved;
}

/* The k rows of the list with the lowest hash for this tree, in heap[k]. */
static void tree_sample(const struct ranked_list *list, const uint64_t *row_key, uint64_t tree_key, size_t k,
                        struct draw *heap)
{
    size_t held = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct draw draw = {hash_mix(row_key[i] ^ tree_key), list->item[i].row, (uint32_t)i};
        if (held < k) {
            heap[held] = draw;
            heap_rise(heap, held++);
        } else if (draw_less(&draw, &heap[0])) {
            heap[0] = draw;
            heap_sink(heap, k);
        }
    }
}

static struct ranked_list union_sample(const struct comm *comm, const struct rows *rows, size_t k, uint64_t seed,
                                       struct arena *arena)
{
    uint64_t stream = rng_stream("iforest.sample", 0, 0);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        key[i] = rng_u64(seed, stream, (uint64_t)rows->row[i]);
    struct ranked_list list;
    topk_sample(comm, key, rows->row, rows->n, k, arena, &list);
    return list;
}

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    const struct iforest *iforest = params;
    int64_t n_global;
    TRY(need_rows(comm, rows, &n_global, err));
    size_t trees = (size_t)iforest->trees, sample = (size_t)min_i64(iforest->sample, n_global), d = rows->d;
    struct forest *forest = ARENA_ARRAY(arena, struct forest, 1);
    *forest = forest_new(trees, sample, d, arena);
    *model = forest;

    struct arena_mark mark = arena_mark(arena);
    struct ranked_list list = union_sample(comm, rows, trees * (size_t)iforest->sample, seed, arena);
    float *x = ARENA_ARRAY(arena, float, list.n *d);
    rows_gather(comm, rows, &list, x, arena);

    uint64_t row_stream = rng_stream("iforest.row", 0, 0), tree_stream = rng_stream("iforest.tree", 0, 0);
    uint64_t *row_key = ARENA_ARRAY(arena, uint64_t, list.n);
    for (size_t i = 0; i < list.n; i++)
        row_key[i] = rng_u64(seed, row_stream, (uint64_t)list.item[i].row);
    struct draw *drawn = ARENA_ARRAY(arena, struct draw, sample);
    float *own = ARENA_ARRAY(arena, float, sample *d);
    for (size_t t = 0; t < trees; t++) {
        tree_sample(&list, row_key, rng_u64(seed, tree_stream, t), sample, drawn);
        for (size_t i = 0; i < sample; i++)
            memcpy(own + i * d, x + drawn[i].index * d, d * sizeof *own);
        forest_grow(forest, t, own, sample, seed, arena);
    }
    arena_release(arena, mark);
    return true;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    const struct forest *forest = model;
    (void)first;
    ASSERT(rows->d == forest->d);
    forest_score(forest, x, n, out);
}

const struct detector detector_iforest = {
    .plugin = {.name = "iforest",
               .summary = "isolation forest: how soon random splits isolate a row",
               .params = specs,
               .params_size = sizeof(struct iforest)},
    .fit = fit,
    .score = score,
};
