#include "deal.h"
#include "read.h"

#include "comm/order.h"
#include "comm/reduce.h"

/* Lines of known truth outside `without`, in row order. */
static void take_known(const struct comm *comm, const struct lines *lines, const struct keyset *without,
                       struct arena *scratch, struct arena *arena, struct set *out)
{
    bool *found = ARENA_ZARRAY(scratch, bool, lines->n);
    int64_t *row = ARENA_ARRAY(scratch, int64_t, lines->n), dropped = 0;
    struct part part = part_new(lines->n, lines->n_fields, scratch);
    if (without != NULL)
        keyset_find(comm, without, lines->hash, lines->n, found, scratch);
    for (size_t i = 0; i < lines->n; i++) {
        if (lines->truth[i] == TRUTH_UNKNOWN)
            continue;
        if (found[i]) {
            dropped++;
            continue;
        }
        row[part.n] = lines->row[i];
        part_add(&part, 0, lines->text[i], lines->hash[i], lines->truth[i] == TRUTH_MALICIOUS, lines->count[i],
                 lines->field, i);
    }
    order_places(comm, NULL, row, part.n, scratch, part.place);
    part_to_set(comm, &part, arena, out);
    reduce_sum_i64(comm, &dropped, 1);
    out->dropped = dropped;
}

bool test_read(const struct comm *comm, const struct test_set *test, const struct ingest_options *options,
               const struct keyset *without, struct arena *arena, struct set *out, struct ingest_stats *stats,
               struct error *err)
{
    struct arena *scratch = arena_new();
    struct lines lines;
    const bool is_validation = strcmp(test->name, "validation") == 0;
    const char *what = arena_printf(scratch, "%s%s", is_validation ? "" : "test ", test->name);
    bool ok = corpus_read(comm, &test->from, what, options, scratch, &lines, stats, err);
    if (ok) {
        take_known(comm, &lines, without, scratch, arena, out);
        if (out->n_class[0] == 0 || out->n_class[1] == 0)
            ok = fail(err, ERROR_INPUT,
                      "%s: %" PRId64 " benign and %" PRId64
                      " malicious lines of known truth outside the training set (%" PRId64
                      " are in it); both are needed: look at its inputs",
                      what, out->n_class[0], out->n_class[1], out->dropped);
    }
    arena_free(scratch);
    return ok;
}
