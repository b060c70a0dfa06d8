/* HDF5 files that xarray opens with engine="h5netcdf": named dimensions, coordinates, attributes. One rank writes or
 * reads a file. A file being written has a temporary name; store_commit closes it, syncs and renames, so a killed run
 * leaves no broken file. Format: the one of HDF5 1.8 (lowest and highest bound), no times, members and attributes of
 * groups in the order in which they were made: the same calls give the same bytes. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "support/arena.h"
#include "support/error.h"
#include "support/str.h"

struct store;
enum store_type { STORE_F64, STORE_F32, STORE_I64, STORE_I32, STORE_U64, STORE_U32, STORE_U8 };

MUST_CHECK bool store_create(const char *path, struct store **out, struct error *err);
/* Close, sync, rename. The store is freed whatever happens. */
MUST_CHECK bool store_commit(struct store *store, struct error *err);
/* Give a new file up (the temporary file is removed), or close one that was opened. NULL-safe. */
void store_close(struct store *store);
/* Reading. A file that is not HDF5, or cut, is an ERROR_INPUT naming it. */
MUST_CHECK bool store_open(const char *path, struct store **out, struct error *err);

/* Attributes of the object at `path` ("/" the file, "/group" made if missing, "/dataset"). Strings are UTF-8. */
MUST_CHECK bool store_attr_str(struct store *store, const char *path, const char *name, struct str value,
                               struct error *err);
MUST_CHECK bool store_attr_i64(struct store *store, const char *path, const char *name, int64_t value,
                               struct error *err);
MUST_CHECK bool store_attr_f64(struct store *store, const char *path, const char *name, double value,
                               struct error *err);
MUST_CHECK bool store_get_attr_str(struct store *store, const char *path, const char *name, struct arena *arena,
                                   struct str *out, struct error *err);
MUST_CHECK bool store_get_attr_i64(struct store *store, const char *path, const char *name, int64_t *out,
                                   struct error *err);
MUST_CHECK bool store_get_attr_f64(struct store *store, const char *path, const char *name, double *out,
                                   struct error *err);

/* Several numbers as one attribute (flag_values). n >= 1. */
MUST_CHECK bool store_attr_numbers(struct store *store, const char *path, const char *name, enum store_type type,
                                   const void *value, size_t n, struct error *err);
/* Names of what the group holds, in the order in which it was made: its attributes; its members (groups, arrays, axes).
 */
MUST_CHECK bool store_list_attrs(struct store *store, const char *group, struct arena *arena, const char ***name,
                                 size_t *n, struct error *err);
MUST_CHECK bool store_list_members(struct store *store, const char *group, struct arena *arena, const char ***name,
                                   size_t *n, struct error *err);
bool store_is_group(struct store *store, const char *path);

/* A coordinate: a one-dimensional dataset that is a dimension scale named like its path's last part. */
MUST_CHECK bool store_axis_i64(struct store *store, const char *path, const int64_t *value, size_t n,
                               struct error *err);
MUST_CHECK bool store_axis_f64(struct store *store, const char *path, const double *value, size_t n, struct error *err);
MUST_CHECK bool store_axis_str(struct store *store, const char *path, const struct str *value, size_t n,
                               struct error *err);

/* An array over axes written before: axis[rank] are their paths; its shape is their lengths, row-major. Made with
 * chunks and deflate when over 64 KiB. rank <= 32. */
MUST_CHECK bool store_array(struct store *store, const char *path, enum store_type type, const char *const *axis,
                            size_t rank, const void *data, struct error *err);
MUST_CHECK bool store_array_str(struct store *store, const char *path, const char *const *axis, size_t rank,
                                const struct str *data, struct error *err);

/* Whether a group, dataset or axis is there. */
bool store_has(struct store *store, const char *path);
/* Whole arrays or axes back, of rank 8 at most; data in the arena, converted to the asked type. */
MUST_CHECK bool store_get(struct store *store, const char *path, enum store_type type, struct arena *arena, void **data,
                          size_t *rank, size_t shape[8], struct error *err);
MUST_CHECK bool store_get_f64(struct store *store, const char *path, struct arena *arena, double **data, size_t *rank,
                              size_t shape[8], struct error *err);
MUST_CHECK bool store_get_i64(struct store *store, const char *path, struct arena *arena, int64_t **data, size_t *rank,
                              size_t shape[8], struct error *err);
MUST_CHECK bool store_get_str(struct store *store, const char *path, struct arena *arena, struct str **data, size_t *n,
                              struct error *err);
/* An array of numbers opened to be read in parts: whole rows, that is places of its first dimension. */
struct store_slab;
MUST_CHECK bool store_slab_open(struct store *store, const char *path, struct store_slab **out, struct error *err);
void store_slab_close(struct store_slab *slab); /* NULL-safe; before its store */
/* shape[0 .. *rank - 1]. */
void store_slab_shape(const struct store_slab *slab, size_t *rank, size_t shape[8]);
/* Whether the file holds numbers of this very type, in any byte order. */
bool store_slab_holds(const struct store_slab *slab, enum store_type type);
bool store_slab_is_real(const struct store_slab *slab); /* floating-point numbers of any size */
/* Rows first .. first + n - 1, row-major, converted to the asked type. rank >= 1. */
MUST_CHECK bool store_slab_read(struct store_slab *slab, enum store_type type, size_t first, size_t n, void *out,
                                struct error *err);
const char *store_library_version(void);

#endif
