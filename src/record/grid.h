/* The sweep's runs as a grid: arms (all axes but the seed) x seeds, and estimates over seeds. Private to the room. */
#ifndef RECORD_GRID_H
#define RECORD_GRID_H

#include "record/collect.h"
#include "support/arena.h"

enum run_state { RUN_MISSING, RUN_FINISHED, RUN_FAILED };

struct backend_sum {
    const char *name;
    bool simulated;
    int64_t verdicts;
};

struct grid {
    const struct collect_plan *plan;
    struct arena *arena;
    size_t seed_axis; /* plan->n_axes if there is none */
    size_t n_arms, n_seeds, n_tests, n_sizes;
    size_t size0;                /* the place of size 0; n_sizes if there is none */
    size_t *plan_run;            /* [n_arms * n_seeds] in plan->run; runs of an arm lie together */
    const struct result **run;   /* [n_arms * n_seeds] without resamples and lines; NULL if not finished */
    enum run_state *state;       /* [n_arms * n_seeds] */
    const struct result *any;    /* the first that is there */
    size_t missing, failed;      /* runs */
    size_t *control;             /* [n_arms] */
    size_t *reached;             /* [n_arms * n_sizes] seeds that reached the size */
    double *asked, *added;       /* [n_arms * n_sizes] means; NaN unless every seed reached the size */
    bool *synthetic, *simulated; /* [n_arms] of any of its runs */
    bool *is_control;            /* [n_arms] of some other arm */
    bool numbered;               /* arms have long names: the table shows numbers, and a legend */
    /* [METRIC_COUNT] of [n_arms * n_tests * n_sizes] */
    struct estimate *own[METRIC_COUNT], *minus_control[METRIC_COUNT], *minus_size0[METRIC_COUNT];
    size_t n_alone, *alone;         /* [n_alone] an arm for each distinct baseline alone, its axes' last fastest */
    const struct result *differ[2]; /* two runs of one baseline alone with other numbers at size 0; NULL: none */
    size_t n_backends;
    struct backend_sum *backend;
};

static inline size_t grid_cell(const struct grid *grid, size_t arm, size_t test, size_t size)
{
    return (arm * grid->n_tests + test) * grid->n_sizes + size;
}

/* Reads the runs and checks that they may stand in one table. */
MUST_CHECK bool grid_read(const struct collect_plan *plan, struct arena *arena, struct grid *out, struct error *err);
/* Fills the estimates; reads the resamples of one arm and its control at a time. */
MUST_CHECK bool grid_estimate(struct grid *grid, struct error *err);
/* Runs of one shape; equal configured tests and baseline have equal content. */
MUST_CHECK bool grid_check(const struct grid *grid, struct error *err);

/* "pca dims=20": its values on axes that have several (and, if alone, change the baseline alone); "" if there are none.
 */
const char *grid_arm_text(const struct grid *grid, size_t arm, bool alone);
/* The arm in a row of the table: its text or number, with marks (control, flags that not all arms have). */
const char *grid_arm_name(const struct grid *grid, size_t arm);
bool grid_any(const bool *flag, size_t n);
bool grid_all(const bool *flag, size_t n);
/* "detector=pca seed=3 (PATH)" */
const char *grid_run_text(const struct grid *grid, size_t i);

/* The sweep's file and its documentation. */
MUST_CHECK bool sweep_write(const struct grid *grid, const char *path, struct error *err);
void sweep_schema(struct buf *out);
/* The table; below each test: precision at base rates, groups; at the end sequences. Nothing where there is nothing. */
void sweep_table(const struct grid *grid, struct buf *out);
void sweep_heading(const struct grid *grid, struct buf *out); /* flags, backends, programs, legend */
void sweep_absent(const struct grid *grid, struct buf *out);  /* missing and failed runs */
void sweep_precision(const struct grid *grid, size_t test, struct buf *out);
void sweep_groups(const struct grid *grid, size_t test, struct buf *out);
void sweep_aut(const struct grid *grid, struct buf *out);
/* The largest size that every seed of the arm reached, other than 0; n_sizes if there is none. */
size_t grid_largest(const struct grid *grid, size_t arm);

#endif
