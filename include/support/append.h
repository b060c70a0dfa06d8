/* A file that only grows, held by one process at a time. What was added survives the process, once synced the machine.
 */
#ifndef SUPPORT_APPEND_H
#define SUPPORT_APPEND_H

#include "support/error.h"
#include "support/str.h"

struct append_file {
    int fd; /* -1: not open */
    bool unsynced;
    const char *path, *what; /* borrowed; what: "the label journal", for messages */
};

/* Opens or makes the file and its folder and locks it. If another process holds it: waits for that to end, or fails. On
 * a file system without flock the file is not locked: said once. */
MUST_CHECK bool append_open(const char *path, const char *what, bool wait, struct append_file *out, struct error *err);
/* Whether append_open could open it: makes file and folder, without a lock. */
MUST_CHECK bool append_check(const char *path, const char *what, struct error *err);
void append_close(struct append_file *file); /* also one that is not open */
/* Adds the bytes with one write; on failure the file is cut back to what it was, or the message says that it is torn.
 */
MUST_CHECK bool append_write(struct append_file *file, struct str bytes, struct error *err);
/* Cuts a torn end off. */
MUST_CHECK bool append_cut(struct append_file *file, size_t size, struct error *err);
/* Returns when everything added is on the disk; nothing to do if nothing was added since the last call. */
MUST_CHECK bool append_sync(struct append_file *file, struct error *err);

#endif
