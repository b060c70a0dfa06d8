/* Inputs that a method cannot be fitted on. */
#ifndef DETECT_NEED_ROWS_H
#define DETECT_NEED_ROWS_H

#include "features/rows.h"

/* Fails on all ranks if no rank has a row. *n_global is the number of rows in all. Collective. */
MUST_CHECK bool need_rows(const struct comm *comm, const struct rows *rows, int64_t *n_global, struct error *err);
/* Fails on all ranks if some rank's rows have no texts. Collective. */
MUST_CHECK bool need_text(const struct comm *comm, const struct rows *rows, const char *detector, struct error *err);

#endif
