#include "comm/mail.h"

#include "comm_private.h"

/* The size goes ahead. Synchronous: a send ends when its receive has begun, so a sender cannot run ahead of a slow
 * receiver and fill its memory. */
void mail_send(const struct comm *comm, const void *data, size_t bytes, int to)
{
    const char *p = data;
    uint64_t size = bytes;

    ASSERT(to >= 0 && to < comm->size && to != comm->rank);
    MPI_Ssend(&size, sizeof(size), MPI_BYTE, to, TAG_MAIL, comm->handle);
    for (size_t done = 0; done < bytes;) {
        size_t n = min_size(bytes - done, MESSAGE_BYTES);
        MPI_Ssend(p + done, (int)n, MPI_BYTE, to, TAG_MAIL, comm->handle);
        done += n;
    }
    comm_count(comm, sizeof(size) + bytes);
}

void *mail_receive(const struct comm *comm, size_t *bytes, int from, struct arena *arena)
{
    uint64_t size;
    char *p;

    ASSERT(from >= 0 && from < comm->size && from != comm->rank);
    MPI_Recv(&size, sizeof(size), MPI_BYTE, from, TAG_MAIL, comm->handle, MPI_STATUS_IGNORE);
    p = arena_alloc(arena, (size_t)size, 1);
    for (size_t done = 0; done < size;) {
        size_t n = min_size((size_t)size - done, MESSAGE_BYTES);
        MPI_Recv(p + done, (int)n, MPI_BYTE, from, TAG_MAIL, comm->handle, MPI_STATUS_IGNORE);
        done += n;
    }
    *bytes = (size_t)size;
    return p;
}
