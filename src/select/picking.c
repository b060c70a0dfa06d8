#include "picking.h"

#include "comm/exchange.h"
#include "comm/gather.h"
#include "comm/reduce.h"
#include "support/sort.h"

enum { RECALL = 2048 }; /* kept lines that all ranks together embed between two messages */

/* Unit embeddings of all ranks' lines on rank 0, in rank order; NULL elsewhere. */
static bool embed(const struct comm *comm, const struct picking *picking, const struct line_view *lines,
                  const float **out, size_t *n_all, struct error *err)
{
    struct feature_set set;
    TRY(feature_set_fetch(comm, picking->selection->embedding, lines, picking->scratch, &set, err));
    float *x = ARENA_ARRAY(picking->scratch, float, lines->n *set.d);
    for (size_t i = 0; i < lines->n; i++) {
        feature_set_row(&set, lines->text[i], x + i * set.d);
        near_normalize(x + i * set.d, set.d);
    }
    *out = gather_all(comm, x, set.d * sizeof(*x), lines->n, 0, n_all, picking->scratch);
    return true;
}

/* Kept lines first .. end - 1 of this rank, days one after another. */
static struct line_view kept_lines(const struct selection *selection, size_t first, size_t end, struct arena *arena)
{
    struct str *text = ARENA_ARRAY(arena, struct str, end - first);
    int64_t *row = ARENA_ARRAY(arena, int64_t, end - first);
    size_t n = 0, at = 0;
    for (size_t d = 0; d < selection->n_days; d++)
        for (size_t i = 0; i < selection->day[d].n; i++, at++) {
            if (at < first || at >= end)
                continue;
            const struct pick *pick = &selection->day[d].pick[i];
            text[n] = pick->text;
            row[n++] = (int64_t)pick->day << 40 | pick->place; /* unique over days and ranks */
        }
    return (struct line_view){.n = n, .row = row, .text = text};
}

/* A cosine to the nearest is a maximum, so the order of kept rows does not matter. */
bool picking_recall(const struct comm *comm, struct picking *picking, struct error *err)
{
    const struct selection *selection = picking->selection;
    const struct arena_mark mark = arena_mark(picking->scratch);
    const size_t d = selection->embedding->d;
    const size_t share = RECALL / (size_t)comm_size(comm) + 1;
    size_t n = 0;
    for (size_t day = 0; day < selection->n_days; day++)
        n += selection->day[day].n;
    int64_t rounds = (int64_t)((n + share - 1) / share);
    reduce_max_i64(comm, &rounds, 1);
    for (int64_t round = 0; round < rounds; round++) {
        const size_t first = min_size((size_t)round * share, n), end = min_size(first + share, n);
        const struct line_view lines = kept_lines(selection, first, end, picking->scratch);
        const float *rows;
        size_t n_all;
        TRY(embed(comm, picking, &lines, &rows, &n_all, err));
        for (size_t i = 0; i < n_all; i++)
            near_keep(&picking->near, rows + i * d);
        arena_release(picking->scratch, mark);
    }
    return true;
}

/* Candidates of one step, the same on every rank. fresh: those not taken, best first. */
struct step {
    struct ranked_list fresh;
    bool *repeated; /* [candidates] */
    bool *keep;     /* [fresh] decided by rank 0 */
    float *nearest; /* [fresh] decided by rank 0 */
};

/* Whether each candidate is excluded or picked: asked by the rank that has its line. */
static bool *find_repeated(const struct comm *comm, const struct picking *picking, const struct ranked_list *list)
{
    const struct selection *selection = picking->selection;
    struct arena *scratch = picking->scratch;
    struct hash128 *hash = ARENA_ARRAY(scratch, struct hash128, list->n);
    struct hash128 *id = ARENA_ARRAY(scratch, struct hash128, list->n);
    bool *excluded = ARENA_ZARRAY(scratch, bool, list->n), *taken = ARENA_ARRAY(scratch, bool, list->n);
    bool *repeated = ARENA_ARRAY(scratch, bool, list->n);
    int64_t *flag = ARENA_ZARRAY(scratch, int64_t, list->n);
    size_t n = 0, k = 0;
    for (size_t i = 0; i < list->n; i++)
        if (list->item[i].rank == comm_rank(comm)) {
            hash[n] = picking->lines->hash[list->item[i].local];
            id[n++] = picking->lines->id[list->item[i].local];
        }
    if (selection->excluded != NULL)
        keyset_find(comm, selection->excluded, hash, n, excluded, scratch);
    keyset_find(comm, selection->taken, id, n, taken, scratch);
    for (size_t i = 0; i < list->n; i++)
        if (list->item[i].rank == comm_rank(comm)) {
            flag[i] = excluded[k] || taken[k];
            k++;
        }
    reduce_max_i64(comm, flag, list->n);
    for (size_t i = 0; i < list->n; i++)
        repeated[i] = flag[i] != 0;
    return repeated;
}

static struct step step_start(const struct comm *comm, const struct picking *picking, const struct ranked_list *list)
{
    struct step step = {{0, ARENA_ARRAY(picking->scratch, struct ranked, list->n)},
                        find_repeated(comm, picking, list),
                        ARENA_ZARRAY(picking->scratch, bool, list->n),
                        ARENA_ZARRAY(picking->scratch, float, list->n)};
    for (size_t i = 0; i < list->n; i++)
        if (!step.repeated[i])
            step.fresh.item[step.fresh.n++] = list->item[i];
    return step;
}

/* An even share of the listed lines, in list order, wherever they lie: their texts are sent there. */
static struct line_view share_texts(const struct comm *comm, const struct picking *picking,
                                    const struct ranked_list *list)
{
    struct arena *scratch = picking->scratch;
    const size_t n_ranks = (size_t)comm_size(comm), rank = (size_t)comm_rank(comm);
    const size_t first = list->n * rank / n_ranks, end = list->n * (rank + 1) / n_ranks;
    struct str *own = ARENA_ARRAY(scratch, struct str, list->n), *text = ARENA_ARRAY(scratch, struct str, end - first);
    int *dest = ARENA_ARRAY(scratch, int, list->n);
    int64_t *row = ARENA_ARRAY(scratch, int64_t, end - first);
    size_t *next = ARENA_ZARRAY(scratch, size_t, n_ranks + 1), n = 0, n_arrived, to = 0;

    for (size_t i = 0; i < list->n; i++) {
        while (i >= list->n * (to + 1) / n_ranks)
            to++;
        if (list->item[i].rank != comm_rank(comm))
            continue;
        own[n] = picking->lines->text[list->item[i].local];
        dest[n++] = (int)to;
    }
    const struct str *arrived = exchange_texts(comm, own, n, dest, scratch, &n_arrived);
    ASSERT(n_arrived == end - first);
    for (size_t i = first; i < end; i++)
        next[list->item[i].rank + 1]++;
    for (size_t r = 0; r < n_ranks; r++) /* next[r]: where the texts of rank r begin */
        next[r + 1] += next[r];
    for (size_t i = first; i < end; i++) {
        text[i - first] = arrived[next[list->item[i].rank]++];
        row[i - first] = list->item[i].row;
    }
    return (struct line_view){.n = end - first, .row = row, .text = text};
}

/* Rank 0: best first, a candidate is kept unless it is near one kept before, until `room` are kept. */
static void step_decide(struct picking *picking, const struct step *step, const float *embedding, size_t room)
{
    struct near *near = &picking->near;
    const size_t d = near->d;
    const double threshold = picking->selection->params.near_threshold;
    struct near_batch batch = near_batch_new(d, picking->scratch);
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

static int by_place(const void *a, const void *b)
{
    const struct pick *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Picks of this step go from the ranks of their lines to those of their places. own[n], text[n]: of this rank's lines.
 */
static void send_picks(const struct comm *comm, struct picking *picking, const struct pick *own, const struct str *text,
                       size_t n)
{
    struct arena *scratch = picking->scratch;
    int *dest = ARENA_ARRAY(scratch, int, n);
    struct exchange here;
    size_t n_texts;
    for (size_t i = 0; i < n; i++)
        dest[i] = (int)(own[i].place / PICK_BLOCK % comm_size(comm));
    exchange_records(comm, own, sizeof(*own), n, dest, scratch, &here);
    const struct str *arrived = exchange_texts(comm, text, n, dest, scratch, &n_texts);
    struct pick *pick = here.records;
    for (size_t j = 0; j < here.n; j++)
        pick[j].text = arrived[j];
    sort_stable(pick, here.n, sizeof(*pick), by_place, scratch);
    for (size_t j = 0; j < here.n; j++)
        selected_day_add(&picking->day, &pick[j], picking->selection->arena);
}

/* Counts the candidates looked at, and hands over the picks among them. */
static void step_finish(const struct comm *comm, struct picking *picking, const struct ranked_list *list,
                        const struct step *step, size_t room)
{
    const struct line_view *lines = picking->lines;
    struct select_stats *stats = picking->stats;
    struct pick *own = ARENA_ARRAY(picking->scratch, struct pick, list->n);
    struct str *text = ARENA_ARRAY(picking->scratch, struct str, list->n);
    size_t n_own = 0, picked = 0, fresh = 0;

    for (size_t i = 0; i < list->n && picked < room; i++) {
        const struct ranked *item = &list->item[i];
        const bool is_fresh = !step->repeated[i], kept = is_fresh && step->keep[fresh];
        stats->candidates++;
        stats->repeated += !is_fresh;
        stats->near += is_fresh && !kept;
        if (kept && item->rank == comm_rank(comm)) {
            text[n_own] = lines->text[item->local];
            own[n_own++] = (struct pick){.day = (int32_t)picking->selection->n_days,
                                         .place = stats->kept + (int64_t)picked,
                                         .row = item->row,
                                         .score = item->score,
                                         .nearest = step->nearest[fresh],
                                         .count = lines->count[item->local],
                                         .id = lines->id[item->local],
                                         .hash = lines->hash[item->local],
                                         .tag = lines->tag[item->local]};
        }
        picked += kept;
        fresh += is_fresh;
    }
    stats->kept += (int64_t)picked;
    send_picks(comm, picking, own, text, n_own);
}

bool picking_take(const struct comm *comm, struct picking *picking, const struct ranked_list *list, struct error *err)
{
    const struct arena_mark mark = arena_mark(picking->scratch);
    const size_t room = (size_t)(picking->stats->budget - picking->stats->kept);
    struct step step = step_start(comm, picking, list);
    const struct line_view share = share_texts(comm, picking, &step.fresh);
    const float *embedding;
    size_t n;

    TRY(embed(comm, picking, &share, &embedding, &n, err));
    if (comm_rank(comm) == 0)
        step_decide(picking, &step, embedding, room);
    comm_bcast(comm, step.keep, step.fresh.n * sizeof(*step.keep), 0);
    comm_bcast(comm, step.nearest, step.fresh.n * sizeof(*step.nearest), 0);
    step_finish(comm, picking, list, &step, room);
    arena_release(picking->scratch, mark);
    return true;
}
