#include "store_private.h"

#include "support/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct reason {
    char *out;
    size_t size;
};

/* The walk starts at the innermost error. */
static herr_t keep_first(unsigned n, const H5E_error2_t *entry, void *data)
{
    const struct reason *reason = data;
    if (n == 0 && entry->desc != NULL)
        snprintf(reason->out, reason->size, "%s", entry->desc);
    return 0;
}

/* What HDF5 said innermost, into out[size]. */
static void store_reason(char *out, size_t size)
{
    struct reason reason = {out, size};
    snprintf(out, size, "no reason given");
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
}

bool store_fail(const struct store *store, const char *action, const char *object, struct error *err)
{
    char reason[256];
    store_reason(reason, sizeof(reason));
    return fail(err, store->temp != NULL ? ERROR_IO : ERROR_INPUT, "%s: cannot %s \"%s\": %s", store->path, action,
                object, reason);
}

/* How files are reached: no locks (network file systems lack them), and closing a file closes all that is open in it.
 */
static hid_t access_list(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    bool ok = list >= 0 && H5Pset_file_locking(list, false, true) >= 0 &&
              H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) >= 0 &&
              H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0;
    ASSERT(ok);
    return list;
}

/* How a file's root or a group is made: its members and attributes keep their order, and no times are kept: equal
 * content, equal bytes. */
static hid_t tracked_list(hid_t kind)
{
    hid_t list = H5Pcreate(kind);
    bool ok = list >= 0 && H5Pset_obj_track_times(list, false) >= 0 &&
              H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
              H5Pset_attr_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0;
    ASSERT(ok);
    return list;
}

static struct store *store_new(const char *path, bool writes)
{
    struct arena *scratch = arena_new();
    struct store *store = calloc(1, sizeof(*store));
    ASSERT(store != NULL);
    store->file = H5I_INVALID_HID;
    store->scratch = scratch;
    store->path = arena_printf(scratch, "%s", path);
    if (writes)
        store->temp = arena_printf(scratch, "%s.tmp.%ld", path, (long)getpid());
    return store;
}

static void store_free(struct store *store)
{
    arena_free(store->scratch);
    free(store);
}

bool store_create(const char *path, struct store **out, struct error *err)
{
    struct store *store = store_new(path, true);
    hid_t access = access_list();
    hid_t creation = tracked_list(H5P_FILE_CREATE);
    store->file = H5Fcreate(store->temp, H5F_ACC_TRUNC, creation, access);
    bool ok = store->file >= 0;
    if (!ok) {
        char reason[256];
        store_reason(reason, sizeof(reason));
        fail(err, ERROR_IO, "%s: cannot be made: %s", store->temp, reason);
    }
    close_id(creation);
    close_id(access);
    if (ok)
        *out = store;
    else
        store_free(store);
    return ok;
}

bool store_commit(struct store *store, struct error *err)
{
    ASSERT(store->temp != NULL);
    bool ok = H5Fclose(store->file) >= 0 || store_fail(store, "write", "/", err);
    ok = ok && file_commit(store->temp, store->path, err);
    if (!ok)
        unlink(store->temp);
    store_free(store);
    return ok;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    H5Fclose(store->file);
    if (store->temp != NULL)
        unlink(store->temp);
    store_free(store);
}

static bool check_readable(const char *path, struct error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return fail(err, ERROR_INPUT, "%s: cannot open: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return fail(err, ERROR_INPUT, "%s: not a regular file", path);
    if (access(path, R_OK) != 0)
        return fail(err, ERROR_INPUT, "%s: cannot open: %s", path, strerror(errno));
    return true;
}

bool store_open(const char *path, struct store **out, struct error *err)
{
    TRY(check_readable(path, err));
    struct store *store = store_new(path, false);
    hid_t access = access_list();
    store->file = H5Fopen(path, H5F_ACC_RDONLY, access);
    bool ok = store->file >= 0;
    if (!ok) {
        char reason[256];
        store_reason(reason, sizeof(reason));
        fail(err, ERROR_INPUT, "%s: not an HDF5 file, or a part of one (%s); write it again", path, reason);
    }
    close_id(access);
    if (ok)
        *out = store;
    else
        store_free(store);
    return ok;
}

/* End of the part of the path after the one that ends at `from`: "/a/b" has the parts "/a" and "/a/b". */
static size_t next_part(const char *path, size_t from)
{
    const char *slash = strchr(path + from + 1, '/');
    return slash == NULL ? strlen(path) : (size_t)(slash - path);
}

static bool make_group(const struct store *store, const char *path, hid_t creation, struct error *err)
{
    htri_t there = H5Lexists(store->file, path, H5P_DEFAULT);
    if (there < 0)
        return store_fail(store, "find", path, err);
    if (there > 0)
        return true;
    hid_t group = H5Gcreate2(store->file, path, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (group < 0)
        return store_fail(store, "make the group", path, err);
    close_id(group);
    return true;
}

bool store_make_groups(struct store *store, const char *path, bool whole, struct error *err)
{
    ASSERT(path[0] == '/');
    const size_t length = strlen(path);
    struct arena_mark mark = arena_mark(store->scratch);
    hid_t creation = tracked_list(H5P_GROUP_CREATE);
    bool ok = true;
    for (size_t end = next_part(path, 0); ok && (end < length || whole); end = next_part(path, end)) {
        ok = make_group(store, arena_printf(store->scratch, "%.*s", (int)end, path), creation, err);
        if (end == length)
            break;
    }
    close_id(creation);
    arena_release(store->scratch, mark);
    return ok;
}

bool store_has(struct store *store, const char *path)
{
    ASSERT(path[0] == '/');
    const size_t length = strlen(path);
    struct arena_mark mark = arena_mark(store->scratch);
    bool there = true;
    for (size_t end = length == 1 ? length : 0; there && end < length;) {
        end = next_part(path, end);
        there = H5Lexists(store->file, arena_printf(store->scratch, "%.*s", (int)end, path), H5P_DEFAULT) > 0;
    }
    arena_release(store->scratch, mark);
    return there;
}

const char *store_library_version(void)
{
    return H5_VERS_INFO;
}
