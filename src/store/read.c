#include "store_private.h"

void store_dataset_close(const struct store_dataset *set)
{
    close_id(set->space);
    close_id(set->type);
    close_id(set->id);
}

/* Deflate shrinks at most 1032 times, so a damaged extent cannot ask for more memory than that. */
static bool fits_file(const struct store *store, const struct store_dataset *set)
{
    enum { MOST_SHRINK = 1040, SLACK = 1 << 16 };
    hsize_t file_bytes;
    if (H5Fget_filesize(store->file, &file_bytes) < 0)
        return false;
    const size_t element = H5Tget_size(set->type);
    const hsize_t limit =
        (file_bytes < UINT64_MAX / MOST_SHRINK ? file_bytes * MOST_SHRINK : UINT64_MAX - SLACK) + SLACK;
    return element > 0 && set->points <= limit / element;
}

static bool measure(const struct store *store, const char *path, struct store_dataset *set, struct error *err)
{
    const int rank = H5Sget_simple_extent_ndims(set->space);
    if (rank < 0 || rank > STORE_READ_RANK)
        return fail(err, ERROR_INPUT, "%s: \"%s\" has more than %d dimensions", store->path, path, STORE_READ_RANK);
    if (rank > 0 && H5Sget_simple_extent_dims(set->space, set->dims, NULL) != rank)
        return store_fail(store, "read the shape of", path, err);
    set->rank = (size_t)rank;
    set->points = H5Sget_simple_extent_type(set->space) == H5S_NULL ? 0 : 1;
    bool fits = true;
    for (size_t i = 0; i < set->rank; i++)
        fits = !__builtin_mul_overflow(set->points, set->dims[i], &set->points) && fits;
    if (!fits || !fits_file(store, set))
        return fail(err, ERROR_INPUT, "%s: \"%s\" claims more values than the file can hold", store->path, path);
    return true;
}

bool store_dataset_open(const struct store *store, const char *path, hid_t access, struct store_dataset *out,
                        struct error *err)
{
    *out = (struct store_dataset){.id = H5I_INVALID_HID, .type = H5I_INVALID_HID, .space = H5I_INVALID_HID};
    bool ok = (out->id = H5Dopen2(store->file, path, access)) >= 0 && (out->type = H5Dget_type(out->id)) >= 0 &&
              (out->space = H5Dget_space(out->id)) >= 0;
    if (!ok)
        store_fail(store, "read", path, err);
    ok = ok && measure(store, path, out, err);
    if (!ok)
        store_dataset_close(out);
    return ok;
}

static bool get_numbers(const struct store *store, const char *path, hid_t type, struct arena *arena, void **data,
                        size_t *rank, size_t shape[8], struct error *err)
{
    struct store_dataset set;
    TRY(store_dataset_open(store, path, H5P_DEFAULT, &set, err));
    const H5T_class_t class = H5Tget_class(set.type);
    bool ok = class == H5T_INTEGER || class == H5T_FLOAT ||
              fail(err, ERROR_INPUT, "%s: \"%s\" does not hold numbers", store->path, path);
    if (ok) {
        *data = arena_alloc(arena, set.points, H5Tget_size(type));
        ok = set.points == 0 || H5Dread(set.id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *data) >= 0 ||
             store_fail(store, "read", path, err);
    }
    *rank = set.rank;
    for (size_t i = 0; i < set.rank; i++)
        shape[i] = (size_t)set.dims[i];
    store_dataset_close(&set);
    return ok;
}

bool store_get(struct store *store, const char *path, enum store_type type, struct arena *arena, void **data,
               size_t *rank, size_t shape[8], struct error *err)
{
    return get_numbers(store, path, store_number_type(type), arena, data, rank, shape, err);
}

bool store_get_f64(struct store *store, const char *path, struct arena *arena, double **data, size_t *rank,
                   size_t shape[8], struct error *err)
{
    void *values;
    TRY(get_numbers(store, path, H5T_NATIVE_DOUBLE, arena, &values, rank, shape, err));
    *data = values;
    return true;
}

bool store_get_i64(struct store *store, const char *path, struct arena *arena, int64_t **data, size_t *rank,
                   size_t shape[8], struct error *err)
{
    void *values;
    TRY(get_numbers(store, path, H5T_NATIVE_INT64, arena, &values, rank, shape, err));
    *data = values;
    return true;
}

bool store_get_str(struct store *store, const char *path, struct arena *arena, struct str **data, size_t *n,
                   struct error *err)
{
    struct store_dataset set;
    TRY(store_dataset_open(store, path, H5P_DEFAULT, &set, err));
    struct arena_mark mark = arena_mark(store->scratch);
    char **text = ARENA_ZARRAY(store->scratch, char *, set.points);
    hid_t type = store_string_type();
    bool ok = H5Tis_variable_str(set.type) > 0 ||
              fail(err, ERROR_INPUT, "%s: \"%s\" does not hold variable-length strings", store->path, path);
    if (ok && set.points > 0)
        ok = (H5Tset_cset(type, H5Tget_cset(set.type)) >= 0 &&
              H5Dread(set.id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0) ||
             store_fail(store, "read", path, err);
    if (ok) {
        struct str *out = ARENA_ARRAY(arena, struct str, set.points);
        for (size_t i = 0; i < set.points; i++) {
            const size_t length = text[i] == NULL ? 0 : strlen(text[i]);
            out[i] = (struct str){arena_copy(arena, text[i], length), length};
            H5free_memory(text[i]);
        }
        *data = out;
        *n = set.points;
    }
    close_id(type);
    arena_release(store->scratch, mark);
    store_dataset_close(&set);
    return ok;
}
