/* What the files of this module share: the group itself and byte movers without limits on size. */
#ifndef COMM_COMM_PRIVATE_H
#define COMM_COMM_PRIVATE_H

#include "comm/comm.h"

#include <mpi.h>

struct comm {
    MPI_Comm handle;
    int rank, size;
    int64_t *sent; /* owned by the world, shared with its groups */
};

enum {
    MESSAGE_BYTES = 1 << 25 /* the most that one MPI call carries; larger data go in rounds, so int counts suffice */
};

enum message_tag { TAG_TRANSFER = 1, TAG_TREE, TAG_MAIL };

void comm_count(const struct comm *comm, size_t bytes); /* local: adds to comm_bytes_sent */

/* Blocking, chunked; the receiver knows the size. Local in pairs. */
void transfer_send(const struct comm *comm, const void *data, size_t bytes, int to);
void transfer_recv(const struct comm *comm, void *data, size_t bytes, int from);
/* Bytes send_first[d] .. send_first[d + 1] of send go to rank d, those of rank s arrive at recv_first[s] ..
 * recv_first[s + 1]. Both arrays have n_ranks + 1 entries, and both sides know the sizes. */
void transfer_all(const struct comm *comm, const void *send, const size_t *send_first, void *recv,
                  const size_t *recv_first);
/* Every rank's piece on every rank, in rank order: rank r brings first[r + 1] - first[r] bytes; first is the same
 * everywhere. */
void transfer_gather(const struct comm *comm, const void *mine, const size_t *first, void *out, struct arena *arena);

#endif
