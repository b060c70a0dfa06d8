/* Small text files whole, whether compressed or not. */
#ifndef BYTES_TEXTFILE_H
#define BYTES_TEXTFILE_H

#include "support/arena.h"
#include "support/error.h"
#include "support/str.h"

/* The whole file into the arena, decompressed if it starts as zstd or gzip does (several frames or members are joined).
 * Refuses more than limit_bytes, compressed or not, and cut files. Local. */
MUST_CHECK bool textfile_read(const char *path, size_t limit_bytes, struct arena *arena, struct str *out,
                              struct error *err);

#endif
