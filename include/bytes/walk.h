/* Names of files: folders walked to their end, globs expanded. */
#ifndef BYTES_WALK_H
#define BYTES_WALK_H

#include "support/arena.h"
#include "support/error.h"

/* A growing list of paths, in the arena. Starts zeroed but for the arena. */
struct names {
    struct arena *arena;
    const char **item;
    size_t n, capacity;
    size_t n_links;   /* links to folders that were met below a folder: they are not followed */
    const char *link; /* the first of them */
};

/* Adds the files that a path, a folder or a glob stands for, in no order; nothing where it matches nothing. A path that
 * is there is never taken for a glob. Folders, also links to them that the pattern itself names, are walked to any
 * depth; hidden files and folders are left out, as globs leave them out. Whatever is no folder is listed: a link that
 * leads nowhere, a socket, a file that has gone meanwhile, so that whoever reads the list says so. A name is looked at
 * only where its folder does not tell what it is. Fails, naming the place, if a folder cannot be read to its end or a
 * name that may be a folder cannot be looked at. Local. */
MUST_CHECK bool walk_add(const char *pattern, struct names *names, struct error *err);

#endif
