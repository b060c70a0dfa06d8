#include "scan/layout.h"

#define PLUGIN(name) extern const struct layout layout_##name;
#include "scan/layout_table.inc"
#undef PLUGIN

#define PLUGIN(name) &layout_##name.plugin,
static const struct plugin *const layouts[] = {
#include "scan/layout_table.inc"
};
#undef PLUGIN

static const struct plugin_list list = {"format", layouts, ARRAY_LEN(layouts)};

const struct plugin_list *layout_list(void)
{
    return &list;
}

const struct layout *layout_find(const char *name)
{
    return (const struct layout *)(const void *)plugin_find(&list, name);
}
