#include "grid.h"

#include "variables.h"

#include <math.h>

static const struct estimate none = {NAN, NAN, NAN, 0, INTERVAL_NO_VALUE};

/* Runs of one arm with their resamples; NULL where a run is not finished. */
static bool load(const struct grid *grid, size_t arm, struct arena *arena, const struct result **out, struct error *err)
{
    for (size_t k = 0; k < grid->n_seeds; k++) {
        const size_t i = arm * grid->n_seeds + k;
        struct result *result = ARENA_ZARRAY(arena, struct result, 1);
        struct store *store = NULL;
        out[k] = NULL;
        if (grid->run[i] == NULL)
            continue;
        const char *path = grid->plan->run[grid->plan_run[i]].path;
        TRY(store_open(path, &store, err));
        bool ok = run_read_parts(store, PART_NUMBERS | PART_RESAMPLES, arena, result, err);
        store_close(store);
        if (!ok)
            return name_file(path, err);
        out[k] = result;
    }
    return true;
}

/* The smaller effective number of clusters of the classes that the metric depends on. */
static double clusters(const struct result_test *test, size_t metric)
{
    if (metric == METRIC_FPR || metric == METRIC_ALARMS)
        return test->clusters[0];
    if (metric == METRIC_TPR)
        return test->clusters[1];
    return test->clusters[0] < test->clusters[1] ? test->clusters[0] : test->clusters[1];
}

/* Values and resamples of one cell over seeds. */
struct sample {
    double *value;
    const float **resample;
};

static struct sample sample_of(const struct grid *grid, const struct result *const *run, size_t metric, size_t test,
                               size_t size, struct arena *arena)
{
    struct sample out = {ARENA_ARRAY(arena, double, grid->n_seeds), ARENA_ARRAY(arena, const float *, grid->n_seeds)};
    for (size_t k = 0; k < grid->n_seeds; k++) {
        const struct result_point *point = &run[k]->point[test * grid->n_sizes + size];
        out.value[k] = point->value[metric];
        out.resample[k] = point->resample[metric];
    }
    return out;
}

static struct estimate difference(const struct grid *grid, const struct sample *own, const struct sample *other,
                                  double n_clusters, struct arena *arena)
{
    return estimate_difference(own->value, own->resample, other->value, other->resample, grid->n_seeds,
                               grid->any->n_resamples, n_clusters, arena);
}

static bool all_reached(const struct grid *grid, size_t arm, size_t size)
{
    return size < grid->n_sizes && grid->reached[arm * grid->n_sizes + size] == grid->n_seeds;
}

static void estimate_cell(struct grid *grid, size_t arm, size_t metric, size_t test, size_t size,
                          const struct result *const *run, const struct result *const *control, struct arena *arena)
{
    const size_t cell = grid_cell(grid, arm, test, size);
    grid->own[metric][cell] = grid->minus_control[metric][cell] = grid->minus_size0[metric][cell] = none;
    if (!all_reached(grid, arm, size))
        return;
    const double n_clusters = clusters(&run[0]->test[test], metric);
    const double high = metric == METRIC_ALARMS ? grid->any->daily_volume : metrics[metric].high;
    struct arena_mark mark = arena_mark(arena);
    const struct sample own = sample_of(grid, run, metric, test, size, arena);
    grid->own[metric][cell] = estimate_mean(own.value, own.resample, grid->n_seeds, grid->any->n_resamples, n_clusters,
                                            metrics[metric].low, high, arena);
    if (size != grid->size0 && grid->control[arm] != arm && all_reached(grid, grid->control[arm], size)) {
        const struct sample other = sample_of(grid, control, metric, test, size, arena);
        grid->minus_control[metric][cell] = difference(grid, &own, &other, n_clusters, arena);
    }
    if (size != grid->size0 && all_reached(grid, arm, grid->size0)) {
        const struct sample other = sample_of(grid, run, metric, test, grid->size0, arena);
        grid->minus_size0[metric][cell] = difference(grid, &own, &other, n_clusters, arena);
    }
    arena_release(arena, mark);
}

static bool estimate_arm(struct grid *grid, size_t arm, struct arena *arena, struct error *err)
{
    const struct result **run = ARENA_ARRAY(arena, const struct result *, grid->n_seeds), **control = run;
    TRY(load(grid, arm, arena, run, err));
    if (grid->control[arm] != arm) {
        control = ARENA_ARRAY(arena, const struct result *, grid->n_seeds);
        TRY(load(grid, grid->control[arm], arena, control, err));
    }
    for (size_t m = 0; m < METRIC_COUNT; m++)
        for (size_t i = 0; i < grid->n_tests * grid->n_sizes; i++)
            estimate_cell(grid, arm, m, i / grid->n_sizes, i % grid->n_sizes, run, control, arena);
    return true;
}

bool grid_estimate(struct grid *grid, struct error *err)
{
    const size_t n = grid->n_arms * grid->n_tests * grid->n_sizes;
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        grid->own[m] = ARENA_ARRAY(grid->arena, struct estimate, n);
        grid->minus_control[m] = ARENA_ARRAY(grid->arena, struct estimate, n);
        grid->minus_size0[m] = ARENA_ARRAY(grid->arena, struct estimate, n);
    }
    struct arena *arena = arena_new();
    bool ok = true;
    for (size_t arm = 0; ok && arm < grid->n_arms; arm++) {
        struct arena_mark mark = arena_mark(arena);
        ok = estimate_arm(grid, arm, arena, err);
        arena_release(arena, mark);
    }
    arena_free(arena);
    return ok;
}
