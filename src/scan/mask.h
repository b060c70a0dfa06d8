/* The rewrites of normalize_line that look at more than one character. Each returns the new length. */
#ifndef SCAN_MASK_H
#define SCAN_MASK_H

#include "support/base.h"

size_t mask_guids(char *p, size_t n); /* in place */
/* exact: a run becomes MASK_EXACT and its digest instead of <b64>, and numbers in such a placeholder stay. */
size_t mask_base64(char *p, size_t n, bool exact);  /* in place */
size_t mask_numbers(char *p, size_t n, bool exact); /* in place */
/* From p[n] to out, whose end grows less than twice as fast as p is read. */
size_t mask_paths(const char *p, size_t n, char *out);

#endif
