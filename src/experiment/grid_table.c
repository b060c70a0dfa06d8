#include "experiment/grid.h"

#include <math.h>
#include <stdio.h>

enum { CELL = 26, ARM = 34 };

static void add_interval(struct buf *out, double value, double low, double high, double scale, const char *format)
{
    char number[3][32], cell[128];
    double part[3] = {value, low, high};
    if (isnan(value)) {
        buf_printf(out, "  %-*s", CELL, "-");
        return;
    }
    for (int i = 0; i < 3; i++)
        snprintf(number[i], sizeof number[i], format, part[i] * scale);
    snprintf(cell, sizeof cell, "%s [%s, %s]", number[0], number[1], number[2]);
    buf_printf(out, "  %-*s", CELL, cell);
}

static void add_arm(const struct grid *grid, size_t arm, struct buf *out)
{
    struct buf name = {.limit = 4096};
    for (size_t a = 0; a < grid->sweep->n_axes; a++) {
        if (a == grid->seed_axis)
            continue;
        const struct axis *axis = &grid->sweep->axis[a];
        const char *value = axis->value[grid_arm_at(grid, arm, a)];
        bool detector = strcmp(axis->key, "detector") == 0;
        buf_printf(&name, "%s%s%s%s%s", name.n ? " " : "", detector ? "" : axis->name, detector ? "" : "=", value,
                   detector && strcmp(value, "random") == 0 ? " (control)" : "");
    }
    buf_printf(out, "%-*s", ARM, name.n ? name.p : "anomalies");
    buf_free(&name);
}

static void add_row(const struct grid *grid, size_t test, size_t size, size_t arm, struct buf *out)
{
    const struct experiment *e = &grid->sweep->run[0].experiment;
    size_t at = (arm * grid->n_tests + test) * grid->n_sizes + size;
    double asked = grid->asked[arm * grid->n_sizes + size], millions = e->evaluate.daily_volume / 1e6;
    const struct summary *auc = &grid->summary[METRIC_AUC], *fpr = &grid->summary[METRIC_FPR_AT_TPR];
    buf_printf(out, "%9" PRId64 "  ", e->size[size]);
    if (e->size[size] == 0)
        buf_printf(out, "%-*s%8s", ARM, "baseline alone", "-");
    else {
        add_arm(grid, arm, out);
        if (isnan(asked))
            buf_printf(out, "%8s", "-");
        else
            buf_printf(out, "%8.0f", asked);
    }
    if (isnan(auc->mean[at])) {
        buf_add_str(out, STR("  not reached: too few benign verdicts\n"));
        return;
    }
    add_interval(out, auc->mean[at], auc->low[at], auc->high[at], 1, "%.4f");
    add_interval(out, fpr->mean[at], fpr->low[at], fpr->high[at], 1, "%.4f");
    add_interval(out, fpr->mean[at], fpr->low[at], fpr->high[at], millions, "%.2fM");
    if (e->size[size] > 0 && grid->control[arm] != arm)
        add_interval(out, fpr->difference[at], fpr->difference_low[at], fpr->difference_high[at], 1, "%+.4f");
    while (out->n > 0 && out->p[out->n - 1] == ' ')
        out->n--;
    buf_add_str(out, STR("\n"));
}

void grid_table(const struct grid *grid, struct buf *out)
{
    const struct experiment *e = &grid->sweep->run[0].experiment;
    if (grid->any->synthetic)
        buf_add_str(
            out, STR("SYNTHETIC telemetry: shows that the machinery works, says nothing about real command lines.\n"));
    if (grid->any->simulated)
        buf_add_str(out, STR("SIMULATED labels: some verdicts were made from known truth with seeded errors.\n"));
    buf_printf(out, "verdicts of the first run by backend: %s\n", grid->any->backends);
    for (size_t t = 0; t < grid->n_tests; t++) {
        char fpr[40], alarms[48];
        snprintf(fpr, sizeof fpr, "FPR at TPR %g", e->evaluate.tpr);
        snprintf(alarms, sizeof alarms, "false alarms/day of %gM", e->evaluate.daily_volume / 1e6);
        buf_printf(out,
                   "\n%s, test set \"%s\": %" PRId64 " benign, %" PRId64
                   " malicious lines; mean of %zu seed%s [95 %% interval over test lines and seeds]\n",
                   e->name, e->test[t].name, grid->any->n_benign[t], grid->any->n_malicious[t], grid->n_seeds,
                   grid->n_seeds == 1 ? "" : "s");
        buf_printf(out, "%9s  %-*s%8s  %-*s  %-*s  %-*s  %s\n", "anomalies", ARM, "picked by", "labels", CELL, "AUC",
                   CELL, fpr, CELL, alarms, "FPR minus control's");
        for (size_t s = 0; s < grid->n_sizes; s++)
            for (size_t arm = 0; arm < (e->size[s] == 0 ? 1 : grid->n_arms); arm++)
                add_row(grid, t, s, arm, out);
    }
    if (grid->missing > 0)
        buf_printf(out, "\n%zu of %zu runs are missing\n", grid->missing, grid->sweep->n_runs);
}
