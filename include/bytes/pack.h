/* Text as zstd frames that depend on nothing but the text. */
#ifndef BYTES_PACK_H
#define BYTES_PACK_H

#include "support/error.h"
#include "support/str.h"

/* A frame's buffer, used again; starts zeroed. */
struct packed {
    char *p;
    size_t n, capacity;
};

/* The text as one frame with a checksum. Local. */
MUST_CHECK bool pack_frame(struct str text, struct packed *out, struct error *err);
void pack_free(struct packed *packed);

#endif
