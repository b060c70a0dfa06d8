/* A run as one HDF5 file, and back. Every variable is one row of src/record/variables.c, which also makes
 * results/README.md's schema. Equal results are equal files; what differs stands in the log beside them. Local. */
#ifndef RECORD_RUN_FILE_H
#define RECORD_RUN_FILE_H

#include "record/result.h"

/* Whole or not at all (temporary name, sync, rename). log: appended to the file log_path as one JSON line;
 * log_path NULL: none. Fails if the name of a field cannot stand in a path. */
MUST_CHECK bool run_file_write(const char *path, const struct result *result, const char *log_path,
                               const struct run_log *log, struct error *err);
/* Attributes that tell whose run it is. False without an error message for the user if the file is no result of this
 * program's schema. */
struct run_stamp {
    const char *run_id, *commit, *program, *config;
    bool dirty;
};
MUST_CHECK bool run_file_stamp(const char *path, struct arena *arena, struct run_stamp *out, struct error *err);
/* All of it that collecting needs: everything but lines' hashes, fields and scores, which stay empty. */
MUST_CHECK bool run_file_read(const char *path, struct arena *arena, struct result *out, struct error *err);
/* The schema as Markdown: every variable and attribute with axes, type, unit and meaning. */
void run_file_schema(struct buf *out);

#endif
