#include "experiment/corpus.h"

#include "comm/gather.h"
#include "comm/reduce.h"
#include "support/rng.h"
#include "support/table.h"

/* The wanted rows of lines, in list order on every rank. */
static bool list_sample(const struct comm *comm, const struct sample *sample, const struct lines *lines, uint64_t seed,
                        struct arena *arena, struct ranked_list *out, struct error *err)
{
    size_t k = sample->count > 0 ? (size_t)sample->count : (size_t)lines->n_global;
    if (sample->rule == PICK_RANDOM) {
        uint64_t *key = ARENA_ARRAY(arena, uint64_t, lines->n);
        for (size_t i = 0; i < lines->n; i++)
            key[i] = rng_u64(seed, rng_stream("corpus.random", 0, 0), (uint64_t)lines->row[i]);
        topk_sample(comm, key, lines->row, lines->n, k, arena, out);
        return true;
    }
    double *score = ARENA_ARRAY(arena, double, lines->n);
    for (size_t i = 0; i < lines->n; i++)
        score[i] = sample->rule == PICK_FREQUENT ? (double)lines->count[i] : 0;
    return topk_best(comm, score, lines->row, lines->n, k, arena, out, err);
}

/* Texts and hashes of listed lines, appended to the corpus's arrays. */
static void append_listed(const struct comm *comm, const struct lines *lines, const struct ranked_list *list, uint8_t y,
                          struct arena *arena, struct corpus *out)
{
    gather_listed_str(comm, list, lines->text, out->text + out->n, arena);
    gather_listed(comm, list, lines->hash, sizeof(struct hash128), out->hash + out->n, arena);
    for (size_t i = 0; i < list->n; i++)
        out->y[out->n + i] = y;
    out->n += list->n;
}

static void corpus_reserve(struct corpus *corpus, size_t n, struct arena *arena)
{
    *corpus = (struct corpus){.text = ARENA_ARRAY(arena, struct str, n),
                              .hash = ARENA_ARRAY(arena, struct hash128, n),
                              .y = ARENA_ARRAY(arena, uint8_t, n)};
}

/* Keeps the first line of each canonical form; counts classes. */
static void corpus_unique(struct corpus *corpus)
{
    struct table *seen = table_new(corpus->n);
    size_t kept = 0;
    for (size_t i = 0; i < corpus->n; i++) {
        bool is_new;
        table_put(seen, corpus->hash[i], &is_new);
        if (!is_new)
            continue;
        corpus->text[kept] = corpus->text[i];
        corpus->hash[kept] = corpus->hash[i];
        corpus->y[kept++] = corpus->y[i];
    }
    table_free(seen);
    corpus->n = kept;
    corpus->n_benign = corpus->n_malicious = 0;
    for (size_t i = 0; i < kept; i++)
        *(corpus->y[i] ? &corpus->n_malicious : &corpus->n_benign) += 1;
}

static bool read_baseline(const struct comm *comm, const struct experiment *e, struct arena *scratch,
                          struct arena *arena, struct corpus *out, struct ingest_stats *stats, struct error *err)
{
    const struct sample *sample[2] = {&e->malicious, &e->benign};
    struct lines lines[2];
    struct ranked_list list[2];
    for (int i = 0; i < 2; i++) {
        struct ingest_stats read;
        TRY(day_read(comm, sample[i]->from.input, sample[i]->from.n, &e->ingest, scratch, &lines[i], &read, err));
        ingest_add(stats, &read);
        TRY(list_sample(comm, sample[i], &lines[i], (uint64_t)e->seed, scratch, &list[i], err));
    }
    corpus_reserve(out, list[0].n + list[1].n, arena);
    append_listed(comm, &lines[0], &list[0], 1, arena, out);
    append_listed(comm, &lines[1], &list[1], 0, arena, out);
    corpus_unique(out);
    if (out->n_benign == 0 || out->n_malicious == 0)
        return fail(err, ERROR_INPUT,
                    "the baseline training set has %" PRId64 " benign and %" PRId64
                    " malicious lines; both are needed: look at \"baseline\" in the configuration",
                    out->n_benign, out->n_malicious);
    return true;
}

bool corpus_baseline(const struct comm *comm, const struct experiment *e, struct arena *arena, struct corpus *out,
                     struct ingest_stats *stats, struct error *err)
{
    struct arena *scratch = arena_new();
    bool ok = read_baseline(comm, e, scratch, arena, out, stats, err);
    arena_free(scratch);
    return ok;
}

static bool read_test(const struct comm *comm, const struct experiment *e, const struct test_set *test,
                      const struct corpus *training, struct arena *scratch, struct arena *arena, struct corpus *out,
                      int64_t *dropped, struct ingest_stats *stats, struct error *err)
{
    struct ingest_stats read;
    struct lines lines;
    TRY(day_read(comm, test->from.input, test->from.n, &e->ingest, scratch, &lines, &read, err));
    ingest_add(stats, &read);
    struct table *trained = table_new(training->n);
    for (size_t i = 0; i < training->n; i++) {
        bool is_new;
        table_put(trained, training->hash[i], &is_new);
    }
    int64_t n_dropped = 0;
    uint8_t *y = ARENA_ARRAY(scratch, uint8_t, lines.n);
    double *score = ARENA_ZARRAY(scratch, double, lines.n);
    int64_t *row = ARENA_ARRAY(scratch, int64_t, lines.n);
    struct str *text = ARENA_ARRAY(scratch, struct str, lines.n);
    struct hash128 *hash = ARENA_ARRAY(scratch, struct hash128, lines.n);
    size_t n = 0;
    for (size_t i = 0; i < lines.n; i++) {
        bool seen = table_get(trained, lines.hash[i]) != NULL;
        n_dropped += seen;
        if (seen || lines.truth[i] == TRUTH_UNKNOWN)
            continue;
        text[n] = lines.text[i];
        hash[n] = lines.hash[i];
        row[n] = lines.row[i];
        y[n++] = lines.truth[i] == TRUTH_MALICIOUS;
    }
    table_free(trained);
    struct ranked_list list;
    TRY(topk_best(comm, score, row, n, (size_t)lines.n_global, scratch, &list, err));
    corpus_reserve(out, list.n, arena);
    out->n = list.n;
    gather_listed_str(comm, &list, text, out->text, arena);
    gather_listed(comm, &list, hash, sizeof *hash, out->hash, arena);
    gather_listed(comm, &list, y, sizeof *y, out->y, arena);
    for (size_t i = 0; i < out->n; i++)
        *(out->y[i] ? &out->n_malicious : &out->n_benign) += 1;
    reduce_sum_i64(comm, &n_dropped, 1);
    *dropped = n_dropped;
    if (out->n_benign == 0 || out->n_malicious == 0)
        return fail(err, ERROR_INPUT,
                    "test set \"%s\" has %" PRId64 " benign and %" PRId64
                    " malicious lines outside the training set; both are needed",
                    test->name, out->n_benign, out->n_malicious);
    return true;
}

bool corpus_test(const struct comm *comm, const struct experiment *e, const struct test_set *test,
                 const struct corpus *training, struct arena *arena, struct corpus *out, int64_t *dropped,
                 struct ingest_stats *stats, struct error *err)
{
    struct arena *scratch = arena_new();
    bool ok = read_test(comm, e, test, training, scratch, arena, out, dropped, stats, err);
    arena_free(scratch);
    return ok;
}
