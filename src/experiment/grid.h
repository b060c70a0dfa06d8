/* The sweep's runs as a grid: arms (all axes but the seed) x seeds, and summaries over seeds. Private to the module. */
#ifndef EXPERIMENT_GRID_H
#define EXPERIMENT_GRID_H

#include "experiment/record.h"

struct summary {               /* of one metric; [n_arms * n_tests * n_sizes], NaN where no seed reached the size */
    double *mean, *low, *high; /* over seeds; 95 % interval over test rows and seeds */
    double *difference, *difference_low,
        *difference_high; /* minus the control arm's, paired by test row and seed draw */
};

struct grid {
    const struct sweep *sweep;
    size_t seed_axis; /* n_axes if there is none */
    size_t n_arms, n_seeds, n_tests, n_sizes, n_resamples;
    const struct record **record; /* [n_arms * n_seeds], NULL if missing */
    const struct record *any;     /* the first that is there */
    size_t *control;              /* [n_arms]: the arm with detector "random" and all else equal, or its own index */
    size_t missing;
    struct summary summary[METRIC_COUNT];
    double *asked; /* [n_arms * n_sizes] mean labels asked for, NaN where not reached */
};

/* Local. Reads out_dir/runs; fails if no run is there or runs differ in shape. */
MUST_CHECK bool grid_read(const struct sweep *sweep, const char *out_dir, struct arena *arena, struct grid *out,
                          struct error *err);
/* The value of axis `a` in this arm, as an index. Not for the seed axis. */
size_t grid_arm_at(const struct grid *grid, size_t arm, size_t a);
/* The table as text: size by size, control beside anomalies. */
void grid_table(const struct grid *grid, struct buf *out);
MUST_CHECK bool grid_write(const struct grid *grid, const char *path, struct error *err);

#endif
