#include "record/collect.h"

#include "grid.h"
#include "support/file.h"
#include "sweep_variables.h"

static bool check_own(const char *path, const char *sweep_id, struct arena *arena, struct error *err)
{
    struct store *store = NULL;
    struct str id = STR("");
    struct error ignored;
    if (!file_exists(path))
        return true;
    bool readable =
        store_open(path, &store, &ignored) && store_get_attr_str(store, "/", SWEEP_ID_NAME, arena, &id, &ignored);
    store_close(store);
    if (!readable)
        return fail(err, ERROR_INPUT, "%s: is no sweep file that this program knows: choose another --out or remove it",
                    path);
    return str_equal(id, str_of(sweep_id)) ||
           fail(err, ERROR_INPUT,
                "%s: is the file of another sweep (%.*s, this one is %s): choose another --out or "
                "remove it",
                path, STR_ARG(id), sweep_id);
}

bool collect_own(const char *path, const char *sweep_id, struct error *err)
{
    struct arena *arena = arena_new();
    bool ok = check_own(path, sweep_id, arena, err);
    arena_free(arena);
    return ok;
}

bool collect_sweep(const struct collect_plan *plan, const char *sweep_path, struct buf *table,
                   struct collect_result *out, struct error *err)
{
    struct arena *arena = arena_new();
    struct grid grid;
    bool ok = check_own(sweep_path, plan->sweep_id, arena, err) && grid_read(plan, arena, &grid, err) &&
              grid_estimate(&grid, err) && sweep_write(&grid, sweep_path, err);
    if (ok) {
        sweep_table(&grid, table);
        *out = (struct collect_result){.missing = grid.missing, .failed = grid.failed};
    }
    arena_free(arena);
    return ok;
}
