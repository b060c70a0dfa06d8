#include "experiment/grid.h"

#include "experiment/schema.h"
#include "store/store.h"

#include <math.h>

enum { MOST_AXES = 30 };

/* A coordinate of numbers if all values are numbers, else of strings. */
static bool write_axis(struct store *store, const struct axis *axis, const char *path, struct arena *arena,
                       struct error *err)
{
    double *number = ARENA_ARRAY(arena, double, axis->n);
    int64_t *whole = ARENA_ARRAY(arena, int64_t, axis->n);
    struct str *text = ARENA_ARRAY(arena, struct str, axis->n);
    bool all_numbers = true, all_whole = true;
    for (size_t i = 0; i < axis->n; i++) {
        text[i] = str_of(axis->value[i]);
        all_numbers = all_numbers && str_to_f64(text[i], &number[i]);
        all_whole = all_whole && str_to_i64(text[i], &whole[i]);
    }
    if (all_whole)
        return store_axis_i64(store, path, whole, axis->n, err);
    return all_numbers ? store_axis_f64(store, path, number, axis->n, err)
                       : store_axis_str(store, path, text, axis->n, err);
}

/* Per-run values: [arm axes..., seed, test, size]. */
static bool write_runs(struct store *store, const struct grid *grid, const char *const *axes, size_t rank, int m,
                       struct arena *arena, struct error *err)
{
    size_t cells = grid->n_tests * grid->n_sizes, n = grid->n_arms * grid->n_seeds;
    double *value = ARENA_ARRAY(arena, double, n *cells);
    for (size_t i = 0; i < n * cells; i++) {
        const struct record *record = grid->record[i / cells];
        value[i] = record ? record->value[m][i % cells] : (double)NAN;
    }
    return store_array(store, schema_metric[m], STORE_F64, axes, rank, value, err);
}

static bool write_summary(struct store *store, const struct grid *grid, const char *const *axes, size_t rank, int m,
                          struct arena *arena, struct error *err)
{
    const struct summary *s = &grid->summary[m];
    const struct {
        const char *suffix;
        const double *data;
    } part[] = {{"mean", s->mean},
                {"low", s->low},
                {"high", s->high},
                {"minus_control", s->difference},
                {"minus_control_low", s->difference_low},
                {"minus_control_high", s->difference_high}};
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        TRY(store_array(store, arena_printf(arena, "%s_%s", schema_metric[m], part[i].suffix), STORE_F64, axes, rank,
                        part[i].data, err));
    return true;
}

static bool write_all(struct store *store, const struct grid *grid, struct arena *arena, struct error *err)
{
    const struct sweep *sweep = grid->sweep;
    const struct experiment *e = &sweep->run[0].experiment;
    const char *arm_axes[MOST_AXES + 3], *run_axes[MOST_AXES + 3];
    size_t n_arm = 0, n_run = 0;
    if (sweep->n_axes > MOST_AXES)
        return fail(err, ERROR_CONFIG, "a sweep of more than %d axes", MOST_AXES);
    for (size_t a = 0; a < sweep->n_axes; a++) {
        const char *path = arena_printf(arena, "/%s", sweep->axis[a].name);
        TRY(write_axis(store, &sweep->axis[a], path, arena, err));
        if (a != grid->seed_axis)
            arm_axes[n_arm++] = run_axes[n_run++] = path;
    }
    if (grid->seed_axis < sweep->n_axes)
        run_axes[n_run++] = "/seed";
    struct str *test = ARENA_ARRAY(arena, struct str, e->n_tests);
    for (size_t t = 0; t < e->n_tests; t++)
        test[t] = str_of(e->test[t].name);
    TRY(store_axis_str(store, SCHEMA_TEST, test, e->n_tests, err));
    TRY(store_axis_i64(store, SCHEMA_SIZE, e->size, e->n_sizes, err));
    arm_axes[n_arm] = run_axes[n_run] = SCHEMA_TEST;
    arm_axes[n_arm + 1] = run_axes[n_run + 1] = SCHEMA_SIZE;
    for (int m = 0; m < METRIC_COUNT; m++) {
        TRY(write_runs(store, grid, run_axes, n_run + 2, m, arena, err));
        TRY(write_summary(store, grid, arm_axes, n_arm + 2, m, arena, err));
    }
    arm_axes[n_arm] = SCHEMA_SIZE;
    TRY(store_array(store, SCHEMA_ASKED, STORE_F64, arm_axes, n_arm + 1, grid->asked, err));
    TRY(store_attr_i64(store, "/", SCHEMA_VERSION_NAME, SCHEMA_VERSION, err));
    TRY(store_attr_i64(store, "/", SCHEMA_SYNTHETIC, grid->any->synthetic, err));
    TRY(store_attr_i64(store, "/", SCHEMA_SIMULATED, grid->any->simulated, err));
    TRY(store_attr_i64(store, "/", "missing_runs", (int64_t)grid->missing, err));
    TRY(store_attr_str(store, "/", "name", str_of(e->name), err));
    TRY(store_attr_str(store, "/", SCHEMA_BACKENDS, str_of(grid->any->backends), err));
    TRY(store_attr_str(store, "/", "config_of_first_run", str_of(sweep->run[0].config), err));
    TRY(store_attr_f64(store, "/", "tpr", e->evaluate.tpr, err));
    TRY(store_attr_f64(store, "/", "fpr", e->evaluate.fpr, err));
    return store_attr_f64(store, "/", "daily_volume", e->evaluate.daily_volume, err);
}

bool grid_write(const struct grid *grid, const char *path, struct error *err)
{
    struct arena *arena = arena_new();
    struct store *store = NULL;
    bool ok = store_create(path, &store, err);
    ok = ok && write_all(store, grid, arena, err);
    if (ok)
        ok = store_commit(store, err);
    else
        store_close(store);
    arena_free(arena);
    return ok;
}
