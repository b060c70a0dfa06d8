/* Everything that a sweep's file holds beside its axes, one row each. Private to the room. */
#ifndef RECORD_SWEEP_VARIABLES_H
#define RECORD_SWEEP_VARIABLES_H

#include "grid.h"
#include "variables.h"

#define SWEEP_ID_NAME  "sweep_id"
#define SWEEP_VERDICTS "/verdicts" /* attributes: verdicts by backend, over all runs */

/* All axes; all but the seed; those that change the baseline alone; none of them. */
enum over { OVER_RUNS, OVER_ARMS, OVER_ALONE, OVER_NONE };

union sweep_cell {
    double real;
    int64_t whole;
    const char *text;
};

struct sweep_place {
    size_t i, metric, test, size; /* i: run, arm or baseline alone */
};

struct sweep_variable {
    const char *path; /* "%s": once for each metric */
    enum over over;
    bool test, size; /* and over these */
    enum cell cell;  /* CELL_F64, CELL_I64, CELL_U8 or CELL_TEXT */
    const char *unit, *long_name, *flags;
    union sweep_cell (*get)(const struct grid *grid, const struct sweep_place *at);
};

extern const struct sweep_variable sweep_variables[];
extern const size_t n_sweep_variables;

/* flag_values and flag_meanings of the CF conventions: blanks between the meanings of 0, 1, ... */
MUST_CHECK bool write_flags(struct store *store, const char *path, const char *flags, struct error *err);

/* "f64", "string"; ": 0 no, 1 yes" */
const char *cell_name(enum cell cell);
void schema_flags(const char *flags, struct buf *out);

#endif
