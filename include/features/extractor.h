/* Extractor plug-ins: a command line -> numbers. One file each in src/features/extractors. */
#ifndef FEATURES_EXTRACTOR_H
#define FEATURES_EXTRACTOR_H

#include "support/plugin.h"

struct extractor {
    struct plugin plugin;
    size_t (*width)(const void *params);
    /* Name of column i into out[64]. */
    void (*column)(const void *params, size_t i, char out[64]);
    /* out[width], all written, all finite. Local, pure: the same bytes give the same bits anywhere. Any bytes are allowed. */
    void (*row)(const void *params, struct str line, float *out);
};

const struct plugin_list *extractor_list(void);

#endif
