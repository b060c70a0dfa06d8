#include "classes.h"

#include "comm/agree.h"
#include "comm/reduce.h"

static const double max_row_weight = 1024;

/* count and max_weight of this rank's rows; block sums of the weights of each class into acc[2]. */
static bool count_local(const struct dataset *data, struct classes *out, struct exact *acc, struct error *err)
{
    for (size_t begin = 0; begin < data->n; begin += TRAIN_BLOCK) {
        double partial[2] = {0, 0};
        size_t end = min_size(begin + TRAIN_BLOCK, data->n);
        for (size_t i = begin; i < end; i++) {
            double weight = data->weight ? (double)data->weight[i] : 1;
            if (!(weight > 0 && weight <= max_row_weight))
                return fail(err, ERROR_NUMERIC, "training row %" PRId64 ": weight %g is not above 0 and at most %g",
                            plan_row(&data->plan, i), weight, max_row_weight);
            ASSERT(data->y[i] <= 1);
            out->count[data->y[i]]++;
            partial[data->y[i]] += weight;
            if (weight > out->max_weight)
                out->max_weight = weight;
        }
        exact_add(acc, partial);
    }
    return true;
}

bool classes_count(const struct comm *comm, const struct dataset *data, bool balanced, struct arena *arena,
                   struct classes *out, struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct exact acc;
    exact_start(&acc, 2, TRAIN_BLOCK * max_row_weight, arena);
    *out = (struct classes){.factor = {1, 1}};
    bool ok = count_local(data, out, &acc, err);
    TRY(agree(comm, ok, err));
    reduce_sum_i64(comm, out->count, 2);
    reduce_max_f64(comm, &out->max_weight, 1);
    TRY(exact_reduce(comm, &acc, out->total, err));
    arena_release(arena, mark);
    if (out->count[0] == 0 || out->count[1] == 0)
        return fail(err, ERROR_INPUT,
                    "%" PRId64 " benign and %" PRId64
                    " malicious training rows: a classifier needs both classes; label more rows",
                    out->count[0], out->count[1]);
    if (balanced) {
        double half = (out->total[0] + out->total[1]) / 2;
        for (int c = 0; c < 2; c++)
            out->factor[c] = half / out->total[c];
        out->total[0] = out->total[1] = half;
        out->max_weight *= out->factor[0] > out->factor[1] ? out->factor[0] : out->factor[1];
    }
    return true;
}
