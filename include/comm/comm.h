/* A group of ranks. A function is collective if and only if it takes `const struct comm *`: every rank of the group
 * must call it, in the same order. MPI's own failures end the job (MPI's default handler), a rank that dies of a bug or
 * without memory ends it through the launcher (mpiexec does so unasked, srun with --kill-on-bad-exit); user errors go
 * through agree(). */
#ifndef COMM_COMM_H
#define COMM_COMM_H

#include "support/arena.h"
#include "support/error.h"

struct comm;

/* Starts MPI (MPI_THREAD_FUNNELED) and returns the world. Tunes malloc to keep big blocks before MPI starts. */
MUST_CHECK bool comm_start(int *argc, char ***argv, struct comm **world, struct error *err);
/* Ends MPI; frees the world. Collective. */
void comm_stop(struct comm *world);
/* The first n ranks of comm, with their own context; NULL on the others. Collective over comm. n is cut to the size. */
struct comm *comm_first(const struct comm *comm, int n);
/* Groups of ranks of equal `group` (>= 0), in rank order; NULL on ranks that give -1. Collective over comm. */
struct comm *comm_split(const struct comm *comm, int group);
void comm_free(struct comm *comm); /* a group from comm_first or comm_split; NULL-safe */

int comm_rank(const struct comm *comm);      /* local */
int comm_size(const struct comm *comm);      /* local */
int comm_node_size(const struct comm *comm); /* ranks of comm on this rank's node; collective */
void comm_barrier(const struct comm *comm);
/* Bytes of root to all; any size. */
void comm_bcast(const struct comm *comm, void *data, size_t bytes, int root);
/* root's zero-terminated or counted bytes to all, placed in the arena on the others (root gets its own pointer back).
 */
const void *comm_bcast_new(const struct comm *comm, const void *data, size_t *bytes, int root, struct arena *arena);
/* Bytes this rank has handed to MPI since the start (payload, as counted by this module). Local. */
int64_t comm_bytes_sent(const struct comm *comm);
/* Open MPI's or MPICH's version line. Local. */
const char *comm_library_version(void);

#endif
