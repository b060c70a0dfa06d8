#include "comm/agree.h"

#include "comm_private.h"

#include <limits.h>

bool agree(const struct comm *comm, bool ok, struct error *err)
{
    int failing = ok ? INT_MAX : comm->rank;

    MPI_Allreduce(MPI_IN_PLACE, &failing, 1, MPI_INT, MPI_MIN, comm->handle);
    comm_count(comm, sizeof(failing));
    if (failing == INT_MAX)
        return true;
    comm_bcast(comm, err, sizeof(*err), failing);
    err->rank = failing;
    return false;
}
