/* Connected components of pairs of lines: union-find. */
#ifndef SUPPORT_CONNECT_H
#define SUPPORT_CONNECT_H

#include "support/base.h"

/* Starts with n lines that are connected to nothing: parent[n]. */
void connect_start(uint32_t *parent, size_t n);
/* Lines a and b belong together. */
void connect_pair(uint32_t *parent, uint32_t a, uint32_t b);
/* Turns parents into cluster numbers in place: each line gets the lowest line number of its component, whatever the
 * order of pairs was. */
void connect_finish(uint32_t *parent, size_t n);

#endif
