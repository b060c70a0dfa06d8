#include "evaluate/roc.h"

#include "support/sort.h"

#include <math.h>

const struct param_spec evaluate_params_spec[] = {
    PARAM_REAL(struct evaluate_params, tpr, 0.9, 0, 1, "share of malicious rows that must be found, for fpr_at_tpr"),
    PARAM_REAL(struct evaluate_params, fpr, 0.001, 0, 1, "share of benign rows that may be flagged, for tpr_at_fpr"),
    PARAM_REAL(struct evaluate_params, daily_volume, 50000000, 1, 1e15, "lines a day that false alarms are stated for"),
    PARAM_INT(struct evaluate_params, bootstrap, 1000, 0, 1000000, "bootstrap resamples"),
    PARAM_END,
};

static bool check_rows(const double *score, const uint8_t *y, size_t n, size_t n_class[2], struct error *err)
{
    if (n >= UINT32_MAX)
        return fail(err, ERROR_INPUT, "%zu rows are too many to evaluate at once; evaluate a sample of them", n);
    n_class[0] = n_class[1] = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(score[i]))
            return fail(err, ERROR_NUMERIC, "the score of row %zu is not a number", i);
        ASSERT(y[i] <= 1);
        n_class[y[i]]++;
    }
    if (n_class[0] == 0 || n_class[1] == 0)
        return fail(
            err, ERROR_INPUT,
            "%zu benign and %zu malicious rows: evaluation needs both classes; add test rows of the missing one",
            n_class[0], n_class[1]);
    return true;
}

bool ranking_make(const double *score, const uint8_t *y, size_t n, struct arena *arena, struct ranking *out,
                  struct error *err)
{
    TRY(check_rows(score, y, n, out->n_class, err));
    for (int c = 0; c < 2; c++)
        out->group[c] = ARENA_ARRAY(arena, uint32_t, out->n_class[c]);
    struct arena_mark mark = arena_mark(arena);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n);
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, n);
    uint32_t *group_of_row = ARENA_ARRAY(arena, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        key[i] = ~sort_key_f64(score[i]);
    sort_order_u64(key, n, order, arena);
    uint32_t group = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && key[order[i]] != key[order[i - 1]])
            group++;
        group_of_row[order[i]] = group;
    }
    out->n_groups = (size_t)group + 1;
    size_t n_seen[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        out->group[y[i]][n_seen[y[i]]++] = group_of_row[i];
    arena_release(arena, mark);
    return true;
}

struct metrics ranking_metrics(const struct ranking *ranking, uint32_t *const count[2],
                               const struct evaluate_params *params)
{
    double n_benign = (double)ranking->n_class[0], n_malicious = (double)ranking->n_class[1];
    struct metrics metrics = {.fpr_at_tpr = params->tpr > 0 ? 1 : 0, .tpr_at_fpr = 0};
    bool reached = params->tpr <= 0;
    uint64_t n_false = 0, n_true = 0, twice_area = 0; /* counts below 2^32: twice_area below 2^65 / 2 */
    for (size_t g = 0; g < ranking->n_groups; g++) {
        twice_area += count[0][g] * (2 * n_true + count[1][g]);
        n_false += count[0][g];
        n_true += count[1][g];
        double fpr = (double)n_false / n_benign, tpr = (double)n_true / n_malicious;
        if (!reached && tpr >= params->tpr) {
            metrics.fpr_at_tpr = fpr;
            reached = true;
        }
        if (fpr <= params->fpr)
            metrics.tpr_at_fpr = tpr;
    }
    metrics.auc = (double)twice_area / 2 / n_benign / n_malicious;
    return metrics;
}

bool evaluate(const double *score, const uint8_t *y, size_t n, const struct evaluate_params *params,
              struct arena *arena, struct metrics *out, struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct ranking ranking;
    TRY(ranking_make(score, y, n, arena, &ranking, err));
    uint32_t *count[2];
    for (int c = 0; c < 2; c++) {
        count[c] = ARENA_ZARRAY(arena, uint32_t, ranking.n_groups);
        for (size_t i = 0; i < ranking.n_class[c]; i++)
            count[c][ranking.group[c][i]]++;
    }
    *out = ranking_metrics(&ranking, count, params);
    arena_release(arena, mark);
    return true;
}
