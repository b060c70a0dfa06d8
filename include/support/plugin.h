/* What every plug-in of every kind shows: its name, a line about it, its parameters. The first member of each kind's
 * vtable. */
#ifndef SUPPORT_PLUGIN_H
#define SUPPORT_PLUGIN_H

#include "support/param.h"

struct plugin {
    const char *name, *summary;
    const struct param_spec *params; /* NULL: none */
    size_t params_size;
};

/* A kind's registry: rows generated from its folder, in name order. */
struct plugin_list {
    const char *kind;
    const struct plugin *const *item;
    size_t n;
};

/* A plug-in with its parameters filled in. */
struct choice {
    const struct plugin *plugin;
    void *params;
};

/* NULL if no plug-in has this name. */
const struct plugin *plugin_find(const struct plugin_list *list, const char *name);
/* From "NAME" or {"name": "NAME", parameter: value, ...}. Unknown names list the known ones. Lives in the arena. */
MUST_CHECK bool plugin_choose(const struct plugin_list *list, const struct json_doc *doc, const struct json *node,
                              struct arena *arena, struct choice *out, struct error *err);
/* With default parameters; the name must exist. */
struct choice plugin_default(const struct plugin_list *list, const char *name, struct arena *arena);
/* Appends {"name":"NAME",parameters...}: every parameter, in canonical form. */
void plugin_to_json(const struct choice *choice, struct buf *out);

#endif
