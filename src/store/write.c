#include "store_private.h"

#include <hdf5_hl.h>

enum { CHUNK_BYTES = 1 << 20, PLAIN_BYTES = 1 << 16, DEFLATE_LEVEL = 4 };

struct shape {
    size_t rank;
    hsize_t dims[STORE_MAX_RANK];
};

static hsize_t shape_points(const struct shape *shape)
{
    hsize_t points = 1;
    for (size_t i = 0; i < shape->rank; i++)
        points *= shape->dims[i];
    return points;
}

/* Whole trailing dimensions as far as a chunk holds them. */
static void chunk_shape(const struct shape *shape, size_t element_bytes, hsize_t chunk[STORE_MAX_RANK])
{
    hsize_t room = CHUNK_BYTES / element_bytes;
    for (size_t i = shape->rank; i-- > 0;) {
        chunk[i] = shape->dims[i] < room ? shape->dims[i] : room;
        room = room / chunk[i] > 0 ? room / chunk[i] : 1;
    }
}

/* Big arrays of numbers are deflated; strings lie in a heap where no filter reaches them. No times are kept: the same
 * content gives the same bytes. */
static hid_t creation_list(hid_t type, const struct shape *shape)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    const size_t element = H5Tget_size(type);
    bool ok = list >= 0 && element > 0 && H5Pset_obj_track_times(list, false) >= 0;
    if (ok && H5Tget_class(type) != H5T_STRING && shape_points(shape) > PLAIN_BYTES / element) {
        hsize_t chunk[STORE_MAX_RANK];
        chunk_shape(shape, element, chunk);
        ok = H5Pset_chunk(list, (int)shape->rank, chunk) >= 0 && H5Pset_shuffle(list) >= 0 &&
             H5Pset_deflate(list, DEFLATE_LEVEL) >= 0;
    }
    ASSERT(ok);
    return list;
}

/* The written dataset into *out, to be closed by the caller; nothing is open after a failure. */
static bool put(struct store *store, const char *path, hid_t type, const struct shape *shape, const void *data,
                hid_t *out, struct error *err)
{
    ASSERT(store->temp != NULL);
    TRY(store_make_groups(store, path, false, err));
    hid_t list = creation_list(type, shape);
    hid_t space = shape->rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple((int)shape->rank, shape->dims, NULL);
    hid_t set =
        space < 0 ? H5I_INVALID_HID : H5Dcreate2(store->file, path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    bool ok = set >= 0 && (shape_points(shape) == 0 || H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    if (!ok) {
        store_fail(store, "write", path, err);
        close_id(set);
    }
    close_id(space);
    close_id(list);
    if (ok)
        *out = set;
    return ok;
}

static const char *last_part(const char *path)
{
    return strrchr(path, '/') + 1;
}

static bool put_axis(struct store *store, const char *path, hid_t type, const void *value, size_t n, struct error *err)
{
    const struct shape shape = {1, {n}};
    hid_t set;
    TRY(put(store, path, type, &shape, value, &set, err));
    bool ok = H5DSset_scale(set, last_part(path)) >= 0 || store_fail(store, "make an axis of", path, err);
    close_id(set);
    return ok;
}

bool store_axis_i64(struct store *store, const char *path, const int64_t *value, size_t n, struct error *err)
{
    return put_axis(store, path, H5T_NATIVE_INT64, value, n, err);
}

bool store_axis_f64(struct store *store, const char *path, const double *value, size_t n, struct error *err)
{
    return put_axis(store, path, H5T_NATIVE_DOUBLE, value, n, err);
}

/* Pointers to clean zero-terminated copies, in the scratch. */
static const char **texts(struct store *store, const struct str *value, size_t n)
{
    const char **text = ARENA_ARRAY(store->scratch, const char *, n);
    for (size_t i = 0; i < n; i++)
        text[i] = store_text(store->scratch, value[i]);
    return text;
}

bool store_axis_str(struct store *store, const char *path, const struct str *value, size_t n, struct error *err)
{
    struct arena_mark mark = arena_mark(store->scratch);
    hid_t type = store_string_type();
    bool ok = put_axis(store, path, type, texts(store, value, n), n, err);
    close_id(type);
    arena_release(store->scratch, mark);
    return ok;
}

/* Opens the axes; the opened ones (negative after the first failure) are the caller's to close. */
static bool open_axes(const struct store *store, const char *const *axis, size_t rank, hid_t *scale,
                      struct shape *shape, struct error *err)
{
    ASSERT(rank <= STORE_MAX_RANK);
    shape->rank = rank;
    for (size_t i = 0; i < rank; i++)
        scale[i] = H5I_INVALID_HID;
    for (size_t i = 0; i < rank; i++) {
        scale[i] = H5Dopen2(store->file, axis[i], H5P_DEFAULT);
        if (scale[i] < 0)
            return store_fail(store, "open the axis", axis[i], err);
        ASSERT(H5DSis_scale(scale[i]) > 0);
        hid_t space = H5Dget_space(scale[i]);
        bool ok = space >= 0 && H5Sget_simple_extent_dims(space, &shape->dims[i], NULL) == 1;
        if (!ok)
            store_fail(store, "read the length of", axis[i], err);
        close_id(space);
        TRY(ok);
    }
    return true;
}

static bool put_array(struct store *store, const char *path, hid_t type, const char *const *axis, size_t rank,
                      const struct str *strings, const void *data, struct error *err)
{
    hid_t scale[STORE_MAX_RANK], set;
    struct shape shape;
    bool ok = open_axes(store, axis, rank, scale, &shape, err);
    if (ok && strings != NULL)
        data = texts(store, strings, (size_t)shape_points(&shape));
    if (ok && (ok = put(store, path, type, &shape, data, &set, err))) {
        for (size_t i = 0; ok && i < rank; i++)
            ok = H5DSattach_scale(set, scale[i], (unsigned)i) >= 0 || store_fail(store, "name the axes of", path, err);
        close_id(set);
    }
    for (size_t i = 0; i < rank; i++)
        close_id(scale[i]);
    return ok;
}

hid_t store_number_type(enum store_type type)
{
    switch (type) {
    case STORE_F64:
        return H5T_NATIVE_DOUBLE;
    case STORE_F32:
        return H5T_NATIVE_FLOAT;
    case STORE_I64:
        return H5T_NATIVE_INT64;
    case STORE_I32:
        return H5T_NATIVE_INT32;
    case STORE_U32:
        return H5T_NATIVE_UINT32;
    case STORE_U64:
        return H5T_NATIVE_UINT64;
    case STORE_U8:
        return H5T_NATIVE_UINT8;
    }
    return H5I_INVALID_HID;
}

bool store_array(struct store *store, const char *path, enum store_type type, const char *const *axis, size_t rank,
                 const void *data, struct error *err)
{
    return put_array(store, path, store_number_type(type), axis, rank, NULL, data, err);
}

bool store_array_str(struct store *store, const char *path, const char *const *axis, size_t rank,
                     const struct str *data, struct error *err)
{
    struct arena_mark mark = arena_mark(store->scratch);
    hid_t type = store_string_type();
    bool ok = put_array(store, path, type, axis, rank, data, NULL, err);
    close_id(type);
    arena_release(store->scratch, mark);
    return ok;
}
