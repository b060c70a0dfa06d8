/* A group of ranks gets its share of all sets, and the picks of the askings that it fits with. */
#include "fits.h"
#include "view.h"

#include "comm/exchange.h"

#include <stdlib.h>

/* What is sent of a pick: its numbers to the group's first rank, its text, if benign, to the rank of its block. */
struct sent_pick {
    uint64_t asking;
    int64_t place, row; /* row: among the benign picks; -1: not benign */
    struct result_pick pick;
};

static int64_t *benign_places(const struct asking *asking, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)asking->n_picks), n = 0;
    for (int64_t i = 0; i < asking->n_picks; i++)
        row[i] = asking->verdict[i] == VERDICT_BENIGN ? n++ : -1;
    return row;
}

/* This rank's picks of all living askings. */
static struct sent_pick *own_picks(const struct engine *e, struct arena *arena, struct str **text, size_t *n_own)
{
    size_t n = 0, n_day;
    for (size_t a = 0; a < e->n_askings; a++)
        for (size_t d = 0; d < e->asking[a].e->n_days && e->asking[a].verdict; d++) {
            selection_day_picks(e->arm[e->asking[a].arm].selection, d, &n_day);
            n += n_day;
        }
    struct sent_pick *out = ARENA_ARRAY(arena, struct sent_pick, n);
    *text = ARENA_ARRAY(arena, struct str, n);
    n = 0;
    for (size_t a = 0; a < e->n_askings; a++) {
        const struct asking *asking = &e->asking[a];
        if (!asking->verdict)
            continue;
        int64_t *row = benign_places(asking, arena);
        for (size_t d = 0; d < asking->e->n_days; d++) {
            const struct pick *pick = selection_day_picks(e->arm[asking->arm].selection, d, &n_day);
            for (size_t i = 0; i < n_day; i++) {
                const struct label *label = &asking->label[d][i];
                (*text)[n] = pick[i].text;
                out[n++] = (struct sent_pick){.asking = a,
                                              .place = asking->place[d][i],
                                              .row = row[asking->place[d][i]],
                                              .pick = {.day = pick[i].day,
                                                       .row = pick[i].row,
                                                       .count = pick[i].count,
                                                       .score = pick[i].score,
                                                       .nearest = pick[i].nearest,
                                                       .hash = pick[i].id,
                                                       .known = tag_truth(pick[i].tag),
                                                       .verdict = (uint8_t)label->verdict,
                                                       .simulated = label->simulated,
                                                       .backend = label->backend}};
            }
        }
    }
    *n_own = n;
    return out;
}

/* Numbers of all picks on the first rank of each asking's group. first[g]: the workers' rank of group g's first. */
static void move_numbers(const struct comm *workers, const struct fit_list *fits, const struct sent_pick *own, size_t n,
                         const int *first, struct group *group)
{
    struct engine *e = group->e;
    struct arena_mark mark = arena_mark(e->scratch);
    struct exchange exchange;
    int *dest = ARENA_ARRAY(e->scratch, int, n);
    for (size_t i = 0; i < n; i++)
        dest[i] = first[fits->group_of_asking[own[i].asking]];
    for (size_t a = 0; a < e->n_askings && comm_rank(group->comm) == 0; a++)
        if (fits->group_of_asking[a] == group->number)
            group->picks[a].all = ARENA_ARRAY(group->arena, struct result_pick, (size_t)e->asking[a].n_picks);
    exchange_records(workers, own, sizeof *own, n, dest, e->scratch, &exchange);
    for (size_t i = 0; i < exchange.n; i++) {
        const struct sent_pick *arrived = (const struct sent_pick *)exchange.records + i;
        group->picks[arrived->asking].all[arrived->place] = arrived->pick;
    }
    arena_release(e->scratch, mark);
}

struct benign_pick {
    uint64_t asking;
    int64_t row;
    struct str text;
};

static int by_asking_and_row(const void *a, const void *b)
{
    const struct benign_pick *x = a, *y = b;
    if (x->asking != y->asking)
        return x->asking < y->asking ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Texts of benign picks, in blocks dealt over the asking's group. */
static void move_texts(const struct comm *workers, const struct fit_list *fits, struct sent_pick *own,
                       const struct str *own_text, size_t n_own, const int *first, struct group *group)
{
    struct engine *e = group->e;
    struct arena_mark mark = arena_mark(e->scratch);
    struct str *text = ARENA_ARRAY(e->scratch, struct str, n_own);
    int *dest = ARENA_ARRAY(e->scratch, int, n_own);
    size_t n = 0, n_texts;
    for (size_t i = 0; i < n_own; i++) {
        if (own[i].row < 0)
            continue;
        size_t g = fits->group_of_asking[own[i].asking];
        dest[n] = first[g] + (int)((own[i].row / SET_BLOCK) % (first[g + 1] - first[g]));
        text[n] = own_text[i];
        own[n++] = own[i];
    }
    struct exchange exchange;
    exchange_records(workers, own, sizeof *own, n, dest, e->scratch, &exchange);
    const struct str *arrived = exchange_texts(workers, text, n, dest, group->arena, &n_texts);
    ASSERT(n_texts == exchange.n);
    struct benign_pick *pick = ARENA_ARRAY(e->scratch, struct benign_pick, n_texts);
    for (size_t i = 0; i < n_texts; i++) {
        const struct sent_pick *numbers = (const struct sent_pick *)exchange.records + i;
        pick[i] = (struct benign_pick){numbers->asking, numbers->row, arrived[i]};
    }
    qsort(pick, n_texts, sizeof *pick, by_asking_and_row);
    for (size_t i = 0, end; i < n_texts; i = end) {
        struct group_picks *picks = &group->picks[pick[i].asking];
        for (end = i; end < n_texts && pick[end].asking == pick[i].asking;)
            end++;
        picks->n = end - i;
        picks->row = ARENA_ARRAY(group->arena, int64_t, picks->n);
        picks->text = ARENA_ARRAY(group->arena, struct str, picks->n);
        for (size_t k = 0; k < picks->n; k++) {
            picks->row[k] = pick[i + k].row;
            picks->text[k] = pick[i + k].text;
        }
    }
    arena_release(e->scratch, mark);
}

static void move_sets(const struct comm *workers, struct group *group)
{
    struct engine *e = group->e;
    group->baseline = ARENA_ARRAY(group->arena, struct set *, e->n_grounds);
    group->test = ARENA_ARRAY(group->arena, struct set *, e->n_grounds);
    group->calibrate = ARENA_ZARRAY(group->arena, struct set, e->n_grounds);
    for (size_t g = 0; g < e->n_grounds; g++) {
        const struct ground *ground = &e->ground[g];
        group->baseline[g] = ARENA_ZARRAY(group->arena, struct set, ground->n_baselines);
        group->test[g] = ARENA_ZARRAY(group->arena, struct set, e->n_tests);
        for (size_t b = 0; b < ground->n_baselines; b++)
            set_move(workers, &ground->baseline[b], group->comm, group->arena, &group->baseline[g][b]);
        for (size_t t = 0; t < e->n_tests; t++)
            set_move(workers, &ground->test[t], group->comm, group->arena, &group->test[g][t]);
        if (e->e->validation.n > 0)
            set_move(workers, &ground->calibrate, group->comm, group->arena, &group->calibrate[g]);
    }
}

void group_make(const struct comm *workers, struct engine *e, size_t n_groups, size_t memory,
                const struct fit_list *fits, struct group *out)
{
    const size_t n_ranks = (size_t)comm_size(workers), rank = (size_t)comm_rank(workers);
    int *first = ARENA_ARRAY(e->arena, int, n_groups + 1);
    struct str *text;
    size_t n;
    *out = (struct group){.e = e, .n_groups = n_groups, .arena = arena_new(), .memory = memory};
    for (size_t g = 0; g <= n_groups; g++)
        first[g] = (int)(g * n_ranks / n_groups);
    while ((size_t)first[out->number + 1] <= rank)
        out->number++;
    out->comm = comm_split(workers, (int)out->number);
    out->picks = ARENA_ZARRAY(out->arena, struct group_picks, e->n_askings);
    move_sets(workers, out);
    struct arena_mark mark = arena_mark(e->scratch);
    struct sent_pick *own = own_picks(e, e->scratch, &text, &n);
    move_numbers(workers, fits, own, n, first, out);
    move_texts(workers, fits, own, text, n, first, out);
    arena_release(e->scratch, mark);
}

void group_free(struct group *group)
{
    comm_free(group->comm);
    arena_free(group->arena);
}
