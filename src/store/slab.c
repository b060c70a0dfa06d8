#include "store_private.h"

#include <stdlib.h>

struct store_slab {
    const struct store *store;
    char *path;
    struct store_dataset set;
};

/* A chunk that is read in several parts is inflated once. */
static hid_t cached_chunks(void)
{
    enum { SLOTS = 1009, CACHE_BYTES = 32 << 20 };
    hid_t list = H5Pcreate(H5P_DATASET_ACCESS);
    bool ok = list >= 0 && H5Pset_chunk_cache(list, SLOTS, CACHE_BYTES, 1) >= 0;
    ASSERT(ok);
    return list;
}

bool store_slab_open(struct store *store, const char *path, struct store_slab **out, struct error *err)
{
    struct store_dataset set;
    hid_t access = cached_chunks();
    bool ok = store_dataset_open(store, path, access, &set, err);
    close_id(access);
    TRY(ok);
    struct store_slab *slab = calloc(1, sizeof *slab);
    ASSERT(slab != NULL);
    *slab = (struct store_slab){.store = store, .path = arena_printf(store->scratch, "%s", path), .set = set};
    *out = slab;
    return true;
}

void store_slab_close(struct store_slab *slab)
{
    if (slab == NULL)
        return;
    store_dataset_close(&slab->set);
    free(slab);
}

void store_slab_shape(const struct store_slab *slab, size_t *rank, size_t shape[8])
{
    *rank = slab->set.rank;
    for (size_t i = 0; i < *rank; i++)
        shape[i] = (size_t)slab->set.dims[i];
}

bool store_slab_holds(const struct store_slab *slab, enum store_type type)
{
    const hid_t wanted = store_number_type(type), held = slab->set.type;
    return H5Tget_class(held) == H5Tget_class(wanted) && H5Tget_size(held) == H5Tget_size(wanted) &&
           (H5Tget_class(wanted) != H5T_INTEGER || H5Tget_sign(held) == H5Tget_sign(wanted));
}

bool store_slab_is_real(const struct store_slab *slab)
{
    return H5Tget_class(slab->set.type) == H5T_FLOAT;
}

bool store_slab_read(struct store_slab *slab, enum store_type type, size_t first, size_t n, void *out,
                     struct error *err)
{
    const struct store_dataset *set = &slab->set;
    ASSERT(set->rank >= 1 && first <= set->dims[0] && n <= set->dims[0] - first);
    const H5T_class_t class = H5Tget_class(set->type);
    if (class != H5T_INTEGER && class != H5T_FLOAT)
        return fail(err, ERROR_INPUT, "%s: \"%s\" does not hold numbers", slab->store->path, slab->path);
    if (n == 0)
        return true;
    hsize_t start[STORE_READ_RANK] = {first}, count[STORE_READ_RANK];
    memcpy(count, set->dims, sizeof count);
    count[0] = n;
    hid_t memory = H5Screate_simple((int)set->rank, count, NULL);
    bool ok = memory >= 0 && H5Sselect_hyperslab(set->space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
              H5Dread(set->id, store_number_type(type), memory, set->space, H5P_DEFAULT, out) >= 0;
    if (!ok)
        store_fail(slab->store, "read", slab->path, err);
    close_id(memory);
    return ok;
}
