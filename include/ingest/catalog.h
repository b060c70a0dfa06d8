/* The files of an input, listed once and looked at once. */
#ifndef INGEST_CATALOG_H
#define INGEST_CATALOG_H

#include "comm/comm.h"
#include "ingest/input.h"

struct catalog_file {
    const char *path; /* can be opened */
    size_t name;      /* path + name: below the data folder; the whole path elsewhere */
    int64_t size;     /* 0 if it cannot be looked at */
    int64_t problem;  /* 0, or why it cannot be looked at: an errno, EINVAL if it is no regular file */
    uint64_t device, inode;
    int64_t mtime_ns, ctime_ns;
};

struct catalog {
    size_t n;
    struct catalog_file *file; /* in byte order of their paths, each once */
};

/* Lists that are remembered, by the input's patterns and the data folder: a sweep knows its days as they were when it
 * was planned, whatever comes to the folders while it runs. The same on every rank; lives in the arena. */
struct listings;
struct listings *listings_new(struct arena *arena);

/* Rank 0 lists names (folders recursively, hidden files left out, links to folders below a folder not followed, with a
 * warning), every rank looks at a share of the files, all learn of all. listings: where it is remembered, with its
 * memory; NULL: listed anew, in the arena. A file that cannot be looked at is listed with its problem. Fails if a
 * pattern matches nothing, a folder cannot be read to its end or a name may be a folder and cannot be looked at.
 * Collective, without any message if it is remembered. */
MUST_CHECK bool catalog_of_input(const struct comm *comm, struct listings *listings, const struct input *input,
                                 const char *data_dir, struct arena *arena, struct catalog *out, struct error *err);

#endif
