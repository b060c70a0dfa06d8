#include "kmeans_fit.h"

#include "comm/reduce.h"
#include "features/linalg.h"
#include "kmeans_score.h"
#include "support/rng.h"

#include <float.h>
#include <math.h>

enum { CHUNK = 512 }; /* rows whose distances are alive at once: divides SAMPLE_BLOCK */

/* centroid[d] = row i of the sample, scaled. Local: every rank holds the sample. */
static void take_row(const struct kmeans_data *data, size_t i, float *spare, double *centroid)
{
    size_t d = data->scale->d;
    rows_fill(data->part.sample, i, 1, spare);
    column_scale_float(data->scale, spare, 1, spare);
    for (size_t c = 0; c < d; c++)
        centroid[c] = (double)spare[c];
}

VECTOR_CLONES static void add_row(const float *restrict z, size_t d, double *restrict sum)
{
    for (size_t c = 0; c < d; c++)
        sum[c] += (double)z[c];
}

/* best[n] and which[n] against one centroid more: product[n] are the rows' products with it. */
VECTOR_CLONES static void keep_nearest(const float *restrict product, size_t n, float norm, uint32_t j,
                                       float *restrict best, uint32_t *restrict which)
{
    for (size_t i = 0; i < n; i++) {
        float square = norm - 2 * product[i]; /* less the row's own square */
        which[i] = square < best[i] ? j : which[i];
        best[i] = square < best[i] ? square : best[i];
    }
}

struct lloyd {
    const struct kmeans_data *data;
    size_t k, d;
    float *centroid, *norm; /* [k * d], [k] */
    float *product;         /* [k * CHUNK] */
    uint32_t *cluster;      /* [part.n] */
    double *sum;            /* [k * d] of a block */
    int64_t *count;         /* [k], and one more: rows that changed their cluster */
    struct exact acc;       /* [k * d] */
};

static void assign(struct lloyd *run, const float *z, size_t n, uint32_t *cluster)
{
    uint32_t which[CHUNK];
    float best[CHUNK];
    for (size_t i = 0; i < n; i++) {
        which[i] = 0;
        best[i] = FLT_MAX;
    }
    linalg_products(run->centroid, run->k, z, n, run->d, run->product);
    for (size_t j = 0; j < run->k; j++)
        keep_nearest(run->product + j * n, n, run->norm[j], (uint32_t)j, best, which);
    for (size_t i = 0; i < n; i++) {
        run->count[run->k] += cluster[i] != which[i];
        cluster[i] = which[i];
        run->count[which[i]]++;
        add_row(z + i * run->d, run->d, run->sum + which[i] * run->d);
    }
}

/* One pass over this rank's blocks: clusters, counts and exact sums. */
static void pass(struct lloyd *run, const double *centroid)
{
    size_t k = run->k, d = run->d;
    for (size_t j = 0; j < k; j++) {
        double norm = 0;
        for (size_t c = 0; c < d; c++) {
            run->centroid[j * d + c] = (float)centroid[j * d + c];
            norm += centroid[j * d + c] * centroid[j * d + c];
        }
        run->norm[j] = (float)norm;
    }
    memset(run->count, 0, (k + 1) * sizeof *run->count);
    exact_clear(&run->acc);
    const float *z = run->data->z;
    uint32_t *cluster = run->cluster;
    for (size_t b = 0; b < run->data->part.blocks; b++) {
        size_t n = sample_part_rows(&run->data->part, b);
        memset(run->sum, 0, k * d * sizeof *run->sum);
        for (size_t first = 0; first < n; first += CHUNK) {
            size_t here = min_size(n - first, CHUNK);
            assign(run, z, here, cluster);
            z += here * d;
            cluster += here;
        }
        exact_add(&run->acc, run->sum);
    }
}

/* The sample's rows farthest from the old centroids, for the n_empty clusters without rows. */
static bool refill(const struct comm *comm, const struct lloyd *run, const double *old, size_t n_empty,
                   struct arena *arena, double *centroid, struct error *err)
{
    const struct sample_part *part = &run->data->part;
    struct arena_mark mark = arena_mark(arena);
    struct centroids centroids = centroids_new(old, run->k, run->d, arena);
    uint32_t *nearest = ARENA_ARRAY(arena, uint32_t, part->n);
    float *square = ARENA_ARRAY(arena, float, part->n), *spare = ARENA_ARRAY(arena, float, run->d);
    centroids_nearest(&centroids, run->data->z, part->n, nearest, square);
    double *score = ARENA_ARRAY(arena, double, part->n);
    int64_t *place = ARENA_ARRAY(arena, int64_t, part->n);
    for (size_t b = 0, i = 0; b < part->blocks; b++)
        for (size_t r = 0; r < sample_part_rows(part, b); r++, i++) {
            score[i] = (double)square[i];
            place[i] = (int64_t)(sample_part_first(part, b) + r);
        }
    struct ranked_list list;
    TRY(topk_best(comm, score, place, part->n, n_empty, arena, &list, err));
    for (size_t j = 0, next = 0; j < run->k && next < list.n && list.item[next].score > 0; j++)
        if (run->count[j] == 0)
            take_row(run->data, (size_t)list.item[next++].row, spare, centroid + j * run->d);
    arena_release(arena, mark);
    return true;
}

/* centroid[k * d] from one pass over all ranks; *changed counts the rows that changed their cluster, *moved sums the
 * squares. */
static bool iterate(const struct comm *comm, struct lloyd *run, struct arena *arena, double *centroid, int64_t *changed,
                    double *moved, struct error *err)
{
    size_t k = run->k, d = run->d, n_empty = 0;
    pass(run, centroid);
    reduce_sum_i64(comm, run->count, k + 1);
    *changed = run->count[k];
    double *next = ARENA_ARRAY(arena, double, k *d);
    TRY(exact_reduce(comm, &run->acc, next, err));
    for (size_t j = 0; j < k; j++) {
        n_empty += run->count[j] == 0;
        for (size_t c = 0; c < d; c++)
            next[j * d + c] = run->count[j] == 0 ? centroid[j * d + c] : next[j * d + c] / (double)run->count[j];
    }
    if (n_empty > 0)
        TRY(refill(comm, run, centroid, n_empty, arena, next, err));
    *moved = 0;
    for (size_t i = 0; i < k * d; i++) {
        *moved += (next[i] - centroid[i]) * (next[i] - centroid[i]);
        centroid[i] = next[i];
    }
    return true;
}

static double greatest_size(const struct comm *comm, const struct kmeans_data *data)
{
    double most = 0;
    for (size_t i = 0; i < data->part.n * data->scale->d; i++)
        most = fmax(most, fabs((double)data->z[i]));
    reduce_max_f64(comm, &most, 1);
    return most;
}

bool kmeans_lloyd(const struct comm *comm, const struct kmeans_data *data, size_t k, const struct kmeans_limits *limits,
                  struct arena *arena, double *centroid, size_t *iterations, struct error *err)
{
    size_t d = data->scale->d;
    struct arena_mark mark = arena_mark(arena);
    struct lloyd run = {
        .data = data,
        .k = k,
        .d = d,
        .centroid = ARENA_ARRAY(arena, float, k *d),
        .norm = ARENA_ARRAY(arena, float, k),
        .product = ARENA_ARRAY(arena, float, k *CHUNK),
        .cluster = ARENA_ARRAY(arena, uint32_t, data->part.n),
        .sum = ARENA_ARRAY(arena, double, k *d),
        .count = ARENA_ARRAY(arena, int64_t, k + 1),
    };
    double most = greatest_size(comm, data), moved = DBL_MAX;
    exact_start(&run.acc, k * d, SAMPLE_BLOCK * (most > 0 ? most : 1), arena);
    memset(run.cluster, 0xff, data->part.n * sizeof *run.cluster);
    int64_t changed = 1;
    for (*iterations = 0; *iterations < limits->iterations; ++*iterations) {
        struct arena_mark inner = arena_mark(arena);
        TRY(iterate(comm, &run, arena, centroid, &changed, &moved, err));
        arena_release(arena, inner);
        if (changed == 0 || moved <= limits->tolerance * data->scale->variance) {
            ++*iterations;
            break;
        }
    }
    arena_release(arena, mark);
    return true;
}

/* nearest[n]: the squared distances of rows z[n * d] from the nearest centroid so far, against one more. Returns their
 * sum in row order. */
VECTOR_CLONES static double approach(const float *restrict z, size_t n, size_t d, const float *restrict centroid,
                                     double *restrict nearest)
{
    enum { LANES = 32 };
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        float lane[LANES] = {0};
        const float *row = z + i * d;
        size_t c = 0;
        for (; c + LANES <= d; c += LANES)
            for (size_t j = 0; j < LANES; j++) {
                float off = row[c + j] - centroid[c + j];
                lane[j] += off * off;
            }
        for (; c < d; c++) {
            float off = row[c] - centroid[c];
            lane[c % LANES] += off * off;
        }
        double square = 0;
        for (size_t j = 0; j < LANES; j++)
            square += (double)lane[j];
        nearest[i] = square < nearest[i] ? square : nearest[i];
        sum += nearest[i];
    }
    return sum;
}

/* The item that `left` falls on when weights are laid end to end; the last with any weight if it falls beyond. *left
 * becomes the place within the item. n if no item has weight. */
static size_t draw(const double *weight, size_t n, double *left)
{
    size_t drawn = n;
    for (size_t i = 0; i < n; i++) {
        if (weight[i] <= 0)
            continue;
        drawn = i;
        if (*left < weight[i])
            return drawn;
        *left -= weight[i];
    }
    return drawn;
}

size_t kmeans_start(const struct comm *comm, const struct kmeans_data *data, size_t k, uint64_t seed,
                    struct arena *arena, double *centroid)
{
    const struct sample_part *part = &data->part;
    size_t d = data->scale->d, n = part->sample->n, blocks = (n + SAMPLE_BLOCK - 1) / SAMPLE_BLOCK, found = 0;
    uint64_t stream = rng_stream("kmeans.start", 0, 0);
    struct arena_mark mark = arena_mark(arena);
    float *newest = ARENA_ARRAY(arena, float, d);
    double *nearest = ARENA_ARRAY(arena, double, part->n), *weight = ARENA_ARRAY(arena, double, blocks);
    for (size_t i = 0; i < part->n; i++)
        nearest[i] = DBL_MAX;
    int64_t chosen = (int64_t)rng_below(seed, stream, 0, n);
    while (chosen >= 0) {
        take_row(data, (size_t)chosen, newest, centroid + found * d);
        if (++found == k)
            break;
        memset(weight, 0, blocks * sizeof *weight);
        for (size_t b = 0, i = 0; b < part->blocks; b++) {
            size_t rows = sample_part_rows(part, b);
            weight[sample_part_first(part, b) / SAMPLE_BLOCK] = approach(data->z + i * d, rows, d, newest, nearest + i);
            i += rows;
        }
        reduce_max_f64(comm, weight, blocks); /* only the owner's is not 0 */
        double total = 0;
        for (size_t b = 0; b < blocks; b++)
            total += weight[b];
        double left = rng_unit(seed, stream, found) * total;
        size_t block = draw(weight, blocks, &left);
        chosen = -1;
        if (block < blocks && block % part->ranks == part->rank) {
            size_t own = block / part->ranks;
            chosen = (int64_t)(block * SAMPLE_BLOCK +
                               draw(nearest + own * SAMPLE_BLOCK, sample_part_rows(part, own), &left));
        }
        reduce_max_i64(comm, &chosen, 1);
    }
    arena_release(arena, mark);
    return found;
}
