#include "select/select.h"

#include "near.h"

#include "comm/gather.h"
#include "support/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Candidates embedded and compared between two broadcasts. Bounds the scratch; the picks do not depend on it. */
enum { STEP = 2048 };

const struct param_spec select_params_spec[] = {
    PARAM_INT(struct select_params, budget, 500, 1, 10000000, "lines picked a day"),
    PARAM_REAL(struct select_params, contamination, 0, 0, 1,
               "share of the day's unique lines to pick, instead of a budget; 0: the budget counts"),
    PARAM_REAL(struct select_params, near_threshold, 0.8, 0, 1,
               "drop a line whose embedding's cosine to a kept one exceeds this; 1 keeps all"),
    PARAM_INT(struct select_params, overfetch, 3, 1, 100,
              "candidates fetched at first, as a multiple of the budget; doubled while it is not met"),
    PARAM_END,
};

struct selection {
    struct select_params params;
    const struct feature_set *embedding;
    struct arena *arena, *scratch; /* scratch is empty between days */
    struct table *taken;           /* canonical hashes of picks and exclusions */
    struct pick *pick;
    size_t n, capacity;
    struct near near; /* on rank 0: a row a pick */
    int32_t n_days;
};

struct selection *selection_new(const struct select_params *params, const struct feature_set *embedding)
{
    struct selection *selection = calloc(1, sizeof(*selection));
    ASSERT(selection != NULL);
    selection->params = *params;
    selection->embedding = embedding;
    selection->arena = arena_new();
    selection->scratch = arena_new();
    selection->taken = table_new(0);
    selection->near = near_start(embedding->d, selection->arena);
    return selection;
}

void selection_free(struct selection *selection)
{
    if (selection == NULL)
        return;
    table_free(selection->taken);
    arena_free(selection->scratch);
    arena_free(selection->arena);
    free(selection);
}

void selection_exclude(struct selection *selection, const struct hash128 *hash, size_t n)
{
    bool is_new;
    for (size_t i = 0; i < n; i++)
        table_put(selection->taken, hash[i], &is_new);
}

/* Candidates of one step, the same on every rank. fresh: those whose hash is not taken, best first. */
struct step {
    size_t n;
    const bool *repeated; /* [n] */
    struct ranked_list fresh;
    struct hash128 *hash; /* of fresh, as all below */
    struct str *text;
    bool *keep;     /* decided by rank 0 */
    float *nearest; /* decided by rank 0 */
};

static void step_fetch(const struct comm *comm, const struct selection *selection, const struct lines *lines,
                       const struct ranked_list *list, struct step *out)
{
    struct arena *scratch = selection->scratch;
    struct hash128 *hash = ARENA_ARRAY(scratch, struct hash128, list->n);
    bool *repeated = ARENA_ARRAY(scratch, bool, list->n);
    struct ranked *fresh = ARENA_ARRAY(scratch, struct ranked, list->n);
    size_t n = 0;

    gather_listed(comm, list, lines->hash, sizeof(*hash), hash, scratch);
    for (size_t i = 0; i < list->n; i++) {
        repeated[i] = table_get(selection->taken, hash[i]) != NULL;
        if (repeated[i])
            continue;
        hash[n] = hash[i];
        fresh[n++] = list->item[i];
    }
    *out = (struct step){
        .n = list->n,
        .repeated = repeated,
        .fresh = {n, fresh},
        .hash = hash,
        .text = ARENA_ARRAY(scratch, struct str, n),
        .keep = ARENA_ZARRAY(scratch, bool, n),
        .nearest = ARENA_ZARRAY(scratch, float, n),
    };
    gather_listed_str(comm, &out->fresh, lines->text, out->text, scratch);
}

/* Unit embeddings of the fresh candidates on rank 0, NULL elsewhere. Each rank works out an even share. */
static bool step_embed(const struct comm *comm, const struct selection *selection, const struct step *step,
                       const float **out, struct error *err)
{
    struct feature_set set;
    const size_t n = step->fresh.n, n_ranks = (size_t)comm_size(comm), rank = (size_t)comm_rank(comm);
    const size_t first = n * rank / n_ranks, end = n * (rank + 1) / n_ranks;
    int64_t *row = ARENA_ARRAY(selection->scratch, int64_t, end - first);
    for (size_t i = first; i < end; i++)
        row[i - first] = step->fresh.item[i].row;
    const struct line_view share = {.n = end - first, .row = row, .text = step->text + first};
    TRY(feature_set_fetch(comm, selection->embedding, &share, selection->scratch, &set, err));

    float *x = ARENA_ARRAY(selection->scratch, float, share.n *set.d);
    for (size_t i = 0; i < share.n; i++) {
        feature_set_row(&set, share.text[i], x + i * set.d);
        near_normalize(x + i * set.d, set.d);
    }
    size_t n_all;
    *out = gather_all(comm, x, set.d * sizeof *x, share.n, 0, &n_all, selection->scratch);
    return true;
}

/* Rank 0: best first, a candidate is kept unless it is near one kept before, until `room` are kept. */
static void step_decide(struct selection *selection, const struct step *step, const float *embedding, size_t room)
{
    struct near *near = &selection->near;
    const size_t d = near->d;
    const double threshold = selection->params.near_threshold;
    struct near_batch batch = near_batch_new(d, selection->scratch);
    size_t kept = 0;

    for (size_t first = 0; first < step->fresh.n && kept < room; first += NEAR_BATCH) {
        const float *rows = embedding + first * d;
        const size_t n = min_size(NEAR_BATCH, step->fresh.n - first);
        near_compare(near, rows, n, &batch);
        for (size_t j = 0; j < n && kept < room; j++) {
            const float nearest = near->n == 0 ? 0 : batch.highest[j] < 1 ? batch.highest[j] : 1;
            step->nearest[first + j] = nearest;
            if (threshold < 1 && (double)nearest > threshold)
                continue;
            step->keep[first + j] = true;
            kept++;
            near_keep(near, rows + j * d);
            near_compare_row(near, rows + j * d, &batch);
        }
    }
}

static struct pick *new_pick(struct selection *selection)
{
    if (selection->n == selection->capacity) {
        const size_t capacity = selection->capacity == 0 ? 64 : 2 * selection->capacity;
        struct pick *grown = ARENA_ARRAY(selection->arena, struct pick, capacity);
        if (selection->n > 0)
            memcpy(grown, selection->pick, selection->n * sizeof(*grown));
        selection->pick = grown;
        selection->capacity = capacity;
    }
    return &selection->pick[selection->n++];
}

static void add_pick(struct selection *selection, const struct step *step, size_t i)
{
    const struct ranked *item = &step->fresh.item[i];
    const struct str text = step->text[i];
    bool is_new;

    *new_pick(selection) = (struct pick){
        .day = selection->n_days,
        .row = item->row,
        .score = item->score,
        .nearest = step->nearest[i],
        .hash = step->hash[i],
        .text = {arena_copy(selection->arena, text.p, text.n), text.n},
    };
    table_put(selection->taken, step->hash[i], &is_new);
}

/* What is only carried along is fetched for the picks alone: the last `n`, which `list` names. */
static void fill_carried(const struct comm *comm, struct selection *selection, const struct lines *lines,
                         const struct ranked_list *list)
{
    struct arena *scratch = selection->scratch;
    int64_t *count = ARENA_ARRAY(scratch, int64_t, list->n);
    uint8_t *platform = ARENA_ARRAY(scratch, uint8_t, list->n);
    uint8_t *truth = ARENA_ARRAY(scratch, uint8_t, list->n);
    struct pick *pick = selection->pick + (selection->n - list->n);

    gather_listed(comm, list, lines->count, sizeof(*count), count, scratch);
    gather_listed(comm, list, lines->platform, sizeof(*platform), platform, scratch);
    gather_listed(comm, list, lines->truth, sizeof(*truth), truth, scratch);
    for (size_t i = 0; i < list->n; i++) {
        pick[i].count = count[i];
        pick[i].platform = (enum platform)platform[i];
        pick[i].truth = (enum truth)truth[i];
    }
}

/* Picks from the listed candidates, best first, until `room` are kept. */
static bool take_step(const struct comm *comm, struct selection *selection, const struct lines *lines,
                      const struct ranked_list *list, struct select_stats *stats, struct error *err)
{
    const size_t room = (size_t)(stats->budget - stats->kept);
    struct step step;
    struct ranked_list picked = {0, ARENA_ARRAY(selection->scratch, struct ranked, list->n)};
    size_t fresh = 0;

    step_fetch(comm, selection, lines, list, &step);
    const float *embedding;
    TRY(step_embed(comm, selection, &step, &embedding, err));
    if (comm_rank(comm) == 0)
        step_decide(selection, &step, embedding, room);
    comm_bcast(comm, step.keep, step.fresh.n * sizeof(*step.keep), 0);
    comm_bcast(comm, step.nearest, step.fresh.n * sizeof(*step.nearest), 0);

    for (size_t i = 0; i < step.n && picked.n < room; i++) {
        stats->candidates++;
        if (step.repeated[i]) {
            stats->repeated++;
            continue;
        }
        if (step.keep[fresh]) {
            picked.item[picked.n++] = step.fresh.item[fresh];
            add_pick(selection, &step, fresh);
        } else {
            stats->near++;
        }
        fresh++;
    }
    stats->kept += (int64_t)picked.n;
    fill_carried(comm, selection, lines, &picked);
    return true;
}

bool selection_add_day(const struct comm *comm, struct selection *selection, const struct lines *lines,
                       const double *score, struct select_stats *stats, struct error *err)
{
    const struct select_params *params = &selection->params;
    struct arena *scratch = selection->scratch;
    const struct arena_mark start = arena_mark(scratch);
    int64_t done = 0;
    bool ok = true;

    *stats = (struct select_stats){.budget = params->budget};
    if (params->contamination > 0)
        stats->budget = (int64_t)ceil(params->contamination * (double)lines->n_global);
    int64_t k = stats->budget * params->overfetch;
    while (ok && done < lines->n_global && stats->kept < stats->budget) {
        struct ranked_list list;
        ok = topk_best(comm, score, lines->row, lines->n, (size_t)min_i64(k, lines->n_global), scratch, &list, err);
        ASSERT(!ok || list.n == (size_t)min_i64(k, lines->n_global));
        const struct arena_mark mark = arena_mark(scratch);
        while (ok && (size_t)done < list.n && stats->kept < stats->budget) {
            const size_t first = (size_t)done;
            const struct ranked_list part = {min_size(STEP, list.n - first), list.item + first};
            ok = take_step(comm, selection, lines, &part, stats, err);
            done += (int64_t)part.n;
            arena_release(scratch, mark);
        }
        k *= 2;
        arena_release(scratch, start);
    }
    selection->n_days += ok;
    return ok;
}

size_t selection_count(const struct selection *selection)
{
    return selection->n;
}

const struct pick *selection_picks(const struct selection *selection)
{
    return selection->pick;
}

static uint64_t digest_number(uint64_t digest, const void *p, size_t n)
{
    return hash64((struct str){p, n}, digest);
}

uint64_t selection_digest(const struct selection *selection)
{
    uint64_t digest = selection->n;
    for (size_t i = 0; i < selection->n; i++) {
        const struct pick *pick = &selection->pick[i];
        const int64_t numbers[] = {pick->day, pick->row, pick->count, (int64_t)pick->platform, (int64_t)pick->truth};
        digest = digest_number(digest, numbers, sizeof(numbers));
        digest = digest_number(digest, &pick->score, sizeof(pick->score));
        digest = digest_number(digest, &pick->nearest, sizeof(pick->nearest));
        digest = digest_number(digest, &pick->hash, sizeof(pick->hash));
        digest = hash64(pick->text, digest);
    }
    return digest;
}
