#include "experiment/grid.h"

#include "support/rng.h"

#include <math.h>

size_t grid_arm_at(const struct grid *grid, size_t arm, size_t wanted)
{
    for (size_t a = grid->sweep->n_axes; a-- > 0;) {
        if (a == grid->seed_axis)
            continue;
        size_t at = arm % grid->sweep->axis[a].n;
        if (a == wanted)
            return at;
        arm /= grid->sweep->axis[a].n;
    }
    ASSERT(false);
    return 0;
}

static void place_run(const struct grid *grid, const struct run *run, size_t *arm, size_t *seed)
{
    *arm = *seed = 0;
    for (size_t a = 0; a < grid->sweep->n_axes; a++)
        if (a == grid->seed_axis)
            *seed = run->at[a];
        else
            *arm = *arm * grid->sweep->axis[a].n + run->at[a];
}

/* For each arm, the arm that differs only in having the detector "random". */
static void find_controls(struct grid *grid, struct arena *arena)
{
    const struct sweep *sweep = grid->sweep;
    size_t detector = 0, random = 0;
    grid->control = ARENA_ARRAY(arena, size_t, grid->n_arms);
    while (detector < sweep->n_axes && strcmp(sweep->axis[detector].key, "detector") != 0)
        detector++;
    if (detector < sweep->n_axes)
        while (random < sweep->axis[detector].n && strcmp(sweep->axis[detector].value[random], "random") != 0)
            random++;
    for (size_t arm = 0; arm < grid->n_arms; arm++) {
        grid->control[arm] = arm;
        if (detector == sweep->n_axes || random == sweep->axis[detector].n)
            continue;
        size_t stride = 1;
        for (size_t a = detector + 1; a < sweep->n_axes; a++)
            if (a != grid->seed_axis)
                stride *= sweep->axis[a].n;
        grid->control[arm] = arm - grid_arm_at(grid, arm, detector) * stride + random * stride;
    }
}

static bool read_records(struct grid *grid, const char *out_dir, struct arena *arena, struct error *err)
{
    grid->record = ARENA_ZARRAY(arena, const struct record *, grid->n_arms * grid->n_seeds);
    for (size_t i = 0; i < grid->sweep->n_runs; i++) {
        const struct run *run = &grid->sweep->run[i];
        const char *path = arena_printf(arena, "%s/runs/%s.h5", out_dir, run->id);
        if (!record_finished(path, run)) {
            grid->missing++;
            continue;
        }
        size_t arm, seed;
        struct record *record = ARENA_ARRAY(arena, struct record, 1);
        TRY(record_read(path, arena, record, err));
        place_run(grid, run, &arm, &seed);
        grid->record[arm * grid->n_seeds + seed] = record;
        if (!grid->any)
            grid->any = record;
        if (record->n_tests != grid->any->n_tests || record->n_sizes != grid->any->n_sizes ||
            record->n_resamples != grid->any->n_resamples)
            return fail(err, ERROR_CONFIG, "%s: runs of one sweep must share tests, sizes and evaluate.bootstrap",
                        path);
    }
    if (!grid->any)
        return fail(err, ERROR_INPUT, "%s/runs: no finished run of this sweep; `benomaly sweep` makes them", out_dir);
    return true;
}

/* The seeds of an arm that reached cell c, as record pointers. */
static size_t cell_records(const struct grid *grid, size_t arm, size_t c, const struct record **out)
{
    size_t n = 0;
    for (size_t s = 0; s < grid->n_seeds; s++) {
        const struct record *record = grid->record[arm * grid->n_seeds + s];
        if (record && !isnan(record->value[0][c]))
            out[n++] = record;
    }
    return n;
}

/* Mean over n draws with replacement of the records' resample r: draw i of resample r is the same for every arm with n
 * records. */
static double draw_mean(const struct record *const *record, size_t n, int metric, size_t cell, size_t n_resamples,
                        size_t r)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        size_t pick = (size_t)rng_below(1, rng_stream("collect.seed", n, i), r, n);
        sum += record[pick]->resample[metric][cell * n_resamples + r];
    }
    return sum / (double)n;
}

static double plain_mean(const struct record *const *record, size_t n, int metric, size_t cell)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += record[i]->value[metric][cell];
    return sum / (double)n;
}

static void summarise_cell(struct grid *grid, int m, size_t arm, size_t cell, const struct record **scratch,
                           double *draws)
{
    size_t at = arm * grid->n_tests * grid->n_sizes + cell, b = grid->n_resamples;
    struct summary *s = &grid->summary[m];
    const struct record **own = scratch, **control = scratch + grid->n_seeds;
    size_t n = cell_records(grid, arm, cell, own), n_control = cell_records(grid, grid->control[arm], cell, control);
    s->mean[at] = s->low[at] = s->high[at] = NAN;
    s->difference[at] = s->difference_low[at] = s->difference_high[at] = NAN;
    if (n == 0)
        return;
    s->mean[at] = plain_mean(own, n, m, cell);
    for (size_t r = 0; r < b; r++)
        draws[r] = draw_mean(own, n, m, cell, b, r);
    evaluate_interval(draws, b, 0.95, &s->low[at], &s->high[at]);
    if (grid->control[arm] == arm || n_control == 0)
        return;
    s->difference[at] = s->mean[at] - plain_mean(control, n_control, m, cell);
    for (size_t r = 0; r < b; r++)
        draws[r] = draw_mean(own, n, m, cell, b, r) - draw_mean(control, n_control, m, cell, b, r);
    evaluate_interval(draws, b, 0.95, &s->difference_low[at], &s->difference_high[at]);
}

static void summarise(struct grid *grid, struct arena *arena)
{
    size_t cells = grid->n_tests * grid->n_sizes, n = grid->n_arms * cells;
    const struct record **scratch = ARENA_ARRAY(arena, const struct record *, 2 * grid->n_seeds);
    double *draws = ARENA_ARRAY(arena, double, grid->n_resamples);
    for (int m = 0; m < METRIC_COUNT; m++) {
        double *block = ARENA_ARRAY(arena, double, 6 * n);
        grid->summary[m] =
            (struct summary){block, block + n, block + 2 * n, block + 3 * n, block + 4 * n, block + 5 * n};
        for (size_t i = 0; i < n; i++)
            summarise_cell(grid, m, i / cells, i % cells, scratch, draws);
    }
    grid->asked = ARENA_ARRAY(arena, double, grid->n_arms * grid->n_sizes);
    for (size_t i = 0; i < grid->n_arms * grid->n_sizes; i++) {
        size_t found = cell_records(grid, i / grid->n_sizes, i % grid->n_sizes, scratch);
        double sum = 0;
        for (size_t k = 0; k < found; k++)
            sum += (double)scratch[k]->asked[i % grid->n_sizes];
        grid->asked[i] = found ? sum / (double)found : (double)NAN;
    }
}

bool grid_read(const struct sweep *sweep, const char *out_dir, struct arena *arena, struct grid *out, struct error *err)
{
    *out = (struct grid){.sweep = sweep, .seed_axis = sweep->n_axes, .n_arms = 1, .n_seeds = 1};
    for (size_t a = 0; a < sweep->n_axes; a++)
        if (strcmp(sweep->axis[a].key, "seed") == 0) {
            out->seed_axis = a;
            out->n_seeds = sweep->axis[a].n;
        } else {
            out->n_arms *= sweep->axis[a].n;
        }
    TRY(read_records(out, out_dir, arena, err));
    out->n_tests = out->any->n_tests;
    out->n_sizes = out->any->n_sizes;
    out->n_resamples = out->any->n_resamples;
    find_controls(out, arena);
    summarise(out, arena);
    return true;
}
