/* Isolation forest (Liu, Ting and Zhou, ICDM 2008): rows that random splits isolate early are strange.
 *
 * The sample behind all trees is the trees * sample rows with the lowest hash of (seed, row); each rank gathers it,
 * grows its share of the trees and sends them to the others. Tree t uses the `sample` rows of it with the lowest hash
 * of (seed, t, row), so trees may share rows. With no more rows than `sample`, every tree uses them all. Split columns
 * are uniform over those not constant in the node, thresholds uniform between their extremes there, depth at most
 * ceil(log2(sample)).
 *
 * With `extension` e > 0 a node splits by a random hyperplane over e + 1 columns (forest_planes.h) instead; every rank
 * grows all those trees. */
#include "comm/gather.h"
#include "detect/detector.h"
#include "features/row_sample.h"
#include "forest.h"
#include "forest_planes.h"
#include "support/hash.h"
#include "support/rng.h"

struct iforest {
    int64_t trees, sample, extension;
};

static const struct param_spec specs[] = {
    PARAM_INT(struct iforest, trees, 100, 1, 1000, "trees"),
    PARAM_INT(struct iforest, sample, 256, 2, 4096, "rows a tree is grown on"),
    PARAM_INT(struct iforest, extension, 0, 0, 65535,
              "split by planes over this many columns more than one (0: along one column)"),
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

/* The k rows of the union sample with the lowest hash for this tree, in heap[k]. */
static void tree_sample(const struct rows *sample, const uint64_t *row_key, uint64_t tree_key, size_t k,
                        struct draw *heap)
{
    size_t held = 0;
    for (size_t i = 0; i < sample->n; i++) {
        struct draw draw = {hash_mix(row_key[i] ^ tree_key), sample->row[i], (uint32_t)i};
        if (held < k) {
            heap[held] = draw;
            heap_rise(heap, held++);
        } else if (draw_less(&draw, &heap[0])) {
            heap[0] = draw;
            heap_sink(heap, k);
        }
    }
}

struct iforest_model {
    bool extended;
    struct forest forest;
    struct plane_forest planes;
};

/* Which trees a rank grows: `first`, and from there on every `step`-th. */
struct share {
    size_t first, step;
};

static void grow_trees(const struct rows *sample, size_t trees, struct share share, size_t per_tree, uint64_t seed,
                       struct iforest_model *model, struct arena *arena)
{
    struct arena *scratch = arena_new();
    uint64_t row_stream = rng_stream("iforest.row", 0, 0), tree_stream = rng_stream("iforest.tree", 0, 0);
    uint64_t *row_key = ARENA_ARRAY(scratch, uint64_t, sample->n);
    for (size_t i = 0; i < sample->n; i++)
        row_key[i] = rng_u64(seed, row_stream, (uint64_t)sample->row[i]);
    struct draw *drawn = ARENA_ARRAY(scratch, struct draw, per_tree);
    float *x = ARENA_ARRAY(scratch, float, per_tree * sample->d);
    for (size_t t = share.first; t < trees; t += share.step) {
        tree_sample(sample, row_key, rng_u64(seed, tree_stream, t), per_tree, drawn);
        for (size_t i = 0; i < per_tree; i++)
            rows_fill(sample, drawn[i].index, 1, x + i * sample->d);
        if (model->extended)
            plane_forest_grow(&model->planes, t, x, per_tree, seed, arena);
        else
            forest_grow(&model->forest, t, x, per_tree, seed, arena);
    }
    arena_free(scratch);
}

/* Three words a node: offset, key, path. */
static void copy_tree(const struct forest *forest, size_t t, uint32_t *to)
{
    size_t nodes = (size_t)1 << forest->depth, at = t << forest->depth;
    memcpy(to, forest->offset + at, nodes * sizeof *to);
    memcpy(to + nodes, forest->key + at, nodes * sizeof *to);
    memcpy(to + 2 * nodes, forest->path + at, nodes * sizeof *to);
}

static void set_tree(struct forest *forest, size_t t, const uint32_t *from)
{
    size_t nodes = (size_t)1 << forest->depth, at = t << forest->depth;
    memcpy(forest->offset + at, from, nodes * sizeof *from);
    memcpy(forest->key + at, from + nodes, nodes * sizeof *from);
    memcpy(forest->path + at, from + 2 * nodes, nodes * sizeof *from);
}

/* Every rank's trees to all. */
static void share_trees(const struct comm *comm, struct share share, struct forest *forest, struct arena *scratch)
{
    size_t words = (size_t)3 << forest->depth, own = 0, all;
    uint32_t *packed = ARENA_ARRAY(scratch, uint32_t, (forest->trees / share.step + 1) * words);
    for (size_t t = share.first; t < forest->trees; t += share.step)
        copy_tree(forest, t, packed + words * own++);
    const uint32_t *tree = gather_all(comm, packed, words * sizeof *packed, own, -1, &all, scratch);
    ASSERT(all == forest->trees);
    for (size_t rank = 0; rank < share.step; rank++)
        for (size_t t = rank; t < forest->trees; t += share.step, tree += words)
            set_tree(forest, t, tree);
}

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    enum { MOST_TERMS = 1 << 28 };
    const struct iforest *iforest = params;
    size_t trees = (size_t)iforest->trees, terms = min_size((size_t)iforest->extension + 1, rows->d);
    if (iforest->extension > 0 && trees * (size_t)iforest->sample > MOST_TERMS / terms)
        return fail(err, ERROR_CONFIG,
                    "an isolation forest of %zu trees of %" PRId64
                    " rows with planes over %zu columns takes too much memory; lower trees, sample or extension",
                    trees, iforest->sample, terms);
    struct iforest_model *fitted = ARENA_ZARRAY(arena, struct iforest_model, 1);
    struct arena *scratch = arena_new();
    struct rows sample =
        row_sample(comm, rows, trees * (size_t)iforest->sample, seed, rng_stream("iforest.sample", 0, 0), scratch);
    size_t per_tree = min_size((size_t)iforest->sample, sample.n);
    fitted->extended = iforest->extension > 0;
    if (fitted->extended) {
        fitted->planes = plane_forest_new(trees, per_tree, rows->d, terms, arena);
        grow_trees(&sample, trees, (struct share){0, 1}, per_tree, seed, fitted, arena);
    } else {
        struct share share = {(size_t)comm_rank(comm), (size_t)comm_size(comm)};
        fitted->forest = forest_new(trees, per_tree, rows->d, arena);
        grow_trees(&sample, trees, share, per_tree, seed, fitted, arena);
        share_trees(comm, share, &fitted->forest, scratch);
    }
    arena_free(scratch);
    *model = fitted;
    return true;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    const struct iforest_model *fitted = model;
    (void)rows, (void)first;
    if (fitted->extended)
        plane_forest_score(&fitted->planes, x, n, out);
    else
        forest_score(&fitted->forest, x, n, out);
}

const struct detector detector_iforest = {
    .plugin = {.name = "iforest",
               .summary = "isolation forest: how soon random splits isolate a row",
               .params = specs,
               .params_size = sizeof(struct iforest)},
    .fit = fit,
    .score = score,
};
