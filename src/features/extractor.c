#include "features/extractor.h"

#define PLUGIN(name) extern const struct extractor extractor_##name;
#include "features/extractor_table.inc"
#undef PLUGIN

static const struct plugin *const items[] = {
#define PLUGIN(name) &extractor_##name.plugin,
#include "features/extractor_table.inc"
#undef PLUGIN
};

static const struct plugin_list list = {"extractor", items, ARRAY_LEN(items)};

const struct plugin_list *extractor_list(void)
{
    return &list;
}
