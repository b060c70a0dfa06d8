#include "comm_private.h"

#include <string.h>

enum {
    WINDOW = 32 /* peers with messages under way at once */
};

void transfer_send(const struct comm *comm, const void *data, size_t bytes, int to)
{
    const char *p = data;

    for (size_t done = 0; done < bytes;) {
        size_t n = min_size(bytes - done, MESSAGE_BYTES);
        MPI_Send(p + done, (int)n, MPI_BYTE, to, TAG_TREE, comm->handle);
        done += n;
    }
    comm_count(comm, bytes);
}

void transfer_recv(const struct comm *comm, void *data, size_t bytes, int from)
{
    char *p = data;

    for (size_t done = 0; done < bytes;) {
        size_t n = min_size(bytes - done, MESSAGE_BYTES);
        MPI_Recv(p + done, (int)n, MPI_BYTE, from, TAG_TREE, comm->handle, MPI_STATUS_IGNORE);
        done += n;
    }
}

/* Bytes of the piece in round `round`, and where they start. */
static size_t round_part(const size_t *first, int peer, size_t round, size_t *start)
{
    size_t bytes = first[peer + 1] - first[peer], done = round * (size_t)MESSAGE_BYTES;

    if (done >= bytes)
        return 0;
    *start = first[peer] + done;
    return min_size(bytes - done, MESSAGE_BYTES);
}

/* One round with the peers at distance step .. end - 1; false when nothing was left to do. A message between two ranks
 * has the same window and round on both sides, so waiting at the end of a round cannot block for ever. */
static bool transfer_round(const struct comm *comm, int step, int end, size_t round, const char *send,
                           const size_t *send_first, char *recv, const size_t *recv_first)
{
    MPI_Request request[2 * WINDOW];
    int n_requests = 0;
    size_t start;

    for (int s = step; s < end; s++) {
        int from = (comm->rank - s + comm->size) % comm->size;
        size_t n = round_part(recv_first, from, round, &start);
        if (n > 0)
            MPI_Irecv(recv + start, (int)n, MPI_BYTE, from, TAG_TRANSFER, comm->handle, &request[n_requests++]);
    }
    for (int s = step; s < end; s++) {
        int to = (int)(((int64_t)comm->rank + s) % comm->size);
        size_t n = round_part(send_first, to, round, &start);
        if (n > 0) {
            MPI_Isend(send + start, (int)n, MPI_BYTE, to, TAG_TRANSFER, comm->handle, &request[n_requests++]);
            comm_count(comm, n);
        }
    }
    MPI_Waitall(n_requests, request, MPI_STATUSES_IGNORE);
    return n_requests > 0;
}

void transfer_all(const struct comm *comm, const void *send, const size_t *send_first, void *recv,
                  const size_t *recv_first)
{
    const char *from = send;
    char *to = recv;
    int me = comm->rank;
    size_t own = send_first[me + 1] - send_first[me];

    ASSERT(own == recv_first[me + 1] - recv_first[me]);
    if (own > 0)
        memcpy(to + recv_first[me], from + send_first[me], own);
    for (int step = 1; step < comm->size; step += WINDOW) {
        int end = step + WINDOW < comm->size ? step + WINDOW : comm->size;
        size_t round = 0;
        while (transfer_round(comm, step, end, round, from, send_first, to, recv_first))
            round++;
    }
}

void transfer_gather(const struct comm *comm, const void *mine, const size_t *first, void *out, struct arena *arena)
{
    size_t own = first[comm->rank + 1] - first[comm->rank];
    char *to = out;

    if (first[comm->size] <= MESSAGE_BYTES) {
        struct arena_mark mark = arena_mark(arena);
        int *count = ARENA_ARRAY(arena, int, (size_t)comm->size), *start = ARENA_ARRAY(arena, int, (size_t)comm->size);
        for (int r = 0; r < comm->size; r++) {
            count[r] = (int)(first[r + 1] - first[r]);
            start[r] = (int)first[r];
        }
        MPI_Allgatherv(mine, (int)own, MPI_BYTE, out, count, start, MPI_BYTE, comm->handle);
        comm_count(comm, own);
        arena_release(arena, mark);
        return;
    }
    if (own > 0)
        memcpy(to + first[comm->rank], mine, own);
    for (int r = 0; r < comm->size; r++)
        comm_bcast(comm, to + first[r], first[r + 1] - first[r], r);
}
