/* The kinds of plug-ins with their registries: serves configuration, `benomaly list` and help. */
#ifndef EXPERIMENT_KINDS_H
#define EXPERIMENT_KINDS_H

#include "support/plugin.h"

enum { KIND_COUNT = 5 };
/* reader, extractor, detector, backend, classifier; i < KIND_COUNT. */
const struct plugin_list *kind_list(size_t i);

#endif
