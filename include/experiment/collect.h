/* Many runs -> one sweep file and the saturation table: means over seeds with intervals that cover test rows and seeds.
 */
#ifndef EXPERIMENT_COLLECT_H
#define EXPERIMENT_COLLECT_H

#include "experiment/record.h"

/* Local (rank 0). Reads out_dir/runs of the sweep's runs, writes out_dir/sweep.h5, appends the table's text to `table`.
 * Missing runs are NaN in the file and named in *missing (a count). */
MUST_CHECK bool collect_write(const struct sweep *sweep, const char *out_dir, struct buf *table, size_t *missing,
                              struct error *err);

#endif
