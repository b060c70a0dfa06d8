#include "detect/detector.h"

#include "comm/agree.h"
#include "comm/progress.h"
#include "need_rows.h"

#include <math.h>

#define PLUGIN(name) extern const struct detector detector_##name;
#include "detect/detector_table.inc"
#undef PLUGIN

static const struct plugin *const items[] = {
#define PLUGIN(name) &detector_##name.plugin,
#include "detect/detector_table.inc"
#undef PLUGIN
};

static const struct plugin_list list = {"detector", items, ARRAY_LEN(items)};

enum { BLOCK = 256 }; /* rows whose features are alive at once */

const struct plugin_list *detector_list(void)
{
    return &list;
}

static bool all_finite(const struct detector *detector, const double *score, const int64_t *row, size_t n,
                       struct error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(score[i]))
            return fail(err, ERROR_NUMERIC,
                        "detector %s gave row %" PRId64
                        " a score that is not finite; use another detector or other features",
                        detector->plugin.name, row[i]);
    return true;
}

static bool score_rows(const struct comm *comm, const struct detector *detector, const void *model,
                       const struct rows *rows, struct arena *arena, double *score, struct error *err)
{
    float *x = ARENA_ARRAY(arena, float, BLOCK * rows->d);
    struct progress progress = progress_start(comm, "scoring", "rows", rows->n);
    bool ok = true;
    for (size_t first = 0; ok && first < rows->n; first += BLOCK) {
        size_t n = min_size(BLOCK, rows->n - first);
        if (!detector->featureless)
            rows_fill(rows, first, n, x);
        detector->score(model, rows, first, n, detector->featureless ? NULL : x, score + first);
        ok = all_finite(detector, score + first, rows->row + first, n, err);
        progress_tick(&progress, first + n);
    }
    progress_end(&progress);
    return ok;
}

bool detect_score(const struct comm *comm, const struct choice *detector, const struct rows *rows, uint64_t seed,
                  struct arena *arena, double *score, struct error *err)
{
    const struct detector *method = (const struct detector *)(const void *)detector->plugin;
    struct arena_mark mark = arena_mark(arena);
    void *model = NULL;
    int64_t n_global;
    bool ok = need_rows(comm, rows, &n_global, err) &&
              (!method->needs_text || need_text(comm, rows, method->plugin.name, err)) &&
              method->fit(comm, rows, detector->params, seed, arena, &model, err);
    if (ok)
        ok = agree(comm, score_rows(comm, method, model, rows, arena, score, err), err);
    arena_release(arena, mark);
    return ok;
}
