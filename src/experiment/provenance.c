#include "experiment/provenance.h"

#include "features/linalg.h"
#include "support/clock.h"

#include <unistd.h>

#include "commit.h" /* generated: BENOMALY_COMMIT, BENOMALY_DIRTY, BENOMALY_COMPILER, BENOMALY_BUILD_TYPE */

bool provenance_write(const struct comm *comm, struct store *store, struct error *err)
{
    static const char group[] = "/provenance";
    char host[256] = "unknown", now[32];
    gethostname(host, sizeof host - 1);
    clock_utc(now);
    const struct {
        const char *name, *value;
    } text[] = {{"program", "benomaly"},
                {"version", BENOMALY_VERSION},
                {"commit", BENOMALY_COMMIT},
                {"compiler", BENOMALY_COMPILER},
                {"build_type", BENOMALY_BUILD_TYPE},
                {"host", host},
                {"written", now},
                {"mpi", comm_library_version()},
                {"hdf5", store_library_version()},
                {"blas", linalg_library()}};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        TRY(store_attr_str(store, group, text[i].name, str_of(text[i].value), err));
    TRY(store_attr_i64(store, group, "dirty", BENOMALY_DIRTY, err));
    return store_attr_i64(store, group, "ranks", comm_size(comm), err);
}
