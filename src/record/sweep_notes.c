#include "grid.h"

enum { MOST_NAMED = 10 };

static void add_flag(const struct grid *grid, const bool *flag, const char *text, const char *mark, struct buf *out)
{
    if (!grid_any(flag, grid->n_arms))
        return;
    buf_add_str(out, str_of(text));
    if (!grid_all(flag, grid->n_arms))
        buf_printf(out, " (only the arms marked %s)", mark);
    buf_add_str(out, STR("\n"));
}

static void add_backends(const struct grid *grid, struct buf *out)
{
    buf_printf(out, "verdicts by backend, of %zu runs:", grid->plan->n_runs - grid->missing - grid->failed);
    for (size_t i = 0; i < grid->n_backends; i++)
        buf_printf(out, "%s %s%s %" PRId64, i == 0 ? "" : ",", grid->backend[i].name,
                   grid->backend[i].simulated ? " (simulation)" : "", grid->backend[i].verdicts);
    buf_add_str(out, grid->n_backends == 0 ? STR(" none\n") : STR("\n"));
}

static bool same_program(const struct result *a, const struct result *b)
{
    return strcmp(a->commit, b->commit) == 0 && a->dirty == b->dirty;
}

/* Whose program made the runs, if not all the same. */
static void add_commits(const struct grid *grid, struct buf *out)
{
    const size_t n = grid->plan->n_runs;
    bool one = !grid->any->dirty;
    for (size_t i = 0; i < n; i++)
        one = one && (grid->run[i] == NULL || same_program(grid->run[i], grid->any));
    if (one)
        return;
    const char *between = "program:";
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        bool seen = grid->run[i] == NULL;
        for (size_t k = 0; !seen && k < n; k++)
            if (grid->run[k] != NULL && same_program(grid->run[i], grid->run[k])) {
                seen = k < i;
                same++;
            }
        if (seen)
            continue;
        buf_printf(out, "%s commit %s%s made %zu runs", between, grid->run[i]->commit,
                   grid->run[i]->dirty ? " with changes" : "", same);
        between = ",";
    }
    buf_add_str(out, STR("\n"));
}

static void add_legend(const struct grid *grid, struct buf *out)
{
    for (size_t arm = 0; grid->numbered && arm < grid->n_arms; arm++)
        buf_printf(out, "arm %zu: %s\n", arm + 1, grid_arm_text(grid, arm, false));
}

void sweep_heading(const struct grid *grid, struct buf *out)
{
    add_flag(grid, grid->synthetic,
             "SYNTHETIC telemetry: shows that the machinery works, says nothing about real command lines.", "^", out);
    add_flag(grid, grid->simulated, "SIMULATED labels: some verdicts were made from known truth with seeded errors.",
             "~", out);
    add_backends(grid, out);
    add_commits(grid, out);
    if (grid->differ[0] != NULL)
        buf_printf(
            out,
            "WARNING: baseline alone differs between the runs %s and %s, though they train the same: were they made "
            "by different programs?\n",
            grid->differ[0]->run_id, grid->differ[1]->run_id);
    add_legend(grid, out);
}

static void add_state(const struct grid *grid, enum run_state state, size_t count, const char *what, struct buf *out)
{
    if (count == 0)
        return;
    size_t named = 0;
    buf_printf(out, "\n%zu of %zu runs %s:\n", count, grid->plan->n_runs, what);
    for (size_t i = 0; i < grid->plan->n_runs && named < MOST_NAMED; i++) {
        if (grid->state[i] != state)
            continue;
        const char *why = grid->plan->run[grid->plan_run[i]].failed;
        buf_printf(out, "  %s%s%s\n", grid_run_text(grid, i), why == NULL ? "" : ": ", why == NULL ? "" : why);
        named++;
    }
    if (named < count)
        buf_printf(out, "  and %zu more: the sweep's file names them\n", count - named);
}

void sweep_absent(const struct grid *grid, struct buf *out)
{
    add_state(grid, RUN_MISSING, grid->missing, "are missing", out);
    add_state(grid, RUN_FAILED, grid->failed, "failed", out);
}
