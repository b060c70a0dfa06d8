#include "comm/exchange.h"

#include "comm_private.h"

#include <string.h>

/* first[r] = bytes of the ranks before r; n_ranks + 1 entries */
static size_t *byte_offsets(const int64_t *count, int n_ranks, size_t record_bytes, struct arena *arena)
{
    size_t *first = ARENA_ARRAY(arena, size_t, (size_t)n_ranks + 1);

    first[0] = 0;
    for (int r = 0; r < n_ranks; r++)
        first[r + 1] = first[r] + (size_t)count[r] * record_bytes;
    return first;
}

/* Stable counting sort by destination: fills out->sent and out->position. */
static void sending_order(int n_ranks, size_t n, const int *dest, struct arena *arena, struct exchange *out)
{
    struct arena_mark mark;
    uint32_t *next;
    int64_t before = 0;

    out->n_sent = n;
    out->sent = ARENA_ZARRAY(arena, int64_t, (size_t)n_ranks);
    out->position = ARENA_ARRAY(arena, uint32_t, n);
    mark = arena_mark(arena);
    next = ARENA_ARRAY(arena, uint32_t, (size_t)n_ranks);
    for (size_t i = 0; i < n; i++) {
        ASSERT(dest[i] >= 0 && dest[i] < n_ranks);
        out->sent[dest[i]]++;
    }
    for (int r = 0; r < n_ranks; r++) {
        next[r] = (uint32_t)before;
        before += out->sent[r];
    }
    for (size_t i = 0; i < n; i++)
        out->position[i] = next[dest[i]]++;
    arena_release(arena, mark);
}

void exchange_records(const struct comm *comm, const void *records, size_t record_bytes, size_t n, const int *dest,
                      struct arena *arena, struct exchange *out)
{
    const char *record = records;
    struct arena_mark mark;
    size_t *send_first, *recv_first;
    char *packed;

    ASSERT(n <= UINT32_MAX);
    sending_order(comm->size, n, dest, arena, out);
    out->received = ARENA_ARRAY(arena, int64_t, (size_t)comm->size);
    MPI_Alltoall(out->sent, 1, MPI_INT64_T, out->received, 1, MPI_INT64_T, comm->handle);
    comm_count(comm, (size_t)comm->size * sizeof(int64_t));
    out->n = 0;
    for (int r = 0; r < comm->size; r++)
        out->n += (size_t)out->received[r];
    out->records = arena_alloc(arena, out->n, record_bytes);

    mark = arena_mark(arena);
    packed = arena_alloc(arena, n, record_bytes);
    for (size_t i = 0; i < n; i++)
        memcpy(packed + out->position[i] * record_bytes, record + i * record_bytes, record_bytes);
    send_first = byte_offsets(out->sent, comm->size, record_bytes, arena);
    recv_first = byte_offsets(out->received, comm->size, record_bytes, arena);
    transfer_all(comm, packed, send_first, out->records, recv_first);
    arena_release(arena, mark);
}

void exchange_reply(const struct comm *comm, const struct exchange *exchange, const void *replies, size_t reply_bytes,
                    void *out, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    char *packed = arena_alloc(arena, exchange->n_sent, reply_bytes), *reply = out;
    size_t *send_first = byte_offsets(exchange->received, comm->size, reply_bytes, arena);
    size_t *recv_first = byte_offsets(exchange->sent, comm->size, reply_bytes, arena);

    transfer_all(comm, replies, send_first, packed, recv_first);
    for (size_t i = 0; i < exchange->n_sent; i++)
        memcpy(reply + i * reply_bytes, packed + exchange->position[i] * reply_bytes, reply_bytes);
    arena_release(arena, mark);
}
