/* A run's result as an HDF5 file, and back. The schema is described in results/README.md. */
#ifndef EXPERIMENT_RECORD_H
#define EXPERIMENT_RECORD_H

#include "experiment/pipeline.h"
#include "experiment/sweep.h"

/* Rank 0 writes, all learn whether it worked. Collective. */
MUST_CHECK bool record_write(const struct comm *comm, const char *path, const struct sweep *sweep,
                             const struct run *run, const struct result *result, struct error *err);
/* Whether a whole, readable result of this run is there. Local. */
bool record_finished(const char *path, const struct run *run);

/* What collect needs of a run: resample[metric][test][size][replicate] flattened, value likewise without replicate. */
struct record {
    size_t n_tests, n_sizes, n_resamples;
    double *value[METRIC_COUNT];     /* [n_tests * n_sizes], NaN where the size was not reached */
    double *resample[METRIC_COUNT];  /* [n_tests * n_sizes * n_resamples] */
    int64_t *asked;                  /* [n_sizes], -1 where not reached */
    int64_t *n_benign, *n_malicious; /* [n_tests] */
    bool synthetic, simulated;
    const char *backends; /* verdicts by backend, as text */
};
MUST_CHECK bool record_read(const char *path, struct arena *arena, struct record *out, struct error *err);

#endif
