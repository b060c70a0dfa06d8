#include "features/near_pairs.h"

#include "comm/gather.h"
#include "comm/reduce.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 512 }; /* lines that are sent round at once */

/* Non-zeros of unit rows. */
struct sparse_rows {
    size_t n;
    size_t *first;    /* [n + 1] */
    uint32_t *column; /* rising within a row */
    float *value;
};

static void count_nonzeros(const struct feature_set *set, struct str text, float *x, size_t *n)
{
    feature_set_row(set, text, x);
    for (size_t j = 0; j < set->d; j++)
        *n += x[j] != 0;
}

static void add_row(const struct feature_set *set, struct str text, float *x, struct sparse_rows *out, size_t i)
{
    double squares = 0;
    size_t k = out->first[i];
    feature_set_row(set, text, x);
    for (size_t j = 0; j < set->d; j++)
        squares += (double)x[j] * (double)x[j];
    for (size_t j = 0; j < set->d; j++)
        if (x[j] != 0) {
            out->column[k] = (uint32_t)j;
            out->value[k++] = (float)((double)x[j] / sqrt(squares));
        }
    out->first[i + 1] = k;
}

static struct sparse_rows make_rows(const struct feature_set *set, const struct str *text, size_t n,
                                    struct arena *arena)
{
    struct sparse_rows out = {.n = n, .first = ARENA_ZARRAY(arena, size_t, n + 1)};
    float *x = ARENA_ARRAY(arena, float, set->d);
    size_t nonzeros = 0;
    for (size_t i = 0; i < n; i++)
        count_nonzeros(set, text[i], x, &nonzeros);
    out.column = ARENA_ARRAY(arena, uint32_t, nonzeros);
    out.value = ARENA_ARRAY(arena, float, nonzeros);
    for (size_t i = 0; i < n; i++)
        add_row(set, text[i], x, &out, i);
    return out;
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* The lower number stays the root. */
static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

struct travelling { /* a line of a block under way */
    int64_t row;
    uint64_t y, nonzeros;
};

struct travel {
    size_t n;
    const struct travelling *line;
    const uint32_t *column;
    const float *value;
};

/* Lines first .. of each rank's share, on every rank. */
static struct travel send_round(const struct comm *comm, const struct line_view *lines, const uint8_t *y,
                                const struct sparse_rows *own, size_t first, size_t share, struct arena *arena)
{
    size_t begin = min_size(first, own->n), end = min_size(first + share, own->n), n_values;
    struct travelling *mine = ARENA_ARRAY(arena, struct travelling, end - begin);
    struct travel out;
    for (size_t i = begin; i < end; i++)
        mine[i - begin] = (struct travelling){lines->row[i], y[i], own->first[i + 1] - own->first[i]};
    const size_t from = own->first[begin], n = own->first[end] - from;
    out.line = gather_all(comm, mine, sizeof *mine, end - begin, -1, &out.n, arena);
    out.column = gather_all(comm, own->column + from, sizeof *own->column, n, -1, &n_values, arena);
    out.value = gather_all(comm, own->value + from, sizeof *own->value, n, -1, &n_values, arena);
    return out;
}

/* Columns in order: the same sum on whichever rank. */
static double dot(const struct sparse_rows *rows, size_t i, const float *dense)
{
    double sum = 0;
    for (size_t k = rows->first[i]; k < rows->first[i + 1]; k++)
        sum += (double)rows->value[k] * (double)dense[rows->column[k]];
    return sum;
}

/* Own lines of higher numbers against the travelling ones. */
static void compare(const struct travel *travel, const struct line_view *lines, const uint8_t *y,
                    const struct sparse_rows *own, double threshold, float *dense, uint32_t *parent)
{
    for (size_t t = 0, at = 0; t < travel->n; at += travel->line[t++].nonzeros) {
        const struct travelling *line = &travel->line[t];
        for (size_t k = at; k < at + line->nonzeros; k++)
            dense[travel->column[k]] = travel->value[k];
        for (size_t i = 0; i < own->n; i++)
            if (lines->row[i] > line->row && y[i] == line->y && dot(own, i, dense) >= threshold)
                join(parent, (uint32_t)line->row, (uint32_t)lines->row[i]);
        for (size_t k = at; k < at + line->nonzeros; k++)
            dense[travel->column[k]] = 0;
    }
}

/* What each rank has joined, joined by all. */
static void join_all(const struct comm *comm, uint32_t *parent, size_t n, struct arena *arena)
{
    uint32_t *pair = ARENA_ARRAY(arena, uint32_t, 2 * n);
    size_t n_pairs = 0, n_all;
    for (uint32_t i = 0; i < n; i++)
        if (root_of(parent, i) != i) {
            pair[2 * n_pairs] = root_of(parent, i);
            pair[2 * n_pairs++ + 1] = i;
        }
    const uint32_t *all = gather_all(comm, pair, 2 * sizeof *pair, n_pairs, -1, &n_all, arena);
    for (size_t k = 0; k < n_all; k++)
        join(parent, all[2 * k], all[2 * k + 1]);
    for (uint32_t i = 0; i < n; i++)
        parent[i] = root_of(parent, i);
}

bool near_clusters(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                   const uint8_t *y, int64_t n_global, double threshold, struct arena *arena, uint32_t *cluster,
                   struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct feature_set ready;
    ASSERT(n_global < UINT32_MAX);
    TRY(feature_set_fetch(comm, set, lines, arena, &ready, err));
    struct sparse_rows own = make_rows(&ready, lines->text, lines->n, arena);
    float *dense = ARENA_ZARRAY(arena, float, ready.d);
    int64_t most = (int64_t)lines->n;
    reduce_max_i64(comm, &most, 1);
    for (uint32_t i = 0; i < (uint32_t)n_global; i++)
        cluster[i] = i;
    const size_t share = BLOCK / (size_t)comm_size(comm) + 1;
    for (size_t first = 0; first < (size_t)most; first += share) {
        struct arena_mark before = arena_mark(arena);
        struct travel travel = send_round(comm, lines, y, &own, first, share, arena);
        compare(&travel, lines, y, &own, threshold, dense, cluster);
        arena_release(arena, before);
    }
    join_all(comm, cluster, (size_t)n_global, arena);
    arena_release(arena, mark);
    return true;
}
