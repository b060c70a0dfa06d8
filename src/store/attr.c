#include "store_private.h"

#include <stdio.h>

static bool attr_fail(const struct store *store, const char *action, const char *path, const char *name,
                      struct error *err)
{
    char what[128];
    snprintf(what, sizeof(what), "%s the attribute %s of", action, name);
    return store_fail(store, what, path, err);
}

/* Replaces the attribute. n: elements; 0: a single value. */
static bool put(struct store *store, const char *path, const char *name, hid_t type, const void *value, size_t n,
                struct error *err)
{
    ASSERT(store->temp != NULL);
    if (!store_has(store, path))
        TRY(store_make_groups(store, path, true, err));
    hid_t attr = H5I_INVALID_HID;
    const hsize_t length = n;
    hid_t space = n == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL);
    hid_t object = H5Oopen(store->file, path, H5P_DEFAULT);
    htri_t there = object >= 0 ? H5Aexists(object, name) : -1;
    bool ok = space >= 0 && there >= 0 && (there == 0 || H5Adelete(object, name) >= 0) &&
              (attr = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT)) >= 0 &&
              H5Awrite(attr, type, value) >= 0;
    if (!ok)
        attr_fail(store, "write", path, name, err);
    close_id(attr);
    close_id(object);
    close_id(space);
    return ok;
}

bool store_attr_str(struct store *store, const char *path, const char *name, struct str value, struct error *err)
{
    struct arena_mark mark = arena_mark(store->scratch);
    const char *text = store_text(store->scratch, value);
    hid_t type = store_string_type();
    bool ok = put(store, path, name, type, &text, 0, err);
    close_id(type);
    arena_release(store->scratch, mark);
    return ok;
}

bool store_attr_i64(struct store *store, const char *path, const char *name, int64_t value, struct error *err)
{
    return put(store, path, name, H5T_NATIVE_INT64, &value, 0, err);
}

bool store_attr_f64(struct store *store, const char *path, const char *name, double value, struct error *err)
{
    return put(store, path, name, H5T_NATIVE_DOUBLE, &value, 0, err);
}

bool store_attr_numbers(struct store *store, const char *path, const char *name, enum store_type type,
                        const void *value, size_t n, struct error *err)
{
    ASSERT(n >= 1);
    return put(store, path, name, store_number_type(type), value, n, err);
}

/* An attribute that was opened and holds exactly one element. */
struct attr {
    hid_t id, type, space;
};

static void attr_close(const struct attr *attr)
{
    close_id(attr->space);
    close_id(attr->type);
    close_id(attr->id);
}

static bool attr_open(const struct store *store, const char *path, const char *name, struct attr *out,
                      struct error *err)
{
    *out = (struct attr){H5I_INVALID_HID, H5I_INVALID_HID, H5I_INVALID_HID};
    bool ok = (out->id = H5Aopen_by_name(store->file, path, name, H5P_DEFAULT, H5P_DEFAULT)) >= 0 &&
              (out->type = H5Aget_type(out->id)) >= 0 && (out->space = H5Aget_space(out->id)) >= 0;
    if (!ok) {
        attr_fail(store, "read", path, name, err);
    } else if (H5Sget_simple_extent_npoints(out->space) != 1) {
        ok = fail(err, ERROR_INPUT, "%s: the attribute %s of \"%s\" is not a single value", store->path, name, path);
    }
    if (!ok)
        attr_close(out);
    return ok;
}

static bool wrong_type(const struct store *store, const char *path, const char *name, const char *wanted,
                       struct error *err)
{
    return fail(err, ERROR_INPUT, "%s: the attribute %s of \"%s\" is not %s", store->path, name, path, wanted);
}

bool store_get_attr_str(struct store *store, const char *path, const char *name, struct arena *arena, struct str *out,
                        struct error *err)
{
    struct attr attr;
    TRY(attr_open(store, path, name, &attr, err));
    char *text = NULL;
    hid_t type = store_string_type();
    bool ok = H5Tis_variable_str(attr.type) > 0 || wrong_type(store, path, name, "a variable-length string", err);
    if (ok && (H5Tset_cset(type, H5Tget_cset(attr.type)) < 0 || H5Aread(attr.id, type, &text) < 0))
        ok = attr_fail(store, "read", path, name, err);
    if (ok) {
        const size_t n = text == NULL ? 0 : strlen(text);
        *out = (struct str){arena_copy(arena, text, n), n};
        H5free_memory(text);
    }
    close_id(type);
    attr_close(&attr);
    return ok;
}

static bool get_number(struct store *store, const char *path, const char *name, hid_t type, void *out,
                       struct error *err)
{
    struct attr attr;
    TRY(attr_open(store, path, name, &attr, err));
    const H5T_class_t class = H5Tget_class(attr.type);
    bool ok = class == H5T_INTEGER || class == H5T_FLOAT || wrong_type(store, path, name, "a number", err);
    if (ok && H5Aread(attr.id, type, out) < 0)
        ok = attr_fail(store, "read", path, name, err);
    attr_close(&attr);
    return ok;
}

bool store_get_attr_i64(struct store *store, const char *path, const char *name, int64_t *out, struct error *err)
{
    return get_number(store, path, name, H5T_NATIVE_INT64, out, err);
}

bool store_get_attr_f64(struct store *store, const char *path, const char *name, double *out, struct error *err)
{
    return get_number(store, path, name, H5T_NATIVE_DOUBLE, out, err);
}
