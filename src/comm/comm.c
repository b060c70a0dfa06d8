#include "comm_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define HAS_OWN_MALLOC 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define HAS_OWN_MALLOC 1
#endif

#if defined(__GLIBC__) && !defined(HAS_OWN_MALLOC)
#include <malloc.h>

/* Blocks given back to the system come back as fresh pages, which are slow; MPI's large buffers suffer most. */
static void keep_big_blocks(void)
{
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    mallopt(M_TOP_PAD, 64 << 20);
}
#else
static void keep_big_blocks(void)
{
}
#endif

static struct comm *comm_wrap(MPI_Comm handle, int64_t *sent)
{
    struct comm *comm = malloc(sizeof(*comm));
    ASSERT(comm != NULL);
    comm->handle = handle;
    comm->sent = sent;
    MPI_Comm_rank(handle, &comm->rank);
    MPI_Comm_size(handle, &comm->size);
    return comm;
}

bool comm_start(int *argc, char ***argv, struct comm **world, struct error *err)
{
    int provided;
    MPI_Comm handle;
    int64_t *sent;

    keep_big_blocks();
    if (MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        return fail(err, ERROR_IO, "MPI cannot start; check that mpiexec and this program use the same MPI library");
    if (provided < MPI_THREAD_FUNNELED) {
        MPI_Finalize();
        return fail(err, ERROR_IO,
                    "this MPI library was built without threads (MPI_THREAD_FUNNELED); use another build");
    }
    MPI_Comm_dup(MPI_COMM_WORLD, &handle);
    sent = calloc(1, sizeof(*sent));
    ASSERT(sent != NULL);
    *world = comm_wrap(handle, sent);
    return true;
}

void comm_stop(struct comm *world)
{
    free(world->sent);
    comm_free(world);
    MPI_Finalize();
}

struct comm *comm_first(const struct comm *comm, int n)
{
    ASSERT(n >= 1);
    return comm_split(comm, comm->rank < n ? 0 : -1);
}

struct comm *comm_split(const struct comm *comm, int group)
{
    MPI_Comm handle;

    ASSERT(group >= -1);
    MPI_Comm_split(comm->handle, group >= 0 ? group : MPI_UNDEFINED, comm->rank, &handle);
    return handle == MPI_COMM_NULL ? NULL : comm_wrap(handle, comm->sent);
}

void comm_free(struct comm *comm)
{
    if (comm == NULL)
        return;
    MPI_Comm_free(&comm->handle);
    free(comm);
}

int comm_rank(const struct comm *comm)
{
    return comm->rank;
}

int comm_size(const struct comm *comm)
{
    return comm->size;
}

int comm_node_size(const struct comm *comm)
{
    MPI_Comm node;
    int size;
    MPI_Comm_split_type(comm->handle, MPI_COMM_TYPE_SHARED, comm->rank, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &size);
    MPI_Comm_free(&node);
    return size;
}

void comm_barrier(const struct comm *comm)
{
    MPI_Barrier(comm->handle);
}

void comm_bcast(const struct comm *comm, void *data, size_t bytes, int root)
{
    char *p = data;

    ASSERT(root >= 0 && root < comm->size);
    for (size_t done = 0; done < bytes;) {
        size_t n = min_size(bytes - done, MESSAGE_BYTES);
        MPI_Bcast(p + done, (int)n, MPI_BYTE, root, comm->handle);
        done += n;
    }
    if (comm->rank == root)
        comm_count(comm, bytes);
}

const void *comm_bcast_new(const struct comm *comm, const void *data, size_t *bytes, int root, struct arena *arena)
{
    bool is_root = comm->rank == root;
    uint64_t n = 0;
    char *copy;

    if (is_root)
        n = bytes != NULL ? *bytes : strlen(data);
    comm_bcast(comm, &n, sizeof(n), root);
    if (bytes != NULL)
        *bytes = n;
    if (is_root) {
        comm_bcast(comm, (void *)data, n, root); /* only read at the root */
        return data;
    }
    copy = arena_alloc(arena, (size_t)n + 1, 1);
    comm_bcast(comm, copy, n, root);
    copy[n] = '\0';
    return copy;
}

int64_t comm_bytes_sent(const struct comm *comm)
{
    return *comm->sent;
}

void comm_count(const struct comm *comm, size_t bytes)
{
    *comm->sent += (int64_t)bytes;
}

const char *comm_library_version(void)
{
    static char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int n;

    MPI_Get_library_version(version, &n);
    version[strcspn(version, "\n")] = '\0'; /* MPICH goes on with its build options */
    return version;
}
