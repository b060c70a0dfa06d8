#include "need_rows.h"

#include "comm/agree.h"
#include "comm/reduce.h"

bool need_rows(const struct comm *comm, const struct rows *rows, int64_t *n_global, struct error *err)
{
    *n_global = (int64_t)rows->n;
    reduce_sum_i64(comm, n_global, 1);
    if (*n_global == 0)
        return fail(err, ERROR_INPUT, "there are no rows to fit a detector on; check the input files and filters");
    return true;
}

bool need_text(const struct comm *comm, const struct rows *rows, const char *detector, struct error *err)
{
    bool has = rows->n == 0 || (rows->text != NULL && rows->dense == NULL);
    return agree(comm,
                 has || fail(err, ERROR_INPUT,
                             "detector %s reads the text of lines, but these rows are numbers alone; use a detector "
                             "that works on features",
                             detector),
                 err);
}
