#include "grid.h"

#include "support/file.h"
#include "variables.h"

#include <math.h>

enum { ARM_WIDTH = 30 }; /* what a row of the table has room for */

static size_t seeds_of(const struct collect_plan *plan, size_t *seed_axis)
{
    *seed_axis = plan->n_axes;
    for (size_t a = 0; a < plan->n_axes; a++)
        if (plan->axis[a].seed) {
            ASSERT(*seed_axis == plan->n_axes);
            *seed_axis = a;
        }
    return *seed_axis < plan->n_axes ? plan->axis[*seed_axis].n : 1;
}

/* Arms are counted as the runs are, the last axis fastest. */
static size_t arm_of(const struct grid *grid, const struct collect_run *run)
{
    size_t arm = 0;
    for (size_t a = 0; a < grid->plan->n_axes; a++)
        if (a != grid->seed_axis)
            arm = arm * grid->plan->axis[a].n + run->at[a];
    return arm;
}

/* Place of the arm on an axis other than the seed's. */
static size_t grid_arm_at(const struct grid *grid, size_t arm, size_t axis)
{
    return grid->plan->run[grid->plan_run[arm * grid->n_seeds]].at[axis];
}

const char *grid_arm_text(const struct grid *grid, size_t arm, bool alone)
{
    const char *text = "";
    for (size_t a = 0; a < grid->plan->n_axes; a++) {
        const struct collect_axis *axis = &grid->plan->axis[a];
        if (a == grid->seed_axis || axis->n < 2 || (alone && !axis->alone))
            continue;
        const bool detector = strcmp(axis->key, "detector") == 0;
        const char *value = axis->value[grid_arm_at(grid, arm, a)];
        text = arena_printf(grid->arena, "%s%s%s%s%s", text, text[0] == '\0' ? "" : " ", detector ? "" : axis->name,
                            detector ? "" : "=", value);
    }
    return text;
}

bool grid_any(const bool *flag, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (flag[i])
            return true;
    return false;
}

bool grid_all(const bool *flag, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!flag[i])
            return false;
    return true;
}

const char *grid_arm_name(const struct grid *grid, size_t arm)
{
    const char *text = grid_arm_text(grid, arm, false);
    if (grid->numbered)
        text = arena_printf(grid->arena, "arm %zu", arm + 1);
    else if (text[0] == '\0')
        text = "anomalies";
    return arena_printf(grid->arena, "%s%s%s%s", text, grid->is_control[arm] ? " (control)" : "",
                        grid->synthetic[arm] && !grid_all(grid->synthetic, grid->n_arms) ? " ^" : "",
                        grid->simulated[arm] && !grid_all(grid->simulated, grid->n_arms) ? " ~" : "");
}

const char *grid_run_text(const struct grid *grid, size_t i)
{
    const struct collect_run *run = &grid->plan->run[grid->plan_run[i]];
    const char *text = "";
    for (size_t a = 0; a < grid->plan->n_axes; a++)
        text = arena_printf(grid->arena, "%s%s=%s ", text, grid->plan->axis[a].name,
                            grid->plan->axis[a].value[run->at[a]]);
    return arena_printf(grid->arena, "%s(%s)", text, run->path);
}

static bool read_run(struct grid *grid, size_t i, struct error *err)
{
    const struct collect_run *run = &grid->plan->run[grid->plan_run[i]];
    grid->state[i] = run->failed != NULL ? RUN_FAILED : file_exists(run->path) ? RUN_FINISHED : RUN_MISSING;
    grid->failed += grid->state[i] == RUN_FAILED;
    grid->missing += grid->state[i] == RUN_MISSING;
    if (grid->state[i] != RUN_FINISHED)
        return true;
    struct result *result = ARENA_ZARRAY(grid->arena, struct result, 1);
    struct store *store = NULL;
    TRY(store_open(run->path, &store, err));
    bool ok = run_read_parts(store, PART_NUMBERS, grid->arena, result, err);
    store_close(store);
    if (!ok)
        return name_file(run->path, err);
    if (strcmp(result->run_id, run->id) != 0)
        return fail(err, ERROR_INPUT, "%s: is the file of run %s, not of %s: remove it and run again", run->path,
                    result->run_id, run->id);
    grid->run[i] = result;
    if (grid->any == NULL)
        grid->any = result;
    return true;
}

static bool read_runs(struct grid *grid, struct error *err)
{
    const struct collect_plan *plan = grid->plan;
    ASSERT(plan->n_runs == grid->n_arms * grid->n_seeds);
    for (size_t i = 0; i < plan->n_runs; i++) {
        const size_t seed = grid->seed_axis < plan->n_axes ? plan->run[i].at[grid->seed_axis] : 0;
        grid->plan_run[arm_of(grid, &plan->run[i]) * grid->n_seeds + seed] = i;
    }
    for (size_t i = 0; i < plan->n_runs; i++)
        TRY(read_run(grid, i, err));
    if (grid->any != NULL)
        return true;
    for (size_t i = 0; i < plan->n_runs; i++)
        if (grid->state[i] == RUN_FAILED)
            return fail(err, ERROR_INPUT, "no run of the sweep %s is finished: %zu missing, %zu failed; %s: %s",
                        plan->name, grid->missing, grid->failed, grid_run_text(grid, i),
                        plan->run[grid->plan_run[i]].failed);
    return fail(err, ERROR_INPUT, "no run of the sweep %s is there: %zu missing; run it first", plan->name,
                grid->missing);
}

static void add_backend(struct grid *grid, const struct result_backend *backend)
{
    size_t k = 0;
    while (k < grid->n_backends &&
           (strcmp(grid->backend[k].name, backend->name) != 0 || grid->backend[k].simulated != backend->simulated))
        k++;
    if (k == grid->n_backends) {
        struct backend_sum *more = ARENA_ZARRAY(grid->arena, struct backend_sum, k + 1);
        for (size_t i = 0; i < k; i++)
            more[i] = grid->backend[i];
        more[k] = (struct backend_sum){.name = backend->name, .simulated = backend->simulated};
        grid->backend = more;
        grid->n_backends++;
    }
    grid->backend[k].verdicts += backend->verdicts;
}

/* Seeds that reached each size, and what they took. */
static void count_seeds(struct grid *grid, size_t arm)
{
    for (size_t s = 0; s < grid->n_sizes; s++) {
        double asked = 0, added = 0;
        size_t n = 0;
        for (size_t k = 0; k < grid->n_seeds; k++) {
            const struct result *r = grid->run[arm * grid->n_seeds + k];
            if (r == NULL || !r->size[s].reached)
                continue;
            asked += (double)r->size[s].asked;
            added += (double)r->size[s].added;
            n++;
        }
        const bool all = n == grid->n_seeds;
        grid->reached[arm * grid->n_sizes + s] = n;
        grid->asked[arm * grid->n_sizes + s] = all ? asked / (double)n : (double)NAN;
        grid->added[arm * grid->n_sizes + s] = all ? added / (double)n : (double)NAN;
    }
}

static void summarise_arm(struct grid *grid, size_t arm)
{
    for (size_t k = 0; k < grid->n_seeds; k++) {
        const struct result *r = grid->run[arm * grid->n_seeds + k];
        if (r == NULL)
            continue;
        grid->synthetic[arm] = grid->synthetic[arm] || r->synthetic;
        grid->simulated[arm] = grid->simulated[arm] || r->simulated;
        for (size_t b = 0; b < r->n_backends; b++)
            add_backend(grid, &r->backend[b]);
    }
    const struct collect_run *first = &grid->plan->run[grid->plan_run[arm * grid->n_seeds]];
    grid->control[arm] = arm_of(grid, &grid->plan->run[first->control]);
    if (grid->control[arm] != arm)
        grid->is_control[grid->control[arm]] = true;
    if (strlen(grid_arm_text(grid, arm, false)) > ARM_WIDTH)
        grid->numbered = true;
    count_seeds(grid, arm);
}

/* Which baseline alone the arm starts from. */
static size_t alone_of(const struct grid *grid, size_t arm)
{
    size_t at = 0;
    for (size_t a = 0; a < grid->plan->n_axes; a++)
        if (a != grid->seed_axis && grid->plan->axis[a].alone)
            at = at * grid->plan->axis[a].n + grid_arm_at(grid, arm, a);
    return at;
}

static bool same_at_size0(const struct grid *grid, const struct result *a, const struct result *b)
{
    for (size_t t = 0; t < grid->n_tests; t++) {
        const size_t cell = t * grid->n_sizes + grid->size0;
        if (memcmp(a->point[cell].value, b->point[cell].value, sizeof a->point[cell].value) != 0)
            return false;
    }
    return true;
}

/* An arm for each baseline alone: the first whose seeds are all there, and whether the others agree with it. */
static void find_alone(struct grid *grid)
{
    grid->n_alone = 1;
    for (size_t a = 0; a < grid->plan->n_axes; a++)
        if (a != grid->seed_axis && grid->plan->axis[a].alone)
            grid->n_alone *= grid->plan->axis[a].n;
    grid->alone = ARENA_ARRAY(grid->arena, size_t, grid->n_alone);
    for (size_t k = 0; k < grid->n_alone; k++)
        grid->alone[k] = SIZE_MAX;
    const size_t s = grid->size0;
    for (size_t arm = grid->n_arms; s < grid->n_sizes && arm-- > 0;) {
        size_t *at = &grid->alone[alone_of(grid, arm)];
        if (*at == SIZE_MAX || grid->reached[arm * grid->n_sizes + s] >= grid->reached[*at * grid->n_sizes + s])
            *at = arm;
    }
    for (size_t i = 0; s < grid->n_sizes && i < grid->n_arms * grid->n_seeds; i++) {
        const size_t arm = i / grid->n_seeds, seed = i % grid->n_seeds;
        const struct result *own = grid->run[i],
                            *other = grid->run[grid->alone[alone_of(grid, arm)] * grid->n_seeds + seed];
        if (own != NULL && other != NULL && grid->differ[0] == NULL && !same_at_size0(grid, own, other)) {
            grid->differ[0] = other;
            grid->differ[1] = own;
        }
    }
}

size_t grid_largest(const struct grid *grid, size_t arm)
{
    for (size_t s = grid->n_sizes; s-- > 0;)
        if (s != grid->size0 && grid->reached[arm * grid->n_sizes + s] == grid->n_seeds)
            return s;
    return grid->n_sizes;
}

bool grid_read(const struct collect_plan *plan, struct arena *arena, struct grid *out, struct error *err)
{
    *out = (struct grid){.plan = plan, .arena = arena};
    out->n_seeds = seeds_of(plan, &out->seed_axis);
    out->n_arms = plan->n_runs / out->n_seeds;
    out->plan_run = ARENA_ZARRAY(arena, size_t, plan->n_runs);
    out->run = ARENA_ZARRAY(arena, const struct result *, plan->n_runs);
    out->state = ARENA_ZARRAY(arena, enum run_state, plan->n_runs);
    TRY(read_runs(out, err));
    TRY(grid_check(out, err));
    out->n_tests = out->any->n_tests;
    out->n_sizes = out->size0 = out->any->n_sizes;
    for (size_t s = 0; s < out->n_sizes; s++)
        if (out->any->size[s].size == 0)
            out->size0 = s;
    out->control = ARENA_ZARRAY(arena, size_t, out->n_arms);
    out->synthetic = ARENA_ZARRAY(arena, bool, out->n_arms);
    out->simulated = ARENA_ZARRAY(arena, bool, out->n_arms);
    out->is_control = ARENA_ZARRAY(arena, bool, out->n_arms);
    out->reached = ARENA_ZARRAY(arena, size_t, out->n_arms * out->n_sizes);
    out->asked = ARENA_ZARRAY(arena, double, out->n_arms * out->n_sizes);
    out->added = ARENA_ZARRAY(arena, double, out->n_arms * out->n_sizes);
    for (size_t arm = 0; arm < out->n_arms; arm++)
        summarise_arm(out, arm);
    find_alone(out);
    return true;
}
