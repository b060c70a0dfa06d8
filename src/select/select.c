#include "picking.h"

#include "comm/digest.h"
#include "comm/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Both bound the scratch; the picks do not depend on them. */
enum {
    STEP = 2048,           /* candidates embedded and compared between two broadcasts */
    MOST_LISTED = 1 << 16, /* candidates listed at once: the list is on every rank */
};

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

struct selection *selection_new(const struct comm *comm, const struct select_params *params,
                                const struct feature_set *embedding, const struct keyset *excluded)
{
    struct selection *selection = calloc(1, sizeof(*selection));
    ASSERT(selection != NULL);
    selection->params = *params;
    selection->embedding = embedding;
    selection->excluded = excluded;
    selection->taken = keyset_new(comm);
    selection->arena = arena_new();
    return selection;
}

void selection_free(struct selection *selection)
{
    if (selection == NULL)
        return;
    keyset_free(selection->taken);
    arena_free(selection->arena);
    free(selection);
}

/* Room for one more of n items: the same array, or a copy of twice the size. */
static void *grown(void *items, size_t n, size_t *capacity, size_t size, struct arena *arena)
{
    if (n < *capacity)
        return items;
    *capacity = *capacity == 0 ? 16 : 2 * *capacity;
    void *copy = arena_alloc(arena, *capacity, size);
    if (n > 0)
        memcpy(copy, items, n * size);
    return copy;
}

void selected_day_add(struct selected_day *day, const struct pick *pick, struct arena *arena)
{
    day->pick = grown(day->pick, day->n, &day->capacity, sizeof(*pick), arena);
    struct pick *copy = &day->pick[day->n++];
    *copy = *pick;
    copy->text.p = arena_copy(arena, pick->text.p, pick->text.n);
}

/* The day is over: its picks are not picked again. */
static void add_day(const struct comm *comm, struct selection *selection, const struct selected_day *day)
{
    struct arena *scratch = arena_new();
    struct hash128 *id = ARENA_ARRAY(scratch, struct hash128, day->n);
    for (size_t i = 0; i < day->n; i++)
        id[i] = day->pick[i].id;
    keyset_add(comm, selection->taken, id, day->n);
    arena_free(scratch);
    selection->day =
        grown(selection->day, selection->n_days, &selection->capacity, sizeof(*selection->day), selection->arena);
    selection->day[selection->n_days++] = *day;
}

/* The next k candidates behind `last` (NULL: from the best on), the same on every rank. */
static bool list_next(const struct comm *comm, const struct picking *picking, const struct ranked *last, size_t k,
                      struct arena *arena, struct ranked_list *out, struct error *err)
{
    const struct line_view *lines = picking->lines;
    if (last == NULL)
        return topk_best(comm, picking->score, lines->row, lines->n, k, arena, out, err);
    double *score = ARENA_ARRAY(arena, double, lines->n);
    int64_t *row = ARENA_ARRAY(arena, int64_t, lines->n);
    uint32_t *local = ARENA_ARRAY(arena, uint32_t, lines->n);
    size_t n = 0;
    for (size_t i = 0; i < lines->n; i++) {
        if (picking->score[i] > last->score || (picking->score[i] == last->score && lines->row[i] <= last->row))
            continue;
        score[n] = picking->score[i];
        row[n] = lines->row[i];
        local[n++] = (uint32_t)i;
    }
    TRY(topk_best(comm, score, row, n, k, arena, out, err));
    for (size_t i = 0; i < out->n; i++)
        if (out->item[i].rank == comm_rank(comm))
            out->item[i].local = local[out->item[i].local];
    return true;
}

static bool pick_lines(const struct comm *comm, struct picking *picking, struct arena *lists, struct error *err)
{
    struct select_stats *stats = picking->stats;
    const int64_t n_global = picking->lines->n_global;
    int64_t k = stats->budget * picking->selection->params.overfetch, done = 0;
    struct ranked last;

    TRY(picking_recall(comm, picking, err));
    while (done < n_global && stats->kept < stats->budget) {
        const struct arena_mark start = arena_mark(lists);
        const int64_t wanted = min_i64(min_i64(k, MOST_LISTED), n_global - done);
        struct ranked_list list;
        TRY(list_next(comm, picking, done == 0 ? NULL : &last, (size_t)wanted, lists, &list, err));
        ASSERT(list.n == (size_t)wanted);
        for (size_t at = 0; at < list.n && stats->kept < stats->budget; at += STEP) {
            const struct ranked_list part = {min_size(STEP, list.n - at), list.item + at};
            TRY(picking_take(comm, picking, &part, err));
        }
        last = list.item[list.n - 1];
        k = min_i64(2 * k, MOST_LISTED);
        done += wanted;
        arena_release(lists, start);
    }
    return true;
}

bool selection_add_day(const struct comm *comm, struct selection *selection, const struct line_view *lines,
                       const double *score, struct select_stats *stats, struct error *err)
{
    const struct select_params *params = &selection->params;
    struct arena *lists = arena_new();
    struct picking picking = {.selection = selection,
                              .lines = lines,
                              .score = score,
                              .kept = arena_new(),
                              .scratch = arena_new(),
                              .stats = stats};

    picking.near = near_start(selection->embedding->d, picking.kept);
    *stats = (struct select_stats){.budget = params->budget};
    if (params->contamination > 0)
        stats->budget = (int64_t)ceil(params->contamination * (double)lines->n_global);
    bool ok = pick_lines(comm, &picking, lists, err);
    if (ok) {
        picking.day.n_global = stats->kept;
        add_day(comm, selection, &picking.day);
    }
    arena_free(picking.scratch);
    arena_free(picking.kept);
    arena_free(lists);
    return ok;
}

void selection_restore_day(const struct comm *comm, struct selection *selection, const struct pick *pick, size_t n,
                           int64_t n_global)
{
    const struct plan plan = plan_dealt(comm, n_global, PICK_BLOCK);
    struct selected_day day = {.n_global = n_global};

    ASSERT(n == plan_count(&plan));
    for (size_t i = 0; i < n; i++) {
        ASSERT(pick[i].day == (int32_t)selection->n_days && pick[i].place == plan_row(&plan, i));
        selected_day_add(&day, &pick[i], selection->arena);
    }
    add_day(comm, selection, &day);
}

size_t selection_days(const struct selection *selection)
{
    return selection->n_days;
}

int64_t selection_day_count(const struct selection *selection, size_t day)
{
    ASSERT(day < selection->n_days);
    return selection->day[day].n_global;
}

const struct pick *selection_day_picks(const struct selection *selection, size_t day, size_t *n)
{
    ASSERT(day < selection->n_days);
    *n = selection->day[day].n;
    return selection->day[day].pick;
}

static uint64_t digest_number(uint64_t digest, const void *p, size_t n)
{
    return hash64((struct str){p, n}, digest);
}

static uint64_t pick_digest(const struct pick *pick)
{
    const int64_t numbers[] = {pick->day, pick->place, pick->row, pick->count, pick->tag};
    uint64_t digest = digest_number(0, numbers, sizeof(numbers));
    digest = digest_number(digest, &pick->score, sizeof(pick->score));
    digest = digest_number(digest, &pick->nearest, sizeof(pick->nearest));
    digest = digest_number(digest, &pick->id, sizeof(pick->id));
    return hash64(pick->text, digest);
}

uint64_t selection_digest(const struct comm *comm, const struct selection *selection)
{
    uint64_t digest = selection->n_days;
    for (size_t d = 0; d < selection->n_days; d++) {
        struct arena *scratch = arena_new();
        const struct selected_day *day = &selection->day[d];
        uint64_t *each = ARENA_ARRAY(scratch, uint64_t, day->n);
        int64_t *place = ARENA_ARRAY(scratch, int64_t, day->n);
        for (size_t i = 0; i < day->n; i++) {
            each[i] = pick_digest(&day->pick[i]);
            place[i] = day->pick[i].place;
        }
        digest = hash_mix(digest ^ digest_rows(comm, each, sizeof(*each), place, day->n));
        arena_free(scratch);
    }
    return digest;
}
