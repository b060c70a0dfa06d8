#include "comm/digest.h"

#include "comm_private.h"
#include "support/hash.h"

static uint64_t digest_total(const struct comm *comm, uint64_t sum, size_t n_local)
{
    uint64_t total[2] = {sum, n_local};

    MPI_Allreduce(MPI_IN_PLACE, total, 2, MPI_UINT64_T, MPI_SUM, comm->handle);
    comm_count(comm, sizeof(total));
    return hash_mix(total[0] + hash_mix(total[1]));
}

uint64_t digest_rows(const struct comm *comm, const void *data, size_t row_bytes, const int64_t *row, size_t n_local)
{
    const char *p = data;
    uint64_t sum = 0;

    for (size_t i = 0; i < n_local; i++)
        sum += hash64((struct str){p + i * row_bytes, row_bytes}, hash_mix((uint64_t)row[i]));
    return digest_total(comm, sum, n_local);
}

uint64_t digest_strs(const struct comm *comm, const struct str *data, const int64_t *row, size_t n_local)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n_local; i++)
        sum += hash64(data[i], hash_mix((uint64_t)row[i]));
    return digest_total(comm, sum, n_local);
}
