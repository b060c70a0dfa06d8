#include "comm/reduce.h"

#include "comm/agree.h"
#include "comm_private.h"

#include <math.h>

enum {
    LANE_BITS = 43,    /* 43 + 43 + 42 bits: lanes of up to 2^20 ranks add up without overflow */
    EXACT_ROUND = 4096 /* sums in one message */
};

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

/* All value types here have 8 bytes. */
static void allreduce(const struct comm *comm, void *value, size_t n, MPI_Datatype type, MPI_Op op)
{
    char *p = value;

    for (size_t done = 0; done < n;) {
        size_t m = min_size(n - done, MESSAGE_BYTES / 8);
        MPI_Allreduce(MPI_IN_PLACE, p + done * 8, (int)m, type, op, comm->handle);
        done += m;
    }
    comm_count(comm, n * 8);
}

void reduce_sum_i64(const struct comm *comm, int64_t *value, size_t n)
{
    allreduce(comm, value, n, MPI_INT64_T, MPI_SUM);
}

void reduce_min_i64(const struct comm *comm, int64_t *value, size_t n)
{
    allreduce(comm, value, n, MPI_INT64_T, MPI_MIN);
}

void reduce_max_i64(const struct comm *comm, int64_t *value, size_t n)
{
    allreduce(comm, value, n, MPI_INT64_T, MPI_MAX);
}

/* -0 becomes 0: which of the two a minimum returns would depend on the order of ranks. */
static void normalise(double *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ASSERT(!isnan(value[i]));
        value[i] += 0.0;
    }
}

void reduce_max_f64(const struct comm *comm, double *value, size_t n)
{
    normalise(value, n);
    allreduce(comm, value, n, MPI_DOUBLE, MPI_MAX);
}

int64_t reduce_scan_i64(const struct comm *comm, int64_t value)
{
    int64_t before = 0;

    MPI_Exscan(&value, &before, 1, MPI_INT64_T, MPI_SUM, comm->handle);
    comm_count(comm, sizeof(value));
    return comm->rank == 0 ? 0 : before;
}

void reduce_list_i64(const struct comm *comm, int64_t value, int64_t *all)
{
    MPI_Allgather(&value, 1, MPI_INT64_T, all, 1, MPI_INT64_T, comm->handle);
    comm_count(comm, sizeof(value));
}

static void to_lanes(wide sum, int64_t lane[3])
{
    const unsigned_wide mask = ((unsigned_wide)1 << LANE_BITS) - 1;
    unsigned_wide bits = (unsigned_wide)sum;

    lane[0] = (int64_t)(bits & mask);
    lane[1] = (int64_t)((bits >> LANE_BITS) & mask);
    lane[2] = (int64_t)(sum >> (2 * LANE_BITS));
}

static wide from_lanes(const int64_t lane[3])
{
    unsigned_wide bits = (unsigned_wide)lane[2] << (2 * LANE_BITS);

    bits += (unsigned_wide)lane[1] << LANE_BITS;
    bits += (uint64_t)lane[0];
    return (wide)bits;
}

bool exact_reduce(const struct comm *comm, const struct exact *acc, double *out, struct error *err)
{
    int64_t lane[3 * EXACT_ROUND + 1];
    wide sum[EXACT_ROUND];
    size_t done = 0;

    do {
        size_t m = min_size(acc->n - done, EXACT_ROUND);
        struct exact total = *acc;
        for (size_t i = 0; i < m; i++)
            to_lanes(acc->sum[done + i], lane + 3 * i);
        lane[3 * m] = acc->broken;
        reduce_sum_i64(comm, lane, 3 * m + 1);
        if (lane[3 * m] > 0) {
            bool ok =
                !acc->broken ||
                fail(err, ERROR_NUMERIC, "a term of a sum is not finite or is beyond its stated bound %g", acc->bound);
            return agree(comm, ok, err);
        }
        for (size_t i = 0; i < m; i++)
            sum[i] = from_lanes(lane + 3 * i);
        total.n = m;
        total.sum = sum;
        TRY(exact_value(&total, out + done, err));
        done += m;
    } while (done < acc->n);
    return true;
}
