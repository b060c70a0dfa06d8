/* Arguments of a process as one line, quoted the way a POSIX shell reads them back. */
#ifndef SCAN_SHELL_QUOTE_H
#define SCAN_SHELL_QUOTE_H

#include "support/str.h"

/* Most bytes that one argument of n bytes becomes, with the blank before it. */
enum { SHELL_QUOTE_GROWTH = 5, SHELL_QUOTE_EXTRA = 3 };

/* Writes the argument to out[SHELL_QUOTE_GROWTH * n + SHELL_QUOTE_EXTRA] and returns its length: as it is if it holds
 * only letters, digits and @%+=:,./_-, else in single quotes, a single quote as '"'"'. A byte that does not belong to
 * well-formed UTF-8 becomes U+FFFD. */
size_t shell_quote(struct str argument, char *out);

#endif
