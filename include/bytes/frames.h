/* Where a zstd file can be cut: between its frames. */
#ifndef BYTES_FRAMES_H
#define BYTES_FRAMES_H

#include "support/base.h"

/* Calls cut(context, offset) for places between frames at least `apart` compressed bytes from each other and from the
 * file's start, rising, in the file's first `size` bytes. Only headers are read. A file that cannot be opened has none,
 * a damaged one none behind the damage. */
void frames_find(const char *path, int64_t size, int64_t apart, void (*cut)(void *context, int64_t offset),
                 void *context);

#endif
