#include "features/linalg.h"

#include "comm/agree.h"

#include <cblas.h>
#include <limits.h>
#include <math.h>
#include <string.h>

/* LAPACK's, with gfortran's hidden lengths of the two strings: OpenBLAS has it, LAPACKE is a package of its own. */
void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *stride, double *value,
             double *work, const int *work_n, int *iwork, const int *iwork_n, int *info, size_t job_n,
             size_t triangle_n);

const char *linalg_library(void)
{
    return openblas_get_config();
}

static int size_of(size_t n)
{
    ASSERT(n <= INT_MAX);
    return (int)n;
}

void linalg_gram(const double *x, size_t n, size_t d, double *gram)
{
    openblas_set_num_threads(1);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, size_of(d), size_of(n), 1, x, size_of(d), 0, gram, size_of(d));
}

void linalg_products(const float *y, size_t m, const float *x, size_t n, size_t d, float *out)
{
    openblas_set_num_threads(1);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, size_of(m), size_of(n), size_of(d), 1, y, size_of(d), x,
                size_of(d), 0, out, size_of(n));
}

void linalg_multiply(const double *y, size_t m, const double *x, size_t n, size_t d, double *out)
{
    openblas_set_num_threads(1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size_of(m), size_of(d), size_of(n), 1, y, size_of(n), x,
                size_of(d), 0, out, size_of(d));
}

/* Our rows are LAPACK's columns: our upper triangle is its lower one, its vectors come out as our rows. */
static int eigen(double *a, size_t d, double *value, struct arena *arena)
{
    int n = size_of(d), info, ask = -1, iwork_n;
    double work_n;
    openblas_set_num_threads(1);
    dsyevd_("V", "L", &n, a, &n, value, &work_n, &ask, &iwork_n, &ask, &info, 1, 1);
    if (info != 0)
        return info;
    int room = (int)work_n;
    double *work = ARENA_ARRAY(arena, double, (size_t)room);
    int *iwork = ARENA_ARRAY(arena, int, (size_t)iwork_n);
    dsyevd_("V", "L", &n, a, &n, value, work, &room, iwork, &iwork_n, &info, 1, 1);
    return info;
}

static void flip_if_negative(double *vector, size_t d)
{
    size_t greatest = 0;
    for (size_t c = 1; c < d; c++)
        if (fabs(vector[c]) > fabs(vector[greatest]))
            greatest = c;
    if (vector[greatest] < 0)
        for (size_t c = 0; c < d; c++)
            vector[c] = -vector[c];
}

/* LAPACK's rising order turned round. */
static void reverse(double *a, size_t d, double *value, struct arena *arena)
{
    double *spare = ARENA_ARRAY(arena, double, d);
    size_t bytes = d * sizeof *a;
    for (size_t i = 0; i < d / 2; i++) {
        size_t j = d - 1 - i;
        double kept = value[i];
        value[i] = value[j];
        value[j] = kept;
        memcpy(spare, a + i * d, bytes);
        memcpy(a + i * d, a + j * d, bytes);
        memcpy(a + j * d, spare, bytes);
    }
}

bool linalg_eigen(const struct comm *comm, double *a, size_t d, double *value, struct arena *arena, struct error *err)
{
    bool ok = true;
    struct arena_mark mark = arena_mark(arena);
    if (comm_rank(comm) == 0) {
        int info = eigen(a, d, value, arena);
        ok =
            info == 0 || fail(err, ERROR_NUMERIC,
                              "the eigenvalues of a %zu x %zu matrix were not found (dsyevd: %d); use fewer columns or "
                              "other features",
                              d, d, info);
        if (ok) {
            reverse(a, d, value, arena);
            for (size_t i = 0; i < d; i++)
                flip_if_negative(a + i * d, d);
        }
    }
    arena_release(arena, mark);
    TRY(agree(comm, ok, err));
    comm_bcast(comm, a, d * d * sizeof *a, 0);
    comm_bcast(comm, value, d * sizeof *value, 0);
    return true;
}
