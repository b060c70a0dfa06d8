#include "experiment/collect.h"

#include "experiment/grid.h"

bool collect_write(const struct sweep *sweep, const char *out_dir, struct buf *table, size_t *missing,
                   struct error *err)
{
    struct arena *arena = arena_new();
    struct grid grid;
    bool ok = grid_read(sweep, out_dir, arena, &grid, err) &&
              grid_write(&grid, arena_printf(arena, "%s/sweep.h5", out_dir), err);
    if (ok) {
        *missing = grid.missing;
        grid_table(&grid, table);
    }
    arena_free(arena);
    return ok;
}
