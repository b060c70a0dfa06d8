#include "detect/explain.h"

#include "comm/reduce.h"
#include "need_rows.h"
#include "support/rng.h"
#include "support/sort.h"

#include <math.h>

enum { TYPICAL_ROWS = 4096, SCORE_BLOCK = 256 };

static int compare_floats(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* typical[d]: the lower median of each column over the sample. */
static void typical_values(const struct comm *comm, const struct rows *rows, uint64_t seed, struct arena *arena,
                           float *typical)
{
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        key[i] = rng_u64(seed, rng_stream("explain.sample", 0, 0), (uint64_t)rows->row[i]);
    struct ranked_list list;
    topk_sample(comm, key, rows->row, rows->n, TYPICAL_ROWS, arena, &list);
    float *x = ARENA_ARRAY(arena, float, list.n * rows->d), *column = ARENA_ARRAY(arena, float, list.n);
    rows_gather(comm, rows, &list, x, arena);
    for (size_t c = 0; c < rows->d; c++) {
        for (size_t i = 0; i < list.n; i++)
            column[i] = x[i * rows->d + c];
        sort_stable(column, list.n, sizeof *column, compare_floats, arena);
        typical[c] = column[(list.n - 1) / 2];
    }
}

static int64_t count_stranger(const struct comm *comm, const struct detector *method, const void *model,
                              const struct rows *rows, double score, struct arena *arena)
{
    float *x = ARENA_ARRAY(arena, float, SCORE_BLOCK * rows->d);
    double block[SCORE_BLOCK];
    int64_t n_stranger = 0;
    for (size_t first = 0; first < rows->n; first += SCORE_BLOCK) {
        size_t n = min_size(SCORE_BLOCK, rows->n - first);
        if (!method->featureless)
            rows_fill(rows, first, n, x);
        method->score(model, rows, first, n, method->featureless ? NULL : x, block);
        for (size_t i = 0; i < n; i++)
            n_stranger += block[i] > score;
    }
    reduce_sum_i64(comm, &n_stranger, 1);
    return n_stranger;
}

static int compare_contributions(const void *a, const void *b)
{
    const struct contribution *x = a, *y = b;
    if (x->fall != y->fall)
        return x->fall > y->fall ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static void occlude(const struct detector *method, const void *model, const struct rows *one, float *x,
                    const float *typical, struct arena *arena, struct explanation *out)
{
    out->column = ARENA_ARRAY(arena, struct contribution, one->d);
    for (size_t c = 0; c < one->d; c++) {
        if (x[c] == typical[c])
            continue;
        struct contribution share = {.column = c, .value = x[c], .typical = typical[c]};
        double score;
        x[c] = typical[c];
        method->score(model, one, 0, 1, x, &score);
        x[c] = share.value;
        share.fall = out->score - score;
        out->column[out->n++] = share;
    }
    sort_stable(out->column, out->n, sizeof *out->column, compare_contributions, arena);
}

/* Rank 0 makes the row, so that a set that fetches is asked for the line once. */
static bool line_features(const struct comm *comm, const struct rows *one, float *x, struct arena *arena,
                          struct error *err)
{
    struct feature_set ready;
    struct rows row = *one;
    struct line_view line = {.n = comm_rank(comm) == 0, .row = one->row, .text = one->text};
    TRY(feature_set_fetch(comm, one->set, &line, arena, &ready, err));
    row.set = &ready;
    if (comm_rank(comm) == 0)
        rows_fill(&row, 0, 1, x);
    comm_bcast(comm, x, one->d * sizeof *x, 0);
    return true;
}

bool detect_explain(const struct comm *comm, const struct choice *detector, const struct rows *rows, struct str line,
                    uint64_t seed, struct arena *arena, struct explanation *out, struct error *err)
{
    const struct detector *method = (const struct detector *)(const void *)detector->plugin;
    void *model = NULL;
    *out = (struct explanation){0};
    TRY(need_rows(comm, rows, &out->n_rows, err));
    TRY(method->fit(comm, rows, detector->params, seed, arena, &model, err));
    int64_t row = -1, count = 1;
    struct line_view lines = {.n = 1, .n_global = 1, .row = &row, .count = &count, .text = &line};
    struct rows one = rows_of_lines(rows->set, &lines);
    float *x = ARENA_ARRAY(arena, float, rows->d), *typical = ARENA_ARRAY(arena, float, rows->d);
    TRY(line_features(comm, &one, x, arena, err));
    method->score(model, &one, 0, 1, method->featureless ? NULL : x, &out->score);
    if (!isfinite(out->score))
        return fail(err, ERROR_NUMERIC, "detector %s gives the line a score that is not finite",
                    detector->plugin->name);
    out->n_stranger = count_stranger(comm, method, model, rows, out->score, arena);
    if (method->featureless)
        return true;
    typical_values(comm, rows, seed, arena, typical);
    occlude(method, model, &one, x, typical, arena, out);
    return true;
}
