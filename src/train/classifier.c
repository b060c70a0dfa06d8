#include "train/classifier.h"

#define PLUGIN(name) extern const struct classifier classifier_##name;
#include "train/classifier_table.inc"
#undef PLUGIN

static const struct plugin *const items[] = {
#define PLUGIN(name) &classifier_##name.plugin,
#include "train/classifier_table.inc"
#undef PLUGIN
};

static const struct plugin_list list = {"classifier", items, ARRAY_LEN(items)};

const struct plugin_list *classifier_list(void)
{
    return &list;
}
