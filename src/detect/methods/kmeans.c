/* k-means: the distance of a row from the nearest of k centroids.
 *
 * Centroids are fitted on a uniform sample, the `sample` rows with the lowest hash of (seed, row); at most one per
 * distinct row. Scores by `ranking`:
 *   global   the distance itself.
 *   cluster  cluster by cluster: every cluster's farthest row comes first, then every cluster's second, and so on. A
 * row scores -r + s, where r is how many sample rows of its cluster lie farther from the centroid (so with no more rows
 * than the sample, its place in its cluster), and s = a / (a + m), in 0 to 1, orders rows of the same r: a is its
 * distance and m the greatest of the cluster in the sample. */
#include "detect/detector.h"
#include "kmeans_fit.h"
#include "kmeans_score.h"

#include "comm/gather.h"
#include "support/rng.h"
#include "support/sort.h"

#include <math.h>
#include <stdlib.h>

struct kmeans {
    int64_t k, iterations, sample;
    double tolerance;
    bool standardise;
    const char *ranking;
};

static const char *const rankings[] = {"cluster", "global", NULL};

static const struct param_spec specs[] = {
    PARAM_INT(struct kmeans, k, 64, 1, 4096, "clusters"),
    PARAM_INT(struct kmeans, iterations, 50, 1, 10000, "most passes over the sample"),
    PARAM_REAL(struct kmeans, tolerance, 1e-4, 0, 1, "stop when centroids move less than this share of the variance"),
    PARAM_BOOL(struct kmeans, standardise, true, "bring columns to deviation 1 first"),
    PARAM_CHOICE(struct kmeans, ranking, "cluster", rankings,
                 "order of rows: each cluster's farthest in turn, or by distance alone"),
    PARAM_INT(struct kmeans, sample, 65536, 2, 1 << 24, "rows the model is fitted on"),
    PARAM_END,
};

struct kmeans_model {
    struct column_scale scale;
    struct centroids centroids;
    const size_t *first; /* [k + 1] where each cluster's distances begin; NULL if ranked globally */
    const float *square; /* squared distances of the sample's rows, by cluster, rising */
};

/* A sample row's place: sorted by cluster, then by distance. */
struct place {
    uint32_t cluster;
    float square;
};

static int by_cluster(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return (x->square > y->square) - (x->square < y->square);
}

static void rank_clusters(const struct comm *comm, const struct kmeans_data *data, struct kmeans_model *model,
                          struct arena *scratch, struct arena *arena)
{
    size_t own = data->part.n, n, k = model->centroids.k;
    uint32_t *nearest = ARENA_ARRAY(scratch, uint32_t, own);
    float *own_square = ARENA_ARRAY(scratch, float, own);
    struct place *place = ARENA_ARRAY(scratch, struct place, own);
    centroids_nearest(&model->centroids, data->z, own, nearest, own_square);
    for (size_t i = 0; i < own; i++)
        place[i] = (struct place){nearest[i], own_square[i]};
    struct place *all = gather_all(comm, place, sizeof *place, own, -1, &n, scratch);
    sort_stable(all, n, sizeof *all, by_cluster, scratch);
    size_t *first = ARENA_ZARRAY(arena, size_t, k + 1);
    float *square = ARENA_ARRAY(arena, float, n);
    for (size_t i = 0; i < n; i++) {
        first[all[i].cluster + 1]++;
        square[i] = all[i].square;
    }
    for (size_t j = 0; j < k; j++)
        first[j + 1] += first[j];
    model->first = first;
    model->square = square;
}

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    const struct kmeans *kmeans = params;
    struct kmeans_model *fitted = ARENA_ZARRAY(arena, struct kmeans_model, 1);
    *model = fitted;
    struct arena *scratch = arena_new();
    struct rows sample =
        row_sample(comm, rows, (size_t)kmeans->sample, seed, rng_stream("kmeans.sample", 0, 0), scratch);
    struct sample_part part = sample_part(comm, &sample);
    float *x = sample_part_fill(&part, scratch);
    bool ok = column_scale_fit(comm, &part, x, kmeans->standardise, arena, &fitted->scale, err);
    if (ok) {
        column_scale_float(&fitted->scale, x, part.n, x);
        struct kmeans_data data = {.part = part, .scale = &fitted->scale, .z = x};
        double *centroid = ARENA_ARRAY(scratch, double, (size_t)kmeans->k * rows->d);
        size_t k = kmeans_start(comm, &data, (size_t)kmeans->k, seed, scratch, centroid), iterations;
        struct kmeans_limits limits = {(size_t)kmeans->iterations, kmeans->tolerance};
        ok = kmeans_lloyd(comm, &data, k, &limits, scratch, centroid, &iterations, err);
        fitted->centroids = centroids_new(centroid, k, rows->d, arena);
        if (ok && strcmp(kmeans->ranking, "cluster") == 0)
            rank_clusters(comm, &data, fitted, scratch, arena);
    }
    arena_free(scratch);
    return ok;
}

/* How many of the rising values exceed x. */
static size_t count_above(const float *value, size_t n, float x)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (value[middle] > x)
            high = middle;
        else
            low = middle + 1;
    }
    return n - low;
}

static double place_in_cluster(const struct kmeans_model *model, uint32_t cluster, float square)
{
    size_t first = model->first[cluster], n = model->first[cluster + 1] - first;
    double distance = sqrt((double)square), most = n == 0 ? 0 : sqrt((double)model->square[first + n - 1]);
    double share = distance > 0 ? distance / (distance + most) : 0;
    return share - (double)count_above(model->square + first, n, square);
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    enum { BATCH = 4 };
    const struct kmeans_model *fitted = model;
    size_t d = fitted->scale.d;
    (void)rows, (void)first;
    float *z = calloc(BATCH * d + 1, sizeof *z);
    ASSERT(z != NULL);
    for (size_t at = 0; at < n; at += BATCH) {
        uint32_t nearest[BATCH];
        float square[BATCH];
        size_t here = min_size(n - at, BATCH);
        column_scale_float(&fitted->scale, x + at * d, here, z);
        centroids_nearest(&fitted->centroids, z, here, nearest, square);
        for (size_t i = 0; i < here; i++)
            out[at + i] = fitted->first ? place_in_cluster(fitted, nearest[i], square[i]) : sqrt((double)square[i]);
    }
    free(z);
}

const struct detector detector_kmeans = {
    .plugin = {.name = "kmeans",
               .summary = "distance from the nearest of k centroids",
               .params = specs,
               .params_size = sizeof(struct kmeans)},
    .fit = fit,
    .score = score,
};
