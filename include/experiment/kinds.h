/* The kinds of plug-ins with their registries, and the sections that are parameters alone: serves `benomaly list`, help
 * and tests over all parameters. */
#ifndef EXPERIMENT_KINDS_H
#define EXPERIMENT_KINDS_H

#include "support/plugin.h"

enum { KIND_COUNT = 6 };
/* layout, extractor, detector, backend, classifier; section: parameters as --set SECTION.NAME has them. i < KIND_COUNT.
 */
const struct plugin_list *kind_list(size_t i);
/* By its name; readers are "format" (the key that chooses one) and "reader". NULL if there is none. */
const struct plugin_list *kind_find(const char *name);

#endif
