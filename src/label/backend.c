#include "label/backend.h"

#define PLUGIN(name) extern const struct backend backend_##name;
#include "label/backend_table.inc"
#undef PLUGIN

#define PLUGIN(name) &backend_##name.plugin,
static const struct plugin *const backends[] = {
#include "label/backend_table.inc"
};
#undef PLUGIN

const struct plugin_list *backend_list(void)
{
    static const struct plugin_list list = {"backend", backends, ARRAY_LEN(backends)};
    return &list;
}
