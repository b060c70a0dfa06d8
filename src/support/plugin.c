#include "support/plugin.h"

#include "support/error.h"
#include "support/str.h"

enum { MAX_SHOWN_NAME = 100 };

static const struct plugin *find(const struct plugin_list *list, struct str name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_equal(str_of(list->item[i]->name), name))
            return list->item[i];
    return NULL;
}

const struct plugin *plugin_find(const struct plugin_list *list, const char *name)
{
    return find(list, str_of(name));
}

static const char *known_names(const struct plugin_list *list, struct arena *arena)
{
    const char *names = list->n == 0 ? "none" : list->item[0]->name;
    for (size_t i = 1; i < list->n; i++)
        names = arena_printf(arena, "%s, %s", names, list->item[i]->name);
    return names;
}

static bool unknown_name(const struct plugin_list *list, const struct json_doc *doc, const struct json *node,
                         struct str name, struct arena *arena, struct error *err)
{
    const char **names = ARENA_ARRAY(arena, const char *, list->n);
    for (size_t i = 0; i < list->n; i++)
        names[i] = list->item[i]->name;
    const char *shown = arena_printf(arena, "%.*s", (int)min_size(name.n, MAX_SHOWN_NAME), name.p);
    const char *nearest = nearest_name(shown, names, list->n);
    const char *hint = nearest == NULL ? "" : arena_printf(arena, " (did you mean \"%s\"?)", nearest);
    return json_fail(doc, node, err, "unknown %s \"%s\"%s; known: %s", list->kind, shown, hint,
                     known_names(list, arena));
}

static struct choice with_defaults(const struct plugin *plugin, struct arena *arena)
{
    struct choice choice = {plugin, arena_zalloc(arena, 1, plugin->params_size)};
    params_default(plugin->params, choice.params);
    return choice;
}

bool plugin_choose(const struct plugin_list *list, const struct json_doc *doc, const struct json *node,
                   struct arena *arena, struct choice *out, struct error *err)
{
    const bool is_object = node != NULL && json_type(node) == JSON_OBJECT;
    const struct json *name_node = is_object ? json_get(node, "name") : node;
    struct str name;
    if (!json_as_str(name_node, &name)) {
        const struct json *place = name_node != NULL ? name_node : node;
        if (place == NULL)
            return fail(err, ERROR_CONFIG, "no %s is given; known: %s", list->kind, known_names(list, arena));
        return json_fail(doc, place, err, "a %s must be a name or an object with a \"name\"; known: %s", list->kind,
                         known_names(list, arena));
    }
    const struct plugin *plugin = find(list, name);
    if (plugin == NULL)
        return unknown_name(list, doc, name_node, name, arena, err);
    struct choice choice = with_defaults(plugin, arena);
    static const char *const skip[] = {"name", NULL};
    TRY(params_from_json(plugin->params, choice.params, doc, is_object ? node : NULL, skip, arena, err));
    *out = choice;
    return true;
}

struct choice plugin_default(const struct plugin_list *list, const char *name, struct arena *arena)
{
    const struct plugin *plugin = plugin_find(list, name);
    ASSERT(plugin != NULL);
    return with_defaults(plugin, arena);
}

void plugin_to_json(const struct choice *choice, struct buf *out)
{
    buf_add_str(out, STR("{\"name\":"));
    buf_add_json_string(out, str_of(choice->plugin->name));
    if (choice->plugin->params != NULL && choice->plugin->params->type != PARAM_TYPE_END) {
        const size_t brace = out->n;
        params_to_json(choice->plugin->params, choice->params, out);
        if (!out->full)
            out->p[brace] = ',';
    } else {
        buf_add_str(out, STR("}"));
    }
}
