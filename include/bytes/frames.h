/* Where a zstd file can be cut: between its frames. */
#ifndef BYTES_FRAMES_H
#define BYTES_FRAMES_H

#include "support/base.h"

/* Calls cut(context, offset) for places between frames at least `apart` compressed bytes from each other and from the
 * file's start, rising, in the file's first `size` bytes. Only headers are read. A file that cannot be opened has none,
 * a damaged one none behind the damage, and none lies behind a frame of more than FRAME_BLOCKS blocks (1 GiB of text):
 * to look for its end would be to read the file. */
enum { FRAME_BLOCKS = 8192, FRAME_BLOCK_BYTES = 128 * 1024 };
void frames_find(const char *path, int64_t size, int64_t apart, void (*cut)(void *context, int64_t offset),
                 void *context);
/* The bytes of memory that the frame at p asks for, as the first n of its bytes tell; -1: they do not. */
int64_t frames_window(const unsigned char *p, size_t n);

#endif
