/* Small text files whole, whether compressed or not. */
#ifndef BYTES_TEXTFILE_H
#define BYTES_TEXTFILE_H

#include "support/arena.h"
#include "support/error.h"
#include "support/str.h"

/* The whole file into the arena, decompressed as a source is: several frames or members are joined, skippable frames
 * and zeros behind gzip are left out. Refuses more than limit_bytes, compressed or not, cut files, and what is no
 * regular file. Local. */
MUST_CHECK bool textfile_read(const char *path, size_t limit_bytes, struct arena *arena, struct str *out,
                              struct error *err);

#endif
