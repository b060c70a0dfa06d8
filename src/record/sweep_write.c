#include "sweep_variables.h"

enum { MOST_SWEEP_AXES = 30 }; /* HDF5 has 32 dimensions, two are test and size */

static const char *axis_path(const struct grid *grid, size_t axis)
{
    return arena_printf(grid->arena, "/%s", grid->plan->axis[axis].name);
}

/* A coordinate of numbers if all values are numbers, else of strings. */
static bool write_axis(struct store *store, const struct grid *grid, size_t a, struct error *err)
{
    const struct collect_axis *axis = &grid->plan->axis[a];
    double *number = ARENA_ARRAY(grid->arena, double, axis->n);
    int64_t *whole = ARENA_ARRAY(grid->arena, int64_t, axis->n);
    struct str *text = ARENA_ARRAY(grid->arena, struct str, axis->n);
    bool all_numbers = true, all_whole = true;
    for (size_t i = 0; i < axis->n; i++) {
        text[i] = str_of(axis->value[i]);
        all_numbers = all_numbers && str_to_f64(text[i], &number[i]);
        all_whole = all_whole && str_to_i64(text[i], &whole[i]);
    }
    const char *path = axis_path(grid, a);
    TRY(all_whole     ? store_axis_i64(store, path, whole, axis->n, err)
        : all_numbers ? store_axis_f64(store, path, number, axis->n, err)
                      : store_axis_str(store, path, text, axis->n, err));
    return store_attr_str(store, path, "long_name", str_of(axis->key), err);
}

static bool write_axes(struct store *store, const struct grid *grid, struct error *err)
{
    int64_t *size = ARENA_ARRAY(grid->arena, int64_t, grid->n_sizes);
    struct str *test = ARENA_ARRAY(grid->arena, struct str, grid->n_tests);
    for (size_t s = 0; s < grid->n_sizes; s++)
        size[s] = grid->any->size[s].size;
    for (size_t t = 0; t < grid->n_tests; t++)
        test[t] = str_of(grid->any->test[t].name);
    for (size_t a = 0; a < grid->plan->n_axes; a++)
        TRY(write_axis(store, grid, a, err));
    TRY(store_axis_str(store, axes[AXIS_TEST].path, test, grid->n_tests, err));
    TRY(store_attr_str(store, axes[AXIS_TEST].path, "long_name", str_of(axes[AXIS_TEST].long_name), err));
    TRY(store_axis_i64(store, axes[AXIS_SIZE].path, size, grid->n_sizes, err));
    TRY(store_attr_str(store, axes[AXIS_SIZE].path, "units", str_of(axes[AXIS_SIZE].unit), err));
    return store_attr_str(store, axes[AXIS_SIZE].path, "long_name", str_of(axes[AXIS_SIZE].long_name), err);
}

/* Its axes, the seed's last; returns how many, and the product of those before test and size. */
static size_t over_axes(const struct grid *grid, const struct sweep_variable *v, const char **over, size_t *n)
{
    const struct collect_plan *plan = grid->plan;
    size_t rank = 0;
    for (size_t a = 0; a < plan->n_axes; a++)
        if (v->over != OVER_NONE && a != grid->seed_axis && (v->over != OVER_ALONE || plan->axis[a].alone))
            over[rank++] = axis_path(grid, a);
    if (v->over == OVER_RUNS && grid->seed_axis < plan->n_axes)
        over[rank++] = axis_path(grid, grid->seed_axis);
    if (v->test)
        over[rank++] = axes[AXIS_TEST].path;
    if (v->size)
        over[rank++] = axes[AXIS_SIZE].path;
    *n = v->over == OVER_RUNS    ? plan->n_runs
         : v->over == OVER_ARMS  ? grid->n_arms
         : v->over == OVER_ALONE ? grid->n_alone
                                 : 1;
    return rank;
}

struct column {
    size_t n;
    double *real;
    int64_t *whole;
    uint8_t *flag;
    struct str *text;
};

static struct column fill(const struct grid *grid, const struct sweep_variable *v, size_t metric, size_t n)
{
    const size_t n_tests = v->test ? grid->n_tests : 1, n_sizes = v->size ? grid->n_sizes : 1;
    struct column c = {.n = n * n_tests * n_sizes};
    c.real = ARENA_ARRAY(grid->arena, double, v->cell == CELL_F64 ? c.n : 0);
    c.whole = ARENA_ARRAY(grid->arena, int64_t, v->cell == CELL_I64 ? c.n : 0);
    c.flag = ARENA_ARRAY(grid->arena, uint8_t, v->cell == CELL_U8 ? c.n : 0);
    c.text = ARENA_ARRAY(grid->arena, struct str, v->cell == CELL_TEXT ? c.n : 0);
    for (size_t i = 0; i < c.n; i++) {
        const struct sweep_place at = {i / (n_tests * n_sizes), metric, i / n_sizes % n_tests, i % n_sizes};
        const union sweep_cell cell = v->get(grid, &at);
        if (v->cell == CELL_F64)
            c.real[i] = cell.real;
        else if (v->cell == CELL_I64)
            c.whole[i] = cell.whole;
        else if (v->cell == CELL_U8)
            c.flag[i] = (uint8_t)cell.whole;
        else
            c.text[i] = str_of(cell.text);
    }
    return c;
}

static bool write_one(struct store *store, const struct grid *grid, const struct sweep_variable *v, size_t metric,
                      struct error *err)
{
    const char *over[MOST_SWEEP_AXES + 2], *path = put_name(v->path, metrics[metric].name, grid->arena);
    const bool each = strstr(v->path, "%s") != NULL;
    const char *unit = v->unit == NULL && each ? metrics[metric].unit : v->unit;
    size_t n;
    const size_t rank = over_axes(grid, v, over, &n);
    const struct column c = fill(grid, v, metric, n);
    if (v->cell == CELL_TEXT)
        TRY(store_array_str(store, path, over, rank, c.text, err));
    else
        TRY(store_array(store, path, cell_store_type(v->cell), over, rank,
                        v->cell == CELL_F64   ? (const void *)c.real
                        : v->cell == CELL_I64 ? (const void *)c.whole
                                              : (const void *)c.flag,
                        err));
    if (unit != NULL)
        TRY(store_attr_str(store, path, "units", str_of(unit), err));
    TRY(v->flags == NULL || write_flags(store, path, v->flags, err));
    return store_attr_str(store, path, "long_name",
                          str_of(put_name(v->long_name, metrics[metric].long_name, grid->arena)), err);
}

static bool write_variables(struct store *store, const struct grid *grid, struct error *err)
{
    for (size_t i = 0; i < n_sweep_variables; i++) {
        const struct sweep_variable *v = &sweep_variables[i];
        if (v->over == OVER_ALONE && grid->size0 == grid->n_sizes)
            continue;
        const size_t times = strstr(v->path, "%s") == NULL ? 1 : METRIC_COUNT;
        for (size_t m = 0; m < times; m++) {
            struct arena_mark mark = arena_mark(grid->arena);
            TRY(write_one(store, grid, v, m, err));
            arena_release(grid->arena, mark);
        }
    }
    return true;
}

static bool write_attributes(struct store *store, const struct grid *grid, struct error *err)
{
    const struct result *any = grid->any;
    const struct {
        const char *name;
        int64_t value;
    } number[] = {{SCHEMA_VERSION_NAME, SCHEMA_VERSION},
                  {"synthetic", grid_any(grid->synthetic, grid->n_arms)},
                  {"labels_simulated", grid_any(grid->simulated, grid->n_arms)},
                  {"missing_runs", (int64_t)grid->missing},
                  {"failed_runs", (int64_t)grid->failed}};
    TRY(store_attr_str(store, "/", "name", str_of(grid->plan->name), err));
    TRY(store_attr_str(store, "/", SWEEP_ID_NAME, str_of(grid->plan->sweep_id), err));
    for (size_t i = 0; i < ARRAY_LEN(number); i++)
        TRY(store_attr_i64(store, "/", number[i].name, number[i].value, err));
    TRY(store_attr_f64(store, "/", "tpr", any->tpr, err));
    TRY(store_attr_f64(store, "/", "fpr", any->fpr, err));
    TRY(store_attr_f64(store, "/", "daily_volume", any->daily_volume, err));
    TRY(store_attr_str(store, "/", "config_of_first_run", str_of(any->config), err));
    for (size_t i = 0; i < grid->n_backends; i++) {
        const struct backend_sum *b = &grid->backend[i];
        const char *name = arena_printf(grid->arena, "%s%s", b->name, b->simulated ? " (simulation)" : "");
        TRY(store_attr_i64(store, SWEEP_VERDICTS, name, b->verdicts, err));
    }
    return true;
}

bool sweep_write(const struct grid *grid, const char *path, struct error *err)
{
    if (grid->plan->n_axes > MOST_SWEEP_AXES)
        return fail(err, ERROR_CONFIG, "a sweep of %zu axes: a file has room for %d", grid->plan->n_axes,
                    MOST_SWEEP_AXES);
    struct store *store = NULL;
    TRY(store_create(path, &store, err));
    bool ok = write_attributes(store, grid, err) && write_axes(store, grid, err) && write_variables(store, grid, err);
    if (ok)
        return store_commit(store, err);
    store_close(store);
    return false;
}

void sweep_schema(struct buf *out)
{
    static const char *const over[] = {
        [OVER_RUNS] = "runs", [OVER_ARMS] = "arms", [OVER_ALONE] = "baselines", [OVER_NONE] = ""};
    struct arena *arena = arena_new();
    buf_add_str(out, STR("| variable | over | type | unit | what |\n|---|---|---|---|---|\n"));
    for (size_t i = 0; i < n_sweep_variables; i++) {
        const struct sweep_variable *v = &sweep_variables[i];
        const char *between = v->over == OVER_NONE ? "" : ", ";
        buf_printf(out, "| `%s` | %s%s%s%s | %s | %s | %s", put_name(v->path, "METRIC", arena) + 1, over[v->over],
                   v->test ? between : "", v->test ? "test" : "", v->size ? ", size" : "", cell_name(v->cell),
                   v->unit == NULL ? "" : v->unit, put_name(v->long_name, "METRIC", arena));
        if (v->flags != NULL)
            schema_flags(v->flags, out);
        buf_add_str(out, STR(" |\n"));
    }
    arena_free(arena);
}
