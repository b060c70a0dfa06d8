/* Rows and cells of comma-separated values (RFC 4180): a cell in double quotes may hold delimiters, line breaks and
 * doubled quotes. A row that spans lines and cannot be right (a quote that does not close, or is followed by text; more
 * or fewer cells than there are columns) ends with its first line, so that a stray quote costs one line. */
#ifndef SCAN_CSV_WALK_H
#define SCAN_CSV_WALK_H

#include "support/arena.h"
#include "support/str.h"

enum { CSV_MOST_SLOTS = 255, CSV_NO_SLOT = 255, CSV_BLOCK = 64 };

struct csv_shape {
    char delimiter;      /* '\0': not known yet; a comma, semicolon or tab */
    size_t n_columns;    /* 0: not known yet */
    const uint8_t *slot; /* [n_columns]: where a column's cell goes, or CSV_NO_SLOT; NULL: nowhere */
};

struct csv_row {
    size_t length;      /* with its line break */
    const char *reason; /* why it cannot be right; NULL: it can */
    bool high;          /* it may hold bytes above 0x7F */
};

/* The row at the start of p[n]. False if it does not end within p[n]; always true if at_end and n > 0. cell: by slot,
 * all of them if the row is right: a cell as it stands, from its opening quote to before its closing one. */
bool csv_walk(const struct csv_shape *shape, const char *p, size_t n, bool at_end, struct csv_row *row,
              struct str *cell);

/* The cell at the start of *rest, a row without its line break; *rest moves behind its delimiter. False if the cell is
 * not right; *last: it was the row's last. */
bool csv_next_cell(char delimiter, struct str *rest, struct str *cell, bool *last);

/* The text of a cell, in the arena or the cell itself. */
struct str csv_decode(struct str cell, struct arena *arena);

/* Bits of a block: quotes, and line breaks and delimiters. */
struct csv_masks {
    uint64_t quote, stop, high;
};
/* n <= CSV_BLOCK bytes. */
struct csv_masks csv_masks(char delimiter, const char *p, size_t n);

#endif
