/* Rows of each class are cut into tiles, numbered through; tile t lies on rank t mod ranks and goes round. Each rank
 * multiplies it with its own tiles up to t of the same class: whole tiles, so bits do not depend on who multiplies. */
#include "features/near_pairs.h"

#include "comm/agree.h"
#include "comm/exchange.h"
#include "comm/gather.h"
#include "features/linalg.h"
#include "support/connect.h"

#include <math.h>
#include <string.h>

enum {
    TILE = 128
}; /* 13,000 lines of 1,024 columns: as fast as 256 and 512, and classes fill their last tile better */

/* Where lines of all ranks lie. */
struct tiling {
    size_t n_tiles, n_benign_tiles, d;
    uint32_t *place; /* [n_global] in rows of tiles */
    uint32_t *line;  /* [n_tiles * TILE] UINT32_MAX: none, a row of zeros */
};

static struct tiling tiling_make(const struct comm *comm, const struct line_view *lines, const uint8_t *y,
                                 int64_t n_global, size_t d, struct arena *arena)
{
    struct tiling tiling = {.d = d, .place = ARENA_ARRAY(arena, uint32_t, (size_t)n_global)};
    struct arena_mark mark = arena_mark(arena);
    uint32_t *own = ARENA_ARRAY(arena, uint32_t, lines->n), n_class[2] = {0};
    size_t n;
    for (size_t i = 0; i < lines->n; i++)
        own[i] = 2 * (uint32_t)lines->row[i] + y[i];
    const uint32_t *all = gather_all(comm, own, sizeof *own, lines->n, -1, &n, arena);
    ASSERT(n == (size_t)n_global);
    memset(tiling.place, 0xff, n * sizeof *tiling.place);
    for (size_t i = 0; i < n; i++) {
        ASSERT(all[i] / 2 < n && tiling.place[all[i] / 2] == UINT32_MAX); /* each line once */
        tiling.place[all[i] / 2] = all[i] % 2;
        n_class[all[i] % 2]++;
    }
    arena_release(arena, mark);
    tiling.n_benign_tiles = (n_class[0] + TILE - 1) / TILE;
    tiling.n_tiles = tiling.n_benign_tiles + (n_class[1] + TILE - 1) / TILE;
    tiling.line = ARENA_ARRAY(arena, uint32_t, tiling.n_tiles * TILE);
    memset(tiling.line, 0xff, tiling.n_tiles * TILE * sizeof *tiling.line);
    uint32_t next[2] = {0, (uint32_t)(tiling.n_benign_tiles * TILE)};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t place = next[tiling.place[i]]++;
        tiling.place[i] = place;
        tiling.line[place] = i;
    }
    return tiling;
}

/* To length 1; a row of zeros stays. */
static void normalize(float *row, size_t d)
{
    double squares = 0;
    for (size_t i = 0; i < d; i++)
        squares += (double)row[i] * (double)row[i];
    const double length = squares > 0 ? sqrt(squares) : 1;
    for (size_t i = 0; i < d; i++)
        row[i] = (float)((double)row[i] / length);
}

/* This rank's tiles, [n_own][TILE * d], made of rows from all ranks. */
static float *collect_tiles(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                            const struct tiling *tiling, struct arena *arena)
{
    size_t d = tiling->d, width = d + 1, n_ranks = (size_t)comm_size(comm), rank = (size_t)comm_rank(comm);
    size_t n_own = (tiling->n_tiles + n_ranks - 1 - rank) / n_ranks;
    float *tiles = arena_zalloc(arena, n_own * TILE * d, sizeof *tiles);
    struct arena_mark mark = arena_mark(arena);
    float *row = ARENA_ARRAY(arena, float, lines->n *width);
    int *dest = ARENA_ARRAY(arena, int, lines->n);
    struct exchange arrived;
    for (size_t i = 0; i < lines->n; i++) {
        uint32_t place = tiling->place[lines->row[i]];
        dest[i] = (int)(place / TILE % n_ranks);
        memcpy(row + i * width, &place, sizeof place);
        feature_set_row(set, lines->text[i], row + i * width + 1);
        normalize(row + i * width + 1, d);
    }
    exchange_records(comm, row, width * sizeof *row, lines->n, dest, arena, &arrived);
    for (size_t k = 0; k < arrived.n; k++) {
        const float *from = (const float *)arrived.records + k * width;
        uint32_t place;
        memcpy(&place, from, sizeof place);
        memcpy(tiles + (place / TILE / n_ranks * TILE + place % TILE) * d, from + 1, d * sizeof *from);
    }
    arena_release(arena, mark);
    return tiles;
}

static void connect_tiles(const struct tiling *tiling, size_t own, size_t round, const float *product, float threshold,
                          uint32_t *cluster)
{
    const uint32_t *a = tiling->line + own * TILE, *b = tiling->line + round * TILE;
    for (size_t i = 0; i < TILE; i++) {
        float highest = -2;
        for (size_t j = 0; j < TILE; j++)
            highest = product[i * TILE + j] > highest ? product[i * TILE + j] : highest;
        if (highest < threshold)
            continue;
        for (size_t j = 0; j < TILE; j++)
            if (product[i * TILE + j] >= threshold && a[i] != UINT32_MAX && b[j] != UINT32_MAX)
                connect_pair(cluster, a[i], b[j]);
    }
}

static void multiply(const struct comm *comm, const struct tiling *tiling, const float *tiles, float threshold,
                     struct arena *arena, uint32_t *cluster)
{
    size_t n_ranks = (size_t)comm_size(comm), rank = (size_t)comm_rank(comm), floats = TILE * tiling->d;
    float *round = ARENA_ARRAY(arena, float, floats), *product = ARENA_ARRAY(arena, float, TILE *TILE);
    for (size_t t = 0; t < tiling->n_tiles; t++) {
        size_t first = t < tiling->n_benign_tiles ? 0 : tiling->n_benign_tiles; /* of the tile's class */
        if (t % n_ranks == rank)
            memcpy(round, tiles + t / n_ranks * floats, floats * sizeof *round);
        comm_bcast(comm, round, floats * sizeof *round, (int)(t % n_ranks));
        for (size_t own = rank; own <= t; own += n_ranks) {
            if (own < first)
                continue;
            linalg_products(tiles + own / n_ranks * floats, TILE, round, TILE, tiling->d, product);
            connect_tiles(tiling, own, t, product, threshold, cluster);
        }
    }
}

/* What any rank has connected is connected on all. */
static void join_ranks(const struct comm *comm, uint32_t *cluster, size_t n, struct arena *arena)
{
    uint32_t *other = ARENA_ARRAY(arena, uint32_t, n), *own = ARENA_ARRAY(arena, uint32_t, n);
    connect_finish(cluster, n);
    memcpy(own, cluster, n * sizeof *own);
    for (int r = 0; r < comm_size(comm); r++) {
        uint32_t *from = r == comm_rank(comm) ? own : other;
        comm_bcast(comm, from, n * sizeof *from, r);
        for (uint32_t i = 0; i < n; i++)
            connect_pair(cluster, i, from[i]);
    }
    connect_finish(cluster, n);
}

bool near_clusters(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                   const uint8_t *y, int64_t n_global, double threshold, struct arena *arena, uint32_t *cluster,
                   struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct feature_set ready;
    ASSERT(threshold > 0);
    bool fits = n_global < INT32_MAX || fail(err, ERROR_INPUT, "%" PRId64 " lines are too many to compare", n_global);
    TRY(agree(comm, fits, err));
    if (set->state == NULL)
        TRY(feature_set_prepare(comm, set, lines, arena, &ready, err));
    else
        TRY(feature_set_fetch(comm, set, lines, arena, &ready, err));
    struct tiling tiling = tiling_make(comm, lines, y, n_global, set->d, arena);
    const float *tiles = collect_tiles(comm, &ready, lines, &tiling, arena);
    connect_start(cluster, (size_t)n_global);
    multiply(comm, &tiling, tiles, (float)threshold, arena, cluster);
    join_ranks(comm, cluster, (size_t)n_global, arena);
    arena_release(arena, mark);
    return true;
}
