/* Extractor plug-ins: a command line -> numbers. One file each in src/features/extractors. */
#ifndef FEATURES_EXTRACTOR_H
#define FEATURES_EXTRACTOR_H

#include "comm/comm.h"
#include "support/plugin.h"

/* This rank's share of a distributed set of lines. */
struct line_view {
    size_t n;
    const int64_t *row; /* [n] global ids, unique over all ranks */
    const struct str *text;
    const int64_t *count; /* [n] how often each was seen; NULL: once */
};

struct extractor {
    struct plugin plugin;
    size_t (*width)(const void *params);
    /* Name of column i into out[64]. */
    void (*column)(const void *params, size_t i, char out[64]);
    /* NULL: the extractor needs to know nothing but the line. Else learns from a distributed set of lines (a
     * vocabulary, a basis): the same *state on every rank for any distribution, in the arena. Collective. */
    bool (*prepare)(const struct comm *comm, const void *params, const struct line_view *lines, struct arena *arena,
                    void **state, struct error *err);
    /* out[width], all written, all finite. Local, pure: the same bytes give the same bits anywhere. Any bytes are
     * allowed. state: what prepare made, else NULL. */
    void (*row)(const void *params, const void *state, struct str line, float *out);
};

const struct plugin_list *extractor_list(void);

#endif
