/* Files whole: read, replace atomically, make folders. */
#ifndef SUPPORT_FILE_H
#define SUPPORT_FILE_H

#include "support/arena.h"
#include "support/error.h"
#include "support/str.h"

bool file_exists(const char *path);
/* The whole file into the arena; refuses more than limit bytes. */
MUST_CHECK bool file_read(const char *path, size_t limit, struct arena *arena, struct str *out, struct error *err);
/* Writes path.tmp.PID, syncs it, renames it over path, syncs the folder: a reader sees the old file or the new one. */
MUST_CHECK bool file_replace(const char *path, struct str content, struct error *err);
/* The second half of file_replace for a file somebody else wrote: sync temp, rename to path, sync the folder. */
MUST_CHECK bool file_commit(const char *temp, const char *path, struct error *err);
/* Makes the folder and its parents (0777 & umask); present is fine. */
MUST_CHECK bool file_make_dirs(const char *path, struct error *err);
/* Makes, or syncs, the folder that holds the file `path`. */
MUST_CHECK bool file_make_folder(const char *path, struct error *err);
MUST_CHECK bool file_sync_folder(const char *path, struct error *err);
/* Removes the file; absent is fine. */
MUST_CHECK bool file_remove(const char *path, struct error *err);

#endif
