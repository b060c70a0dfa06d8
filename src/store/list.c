#include "store_private.h"

struct names {
    struct arena *arena;
    const char **name;
    size_t n, capacity;
};

static void add(struct names *names, const char *name)
{
    if (names->n == names->capacity) {
        names->capacity = names->capacity == 0 ? 16 : 2 * names->capacity;
        const char **more = ARENA_ARRAY(names->arena, const char *, names->capacity);
        for (size_t i = 0; i < names->n; i++)
            more[i] = names->name[i];
        names->name = more;
    }
    names->name[names->n++] = arena_printf(names->arena, "%s", name);
}

static herr_t add_attr(hid_t object, const char *name, const H5A_info_t *info, void *data)
{
    (void)object, (void)info;
    add(data, name);
    return 0;
}

static herr_t add_member(hid_t object, const char *name, const H5L_info_t *info, void *data)
{
    (void)object, (void)info;
    add(data, name);
    return 0;
}

static bool list(struct store *store, const char *group, bool attrs, struct arena *arena, const char ***name, size_t *n,
                 struct error *err)
{
    struct names names = {.arena = arena};
    hsize_t place = 0;
    hid_t object = H5Gopen2(store->file, group, H5P_DEFAULT);
    bool ok =
        object >= 0 && (attrs ? H5Aiterate2(object, H5_INDEX_CRT_ORDER, H5_ITER_INC, &place, add_attr, &names)
                              : H5Literate(object, H5_INDEX_CRT_ORDER, H5_ITER_INC, &place, add_member, &names)) >= 0;
    if (!ok)
        store_fail(store, "list", group, err);
    close_id(object);
    *name = names.name;
    *n = names.n;
    return ok;
}

bool store_list_attrs(struct store *store, const char *group, struct arena *arena, const char ***name, size_t *n,
                      struct error *err)
{
    return list(store, group, true, arena, name, n, err);
}

bool store_list_members(struct store *store, const char *group, struct arena *arena, const char ***name, size_t *n,
                        struct error *err)
{
    return list(store, group, false, arena, name, n, err);
}

bool store_is_group(struct store *store, const char *path)
{
    if (!store_has(store, path))
        return false;
    hid_t object = H5Oopen(store->file, path, H5P_DEFAULT);
    bool group = object >= 0 && H5Iget_type(object) == H5I_GROUP;
    close_id(object);
    return group;
}
