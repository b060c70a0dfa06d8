#include "cells.h"
#include "grid.h"

#include "support/sort.h"

#include <math.h>

enum { MOST_GROUPS = 12, MOST_ARMS = 8 };

/* ---- precision at base rates ---- */

static void add_precision(const struct grid *grid, struct cells *cells, size_t test, size_t arm, size_t size)
{
    const size_t cell = grid_cell(grid, arm, test, size);
    const char *alone = grid_arm_text(grid, arm, true);
    cells_add(cells, arena_printf(cells->arena, "%" PRId64, grid->any->size[size].size));
    cells_add(cells, size == grid->size0
                         ? arena_printf(cells->arena, "baseline alone%s%s", alone[0] == '\0' ? "" : " ", alone)
                         : grid_arm_name(grid, arm));
    for (size_t m = METRIC_PRECISION_3; m <= METRIC_PRECISION_5; m++)
        cells_add(cells, estimate_text(cells, &grid->own[m][cell], NUMBER_ANY));
}

void sweep_precision(const struct grid *grid, size_t test, struct buf *out)
{
    static const char *const head[] = {"size", "arm", "1 in 1,000", "1 in 10,000", "1 in 100,000"};
    bool there = false;
    for (size_t arm = 0; arm < grid->n_arms; arm++)
        for (size_t s = 0; s < grid->n_sizes; s++)
            there = there || !isnan(grid->own[METRIC_PRECISION_3][grid_cell(grid, arm, test, s)].mean);
    if (!there)
        return;
    struct arena_mark mark = arena_mark(grid->arena);
    struct cells cells = cells_new(grid->arena, ARRAY_LEN(head));
    for (size_t i = 0; i < ARRAY_LEN(head); i++)
        cells_add(&cells, head[i]);
    for (size_t k = 0; grid->size0 < grid->n_sizes && k < grid->n_alone; k++)
        add_precision(grid, &cells, test, grid->alone[k], grid->size0);
    for (size_t arm = 0; arm < grid->n_arms; arm++)
        if (grid_largest(grid, arm) < grid->n_sizes)
            add_precision(grid, &cells, test, arm, grid_largest(grid, arm));
    buf_printf(out, "\n\"%s\": precision at the validation threshold, if one line in so many is malicious\n",
               grid->any->test[test].name);
    cells_print(&cells, out);
    cells_footnotes(&cells, out);
    arena_release(grid->arena, mark);
}

/* ---- groups ---- */

struct group_row {
    const struct result_group *group; /* of the first run */
    int64_t benign, malicious;
};

static int larger_first(const void *a, const void *b)
{
    const struct group_row *x = a, *y = b;
    const int64_t n = x->benign + x->malicious, m = y->benign + y->malicious;
    return (n < m) - (n > m);
}

static const struct group_value *find_group(const struct result *r, const struct result_group *like, const char *field,
                                            size_t size)
{
    for (size_t i = 0; i < r->n_groups; i++)
        if (r->group[i].test == like->test && str_equal(r->group[i].value, like->value) &&
            strcmp(r->field[r->group[i].field], field) == 0)
            return &r->group[i].at[size];
    return NULL;
}

/* Mean over the arm's seeds; NaN unless all have it. */
static double group_mean(const struct grid *grid, size_t arm, const struct group_row *row, size_t size, bool tpr)
{
    const char *field = grid->any->field[row->group->field];
    double sum = 0;
    for (size_t k = 0; k < grid->n_seeds; k++) {
        const struct result *r = grid->run[arm * grid->n_seeds + k];
        const struct group_value *value = r == NULL ? NULL : find_group(r, row->group, field, size);
        sum += value == NULL ? (double)NAN : tpr ? value->tpr : value->fpr;
    }
    return sum / (double)grid->n_seeds;
}

static void add_group(const struct grid *grid, struct cells *cells, size_t arm, size_t size,
                      const struct group_row *row)
{
    struct arena *arena = cells->arena;
    char value[48] = "";
    for (size_t i = 0; i < row->group->value.n && i + 1 < sizeof value; i++) { /* bytes of an input: shown plainly */
        const char c = row->group->value.p[i];
        value[i] = c < ' ' || c == 0x7F ? '?' : c;
    }
    cells_add(cells, arena_printf(arena, "%s", value[0] == '\0' ? "(empty)" : value));
    cells_add(cells, arena_printf(arena, "%" PRId64, row->benign));
    cells_add(cells, arena_printf(arena, "%" PRId64, row->malicious));
    cells_add(cells, grid_arm_name(grid, arm));
    for (int tpr = 0; tpr < 2; tpr++) {
        cells_add(cells, grid->size0 < grid->n_sizes
                             ? number_text(group_mean(grid, arm, row, grid->size0, tpr == 1), NUMBER_SHARE, arena)
                             : "-");
        cells_add(cells, number_text(group_mean(grid, arm, row, size, tpr == 1), NUMBER_SHARE, arena));
    }
    cells_add(cells, arena_printf(arena, "%" PRId64, grid->any->size[size].size));
}

/* Groups of a test and field, the largest first. */
static size_t list_groups(const struct grid *grid, size_t test, size_t field, struct group_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < grid->any->n_groups; i++) {
        const struct result_group *group = &grid->any->group[i];
        if ((size_t)group->test != test || (size_t)group->field != field)
            continue;
        row[n] = (struct group_row){.group = group};
        for (size_t s = 0; s < grid->n_sizes; s++) { /* the same for each size that was reached */
            row[n].benign = max_i64(row[n].benign, group->at[s].n_benign);
            row[n].malicious = max_i64(row[n].malicious, group->at[s].n_malicious);
        }
        n++;
    }
    sort_stable(row, n, sizeof *row, larger_first, grid->arena);
    return n;
}

static void add_field(const struct grid *grid, size_t test, size_t field, struct buf *out)
{
    static const char *const head[] = {NULL,  "benign",     "malicious", "arm",    "FPR size 0",
                                       "FPR", "TPR size 0", "TPR",       "at size"};
    struct group_row *row = ARENA_ARRAY(grid->arena, struct group_row, grid->any->n_groups);
    const size_t n = list_groups(grid, test, field, row), n_arms = min_size(grid->n_arms, MOST_ARMS);
    if (n == 0)
        return;
    struct cells cells = cells_new(grid->arena, ARRAY_LEN(head));
    for (size_t i = 0; i < ARRAY_LEN(head); i++)
        cells_add(&cells, i == 0 ? grid->any->field[field] : head[i]);
    for (size_t g = 0; g < min_size(n, MOST_GROUPS); g++)
        for (size_t arm = 0; arm < n_arms; arm++)
            if (grid_largest(grid, arm) < grid->n_sizes)
                add_group(grid, &cells, arm, grid_largest(grid, arm), &row[g]);
    buf_printf(out, "\n\"%s\" by %s: largest size that every seed reached against size 0, means over seeds\n",
               grid->any->test[test].name, grid->any->field[field]);
    cells_print(&cells, out);
    if (n > MOST_GROUPS)
        buf_printf(out, "  and %zu smaller groups: the runs' files have them\n", n - MOST_GROUPS);
    if (grid->n_arms > n_arms)
        buf_printf(out, "  and %zu more arms: the runs' files have them\n", grid->n_arms - n_arms);
}

void sweep_groups(const struct grid *grid, size_t test, struct buf *out)
{
    struct arena_mark mark = arena_mark(grid->arena);
    for (size_t f = 0; f < grid->any->n_fields; f++)
        add_field(grid, test, f, out);
    arena_release(grid->arena, mark);
}

/* ---- sequences in time ---- */

static double aut_mean(const struct grid *grid, size_t arm, size_t sequence, size_t metric, size_t size)
{
    double sum = 0;
    for (size_t k = 0; k < grid->n_seeds; k++) {
        const struct result *r = grid->run[arm * grid->n_seeds + k];
        sum += r == NULL ? (double)NAN : r->aut[(sequence * METRIC_COUNT + metric) * grid->n_sizes + size];
    }
    return sum / (double)grid->n_seeds;
}

static void add_aut(const struct grid *grid, struct cells *cells, size_t sequence, size_t arm, size_t size)
{
    static const enum metric_id shown[] = {METRIC_AUC, METRIC_FPR_AT_TPR, METRIC_FPR, METRIC_TPR};
    const char *alone = grid_arm_text(grid, arm, true);
    cells_add(cells, grid->any->sequence[sequence]);
    cells_add(cells, arena_printf(cells->arena, "%" PRId64, grid->any->size[size].size));
    cells_add(cells, size == grid->size0
                         ? arena_printf(cells->arena, "baseline alone%s%s", alone[0] == '\0' ? "" : " ", alone)
                         : grid_arm_name(grid, arm));
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        const bool whole = grid->reached[arm * grid->n_sizes + size] == grid->n_seeds;
        cells_add(cells, number_text(whole ? aut_mean(grid, arm, sequence, shown[i], size) : (double)NAN, NUMBER_SHARE,
                                     cells->arena));
    }
}

void sweep_aut(const struct grid *grid, struct buf *out)
{
    static const char *const head[] = {"sequence", "size", "arm", "AUC", "FPR (own curve)", "FPR", "TPR"};
    if (grid->any->n_sequences == 0)
        return;
    struct arena_mark mark = arena_mark(grid->arena);
    struct cells cells = cells_new(grid->arena, ARRAY_LEN(head));
    for (size_t i = 0; i < ARRAY_LEN(head); i++)
        cells_add(&cells, head[i]);
    for (size_t q = 0; q < grid->any->n_sequences; q++) {
        for (size_t k = 0; grid->size0 < grid->n_sizes && k < grid->n_alone; k++)
            add_aut(grid, &cells, q, grid->alone[k], grid->size0);
        for (size_t arm = 0; arm < grid->n_arms; arm++)
            if (grid_largest(grid, arm) < grid->n_sizes)
                add_aut(grid, &cells, q, arm, grid_largest(grid, arm));
    }
    buf_add_str(out, STR("\narea under time (AUT) over each sequence of tests, means over seeds\n"));
    cells_print(&cells, out);
    arena_release(grid->arena, mark);
}
