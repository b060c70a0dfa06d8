#include "scan/reader.h"

#define PLUGIN(name) extern const struct reader reader_##name;
#include "scan/reader_table.inc"
#undef PLUGIN

#define PLUGIN(name) &reader_##name.plugin,
static const struct plugin *const readers[] = {
#include "scan/reader_table.inc"
};
#undef PLUGIN

static const struct plugin_list list = {"format", readers, ARRAY_LEN(readers)};

const struct plugin_list *reader_list(void)
{
    return &list;
}

const struct reader *reader_find(const char *name)
{
    return (const struct reader *)(const void *)plugin_find(&list, name);
}
