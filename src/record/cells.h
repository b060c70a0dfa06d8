/* A table of text with columns as wide as what is in them. Private to the room. */
#ifndef RECORD_CELLS_H
#define RECORD_CELLS_H

#include "evaluate/estimate.h"
#include "support/str.h"

struct cells {
    struct arena *arena;
    size_t n_columns, n, capacity;
    const char **text;                    /* [n], row after row */
    bool used[INTERVAL_NO_VARIATION + 1]; /* states that some cell has a mark for */
};

struct cells cells_new(struct arena *arena, size_t n_columns);
void cells_add(struct cells *cells, const char *text); /* borrowed */
/* Rows are whole. Each line is indented by two blanks. */
void cells_print(const struct cells *cells, struct buf *out);
/* What the marks mean, a line each. */
void cells_footnotes(const struct cells *cells, struct buf *out);

enum number_form {
    NUMBER_SHARE,
    NUMBER_DIFFERENCE,
    NUMBER_ANY
}; /* .0123; +.0123; three significant digits, or whole */
const char *number_text(double value, enum number_form form, struct arena *arena); /* "-" for NaN */
/* ".0123 [.0101,.0150]", or ".0123 (a)" with a mark that says why there is no interval. */
const char *estimate_text(struct cells *cells, const struct estimate *e, enum number_form form);

#endif
