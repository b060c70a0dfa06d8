#include "deal.h"
#include "read.h"

#include "comm/order.h"
#include "comm/reduce.h"
#include "support/rng.h"

/* Lines of a sample that are here: places in `lines`, and in the order of the sample. */
struct chosen {
    size_t n;
    uint32_t *line;
    int64_t *place;
};

/* Keys by which the rule orders lines, ties by row; NULL: by row alone. */
static uint64_t *rule_keys(const struct sample *sample, const struct lines *lines, uint64_t seed, struct arena *arena)
{
    if (sample->rule == PICK_ALL)
        return NULL;
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, lines->n), stream = rng_stream("corpus.random", 0, 0);
    for (size_t i = 0; i < lines->n; i++)
        key[i] = sample->rule == PICK_FREQUENT ? UINT64_MAX - (uint64_t)lines->count[i]
                                               : rng_u64(seed, stream, (uint64_t)lines->row[i]);
    return key;
}

static struct chosen choose(const struct comm *comm, const struct sample *sample, const struct lines *lines,
                            uint64_t seed, struct arena *arena)
{
    int64_t *place = ARENA_ARRAY(arena, int64_t, lines->n);
    struct chosen chosen = {.line = ARENA_ARRAY(arena, uint32_t, lines->n), .place = place};
    order_places(comm, rule_keys(sample, lines, seed, arena), lines->row, lines->n, arena, place);
    for (size_t i = 0; i < lines->n; i++) {
        if (sample->count > 0 && place[i] >= sample->count)
            continue;
        chosen.line[chosen.n] = (uint32_t)i;
        place[chosen.n++] = place[i];
    }
    return chosen;
}

/* Takes out the lines whose canonical form is among those of `more`, and numbers the others anew. */
static void leave_out(const struct comm *comm, const struct lines *lines, struct chosen *chosen,
                      const struct lines *more_lines, const struct chosen *more, struct arena *arena)
{
    struct keyset *taken = keyset_new(comm);
    struct hash128 *hash = ARENA_ARRAY(arena, struct hash128, chosen->n > more->n ? chosen->n : more->n);
    bool *found = ARENA_ARRAY(arena, bool, chosen->n);
    size_t kept = 0;
    for (size_t k = 0; k < more->n; k++)
        hash[k] = more_lines->hash[more->line[k]];
    keyset_add(comm, taken, hash, more->n);
    for (size_t k = 0; k < chosen->n; k++)
        hash[k] = lines->hash[chosen->line[k]];
    keyset_find(comm, taken, hash, chosen->n, found, arena);
    keyset_free(taken);
    for (size_t k = 0; k < chosen->n; k++) {
        if (found[k])
            continue;
        chosen->line[kept] = chosen->line[k];
        chosen->place[kept++] = chosen->place[k];
    }
    chosen->n = kept;
    order_places(comm, NULL, chosen->place, kept, arena, chosen->place);
}

static bool read_samples(const struct comm *comm, const struct baseline *baseline, const struct ingest_options *options,
                         uint64_t seed, struct arena *scratch, struct arena *arena, struct set *out,
                         struct ingest_stats *stats, struct error *err)
{
    const struct sample *sample[2] = {&baseline->malicious, &baseline->benign};
    static const char *const what[2] = {"baseline.malicious", "baseline.benign"};
    struct lines lines[2];
    struct chosen chosen[2];
    *stats = (struct ingest_stats){.files = 0};
    for (int s = 0; s < 2; s++) {
        struct ingest_stats read;
        TRY(corpus_read(comm, &sample[s]->from, what[s], options, scratch, &lines[s], &read, err));
        ingest_add(stats, &read);
        chosen[s] = choose(comm, sample[s], &lines[s], seed, scratch);
    }
    leave_out(comm, &lines[1], &chosen[1], &lines[0], &chosen[0], scratch);
    struct part part = part_new(chosen[0].n + chosen[1].n, 0, scratch);
    int64_t n_malicious = (int64_t)chosen[0].n;
    reduce_sum_i64(comm, &n_malicious, 1);
    for (int s = 0; s < 2; s++)
        for (size_t k = 0; k < chosen[s].n; k++) {
            const size_t i = chosen[s].line[k];
            part_add(&part, chosen[s].place[k] + (s == 1 ? n_malicious : 0), lines[s].text[i], lines[s].hash[i], s == 0,
                     lines[s].count[i], NULL, i);
        }
    part_to_set(comm, &part, arena, out);
    if (out->n_class[0] == 0 || out->n_class[1] == 0)
        return fail(err, ERROR_INPUT,
                    "the baseline training set has %" PRId64 " benign and %" PRId64
                    " malicious lines; both are needed: look at \"baseline\" in the configuration",
                    out->n_class[0], out->n_class[1]);
    return true;
}

bool baseline_read(const struct comm *comm, const struct baseline *baseline, const struct ingest_options *options,
                   uint64_t seed, struct arena *arena, struct set *out, struct ingest_stats *stats, struct error *err)
{
    struct arena *scratch = arena_new();
    bool ok = read_samples(comm, baseline, options, seed, scratch, arena, out, stats, err);
    arena_free(scratch);
    return ok;
}
