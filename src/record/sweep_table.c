#include "cells.h"
#include "grid.h"

#include <math.h>

static const double tpr_slack = 0.02; /* "better" may cost this much TPR */

/* What a test's table shows. */
struct view {
    const struct grid *grid;
    size_t test;
    bool threshold, alarms, added;
    enum metric_id fpr; /* the FPR that is compared */
};

static bool has_metric(const struct grid *grid, size_t test, enum metric_id metric)
{
    for (size_t arm = 0; arm < grid->n_arms; arm++)
        for (size_t s = 0; s < grid->n_sizes; s++)
            if (!isnan(grid->own[metric][grid_cell(grid, arm, test, s)].mean))
                return true;
    return false;
}

/* Whether sizes count something else than added lines. */
static bool sizes_are_not_lines(const struct grid *grid)
{
    for (size_t i = 0; i < grid->n_arms * grid->n_sizes; i++)
        if (!isnan(grid->added[i]) && grid->added[i] != (double)grid->any->size[i % grid->n_sizes].size)
            return true;
    return false;
}

/* A lower FPR that costs no more TPR than the slack, or the other way round. */
static const char *judgement(const struct view *view, struct estimate *const *difference, size_t cell)
{
    const struct estimate *fpr = &difference[view->fpr][cell];
    if (fpr->state != INTERVAL_GIVEN)
        return "";
    const double tpr = view->threshold ? difference[METRIC_TPR][cell].mean : 0;
    return fpr->high < 0 && tpr >= -tpr_slack ? " better" : fpr->low > 0 && tpr <= tpr_slack ? " worse" : "";
}

static void add_difference(const struct view *view, struct cells *cells, struct estimate *const *difference,
                           size_t cell)
{
    cells_add(cells,
              arena_printf(cells->arena, "%s%s", estimate_text(cells, &difference[view->fpr][cell], NUMBER_DIFFERENCE),
                           judgement(view, difference, cell)));
}

static void add_head(const struct view *view, struct cells *cells)
{
    cells_add(cells, "size");
    if (view->added)
        cells_add(cells, "lines added");
    cells_add(cells, "arm");
    cells_add(cells, "labels");
    cells_add(cells, "seeds");
    cells_add(cells, "AUC");
    cells_add(cells, "own-curve FPR");
    if (view->threshold) {
        cells_add(cells, "FPR");
        cells_add(cells, "TPR");
    }
    if (view->alarms)
        cells_add(cells, "alarms/day");
    cells_add(cells, "FPR - size 0");
    cells_add(cells, "FPR - control");
}

static const char *mean_text(struct arena *arena, double mean)
{
    return isnan(mean) ? "-" : arena_printf(arena, "%.0f", mean);
}

static void add_row(const struct view *view, struct cells *cells, size_t arm, size_t size)
{
    const struct grid *grid = view->grid;
    struct arena *arena = cells->arena;
    const size_t cell = grid_cell(grid, arm, view->test, size), at = arm * grid->n_sizes + size;
    const char *alone = grid_arm_text(grid, arm, true);
    cells_add(cells, arena_printf(arena, "%" PRId64, grid->any->size[size].size));
    if (view->added)
        cells_add(cells, mean_text(arena, grid->added[at]));
    cells_add(cells, size == grid->size0 ? arena_printf(arena, "baseline alone%s%s", alone[0] == '\0' ? "" : " ", alone)
                                         : grid_arm_name(grid, arm));
    cells_add(cells, size == grid->size0 ? "-" : mean_text(arena, grid->asked[at]));
    const size_t n = grid->reached[at];
    cells_add(cells, n == grid->n_seeds ? arena_printf(arena, "%zu", n)
                                        : arena_printf(arena, "%zu of %zu seeds", n, grid->n_seeds));
    cells_add(cells, estimate_text(cells, &grid->own[METRIC_AUC][cell], NUMBER_SHARE));
    cells_add(cells, estimate_text(cells, &grid->own[METRIC_FPR_AT_TPR][cell], NUMBER_SHARE));
    if (view->threshold) {
        cells_add(cells, estimate_text(cells, &grid->own[METRIC_FPR][cell], NUMBER_SHARE));
        cells_add(cells, estimate_text(cells, &grid->own[METRIC_TPR][cell], NUMBER_SHARE));
    }
    if (view->alarms)
        cells_add(cells, number_text(grid->own[METRIC_ALARMS][cell].mean, NUMBER_ANY, arena));
    add_difference(view, cells, grid->minus_size0, cell);
    add_difference(view, cells, grid->minus_control, cell);
}

static void add_heading(const struct view *view, struct buf *out)
{
    const struct grid *grid = view->grid;
    const struct result_test *test = &grid->any->test[view->test];
    buf_printf(out,
               "\n%s, test \"%s\"%s: %" PRId64 " benign lines in %.1f effective clusters, %" PRId64
               " malicious in %.1f; %zu seed%s; mean [95 %% interval: new seeds, new lines]\n",
               grid->plan->name, test->name, test->day ? " (a day)" : "", test->n_benign, test->clusters[0],
               test->n_malicious, test->clusters[1], grid->n_seeds, grid->n_seeds == 1 ? "" : "s");
    if (view->threshold)
        buf_printf(out, "FPR, TPR: together, at the threshold that finds %g of the validation set's malicious lines\n",
                   grid->any->tpr);
}

static void add_notes(const struct view *view, const struct cells *cells, struct buf *out)
{
    const char *where = view->threshold ? "at the validation threshold" : "read off the test's own curve";
    cells_footnotes(cells, out);
    buf_printf(
        out,
        "  %s; labels: asked until the size was reached, mean; own-curve FPR: at TPR %g, read off the test's own "
        "curve\n",
        view->added ? "size: what the configuration counts" : "size: benign anomalies added to training",
        view->grid->any->tpr);
    buf_printf(out, "  differences: of FPR %s, paired by seed\n", where);
    buf_printf(out, "  better: their interval is below 0%s; worse: it is above 0%s\n",
               view->threshold ? ", and TPR is not lower by more than .02" : "",
               view->threshold ? ", and TPR is not higher by more than .02" : "");
}

static void add_test(const struct grid *grid, size_t test, struct buf *out)
{
    const bool threshold = has_metric(grid, test, METRIC_FPR);
    const struct view view = {.grid = grid,
                              .test = test,
                              .threshold = threshold,
                              .alarms = grid->any->test[test].day && has_metric(grid, test, METRIC_ALARMS),
                              .added = sizes_are_not_lines(grid),
                              .fpr = threshold ? METRIC_FPR : METRIC_FPR_AT_TPR};
    struct arena_mark mark = arena_mark(grid->arena);
    struct cells cells =
        cells_new(grid->arena, (size_t)(8 + (view.added ? 1 : 0) + (threshold ? 2 : 0) + (view.alarms ? 1 : 0)));
    add_heading(&view, out);
    add_head(&view, &cells);
    for (size_t s = 0; s < grid->n_sizes; s++)
        for (size_t k = 0; k < (s == grid->size0 ? grid->n_alone : grid->n_arms); k++)
            add_row(&view, &cells, s == grid->size0 ? grid->alone[k] : k, s);
    cells_print(&cells, out);
    add_notes(&view, &cells, out);
    arena_release(grid->arena, mark);
    sweep_precision(grid, test, out);
    sweep_groups(grid, test, out);
}

void sweep_table(const struct grid *grid, struct buf *out)
{
    sweep_heading(grid, out);
    for (size_t t = 0; t < grid->n_tests; t++)
        if (strcmp(grid->any->test[t].role, "test") == 0)
            add_test(grid, t, out);
    sweep_aut(grid, out);
    sweep_absent(grid, out);
}
