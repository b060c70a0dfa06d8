/* Shared by the files of this module. Every HDF5 identifier is closed by close_id; the reason of a failed call must be
 * taken with store_fail before anything is closed, since each call of the library clears the one before. */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "store/store.h"

#include <hdf5.h>

enum { STORE_MAX_RANK = 32, STORE_READ_RANK = 8 }; /* of HDF5; of arrays read back */

struct store {
    hid_t file;
    char *path, *temp;     /* temp: NULL in a store that was opened for reading */
    struct arena *scratch; /* released by every call that takes from it */
};

/* Any kind of identifier; a negative one is passed over. */
static inline void close_id(hid_t id)
{
    if (id >= 0)
        H5Idec_ref(id);
}

/* "FILE: cannot ACTION "OBJECT": what HDF5 said innermost". ERROR_IO while writing, else ERROR_INPUT. Returns false. */
bool store_fail(const struct store *store, const char *action, const char *object, struct error *err);
/* Makes the groups that lead to `path`, and path itself as a group if whole. */
MUST_CHECK bool store_make_groups(struct store *store, const char *path, bool whole, struct error *err);

/* A dataset opened for reading: rank at most STORE_READ_RANK, and as many points as the file can hold. */
struct store_dataset {
    hid_t id, type, space;
    size_t rank, points;
    hsize_t dims[STORE_READ_RANK];
};

/* access: how chunks are cached. Nothing is open after a failure. */
MUST_CHECK bool store_dataset_open(const struct store *store, const char *path, hid_t access, struct store_dataset *out,
                                   struct error *err);
void store_dataset_close(const struct store_dataset *set);
/* The type of numbers in memory. */
hid_t store_number_type(enum store_type type);

/* The type of a variable-length UTF-8 string. */
hid_t store_string_type(void);
/* Zero-terminated valid UTF-8: invalid bytes and zeros become U+FFFD. */
char *store_text(struct arena *arena, struct str s);

#endif
