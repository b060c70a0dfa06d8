/* The picks of all days in the order in which the curve takes them, and the sizes that are reached. */
#include "engine.h"

#include "comm/gather.h"
#include "comm/topk.h"

/* The best of each day, then the second of each, and so on. n[d]: picks of day d. */
static int64_t place_by_turn(const int64_t *n, size_t n_days, size_t day, int64_t k)
{
    int64_t before = 0;
    for (size_t d = 0; d < n_days; d++)
        before += min_i64(n[d], k) + (d < day && n[d] > k);
    return before;
}

/* By score over all days: equal scores by day, then place. */
static bool place_by_score(const struct comm *workers, struct engine *e, struct asking *asking, const int64_t *n,
                           struct error *err)
{
    const struct selection *selection = e->arm[asking->arm].selection;
    const size_t n_days = asking->e->n_days;
    size_t n_own = 0, n_day, at = 0;
    for (size_t d = 0; d < n_days; d++) {
        selection_day_picks(selection, d, &n_day);
        n_own += n_day;
    }
    double *score = ARENA_ARRAY(e->scratch, double, n_own);
    int64_t *row = ARENA_ARRAY(e->scratch, int64_t, n_own), **target = ARENA_ARRAY(e->scratch, int64_t *, n_own);
    int64_t first = 0;
    for (size_t d = 0; d < n_days; first += n[d++]) {
        const struct pick *pick = selection_day_picks(selection, d, &n_day);
        for (size_t i = 0; i < n_day; i++, at++) {
            score[at] = pick[i].score;
            row[at] = first + pick[i].place;
            target[at] = &asking->place[d][i];
        }
    }
    struct ranked_list list;
    TRY(topk_best(workers, score, row, n_own, (size_t)asking->n_picks, e->scratch, &list, err));
    for (size_t i = 0; i < list.n; i++)
        if (list.item[i].rank == comm_rank(workers))
            *target[list.item[i].local] = (int64_t)i;
    return true;
}

static bool place_picks(const struct comm *workers, struct engine *e, struct asking *asking, struct error *err)
{
    const struct selection *selection = e->arm[asking->arm].selection;
    const size_t n_days = asking->e->n_days;
    const bool by_turn = strcmp(asking->e->curve.order, "turn") == 0;
    int64_t *n = ARENA_ARRAY(e->scratch, int64_t, n_days);
    for (size_t d = 0; d < n_days; d++) {
        n[d] = selection_day_count(selection, d);
        asking->n_picks += n[d];
    }
    int64_t first = 0;
    for (size_t d = 0; d < n_days; first += n[d++]) {
        size_t n_day;
        const struct pick *pick = selection_day_picks(selection, d, &n_day);
        asking->place[d] = ARENA_ARRAY(e->arena, int64_t, n_day);
        for (size_t i = 0; i < n_day; i++)
            asking->place[d][i] = by_turn ? place_by_turn(n, n_days, d, pick[i].place) : first + pick[i].place;
    }
    if (strcmp(asking->e->curve.order, "score") == 0)
        return place_by_score(workers, e, asking, n, err);
    return true;
}

struct placed {
    int64_t place;
    uint64_t text; /* hash */
    uint64_t verdict;
};

/* Verdicts in order on every rank; text[n_picks]: hashes of the texts. */
static void share_verdicts(const struct comm *workers, struct engine *e, struct asking *asking, uint64_t *text)
{
    const struct selection *selection = e->arm[asking->arm].selection;
    struct placed *own = ARENA_ARRAY(e->scratch, struct placed, (size_t)asking->n_picks);
    size_t n = 0, n_day, n_all;
    for (size_t d = 0; d < asking->e->n_days; d++) {
        const struct pick *pick = selection_day_picks(selection, d, &n_day);
        for (size_t i = 0; i < n_day; i++)
            own[n++] = (struct placed){asking->place[d][i], hash64(pick[i].text, 0), asking->label[d][i].verdict};
    }
    const struct placed *all = gather_all(workers, own, sizeof *own, n, -1, &n_all, e->scratch);
    ASSERT(n_all == (size_t)asking->n_picks);
    asking->verdict = ARENA_ARRAY(e->arena, uint8_t, n_all);
    for (size_t i = 0; i < n_all; i++) {
        asking->verdict[all[i].place] = (uint8_t)all[i].verdict;
        text[all[i].place] = all[i].text;
    }
}

/* Sizes are prefixes of the order: `added` counts benign verdicts, `asked` picks looked at. */
static void find_sizes(const struct engine *e, struct asking *asking, const uint64_t *text)
{
    const bool by_added = strcmp(asking->e->curve.count, "added") == 0;
    int64_t added = 0, asked = 0;
    uint64_t digest = 0;
    for (size_t s = 0; s < e->e->n_sizes; s++) {
        while (asked < asking->n_picks && (by_added ? added : asked) < e->e->size[s]) {
            if (asking->verdict[asked] == VERDICT_BENIGN) {
                added++;
                digest = hash_mix(digest ^ text[asked]);
            }
            asked++;
        }
        bool reached = (by_added ? added : asked) == e->e->size[s];
        asking->added[s] = reached ? added : -1;
        asking->asked[s] = reached ? asked : -1;
        asking->set_digest[s] = digest;
    }
}

bool orders_make(const struct comm *workers, struct engine *e, struct error *err)
{
    for (size_t a = 0; a < e->n_askings; a++) {
        struct asking *asking = &e->asking[a];
        struct arena_mark mark = arena_mark(e->scratch);
        if (!arm_alive(e, asking->arm) || asking->failed.code != ERROR_NONE)
            continue;
        TRY(place_picks(workers, e, asking, err));
        uint64_t *text = ARENA_ARRAY(e->scratch, uint64_t, (size_t)asking->n_picks);
        share_verdicts(workers, e, asking, text);
        find_sizes(e, asking, text);
        asking->picks_digest = selection_digest(workers, e->arm[asking->arm].selection);
        asking->labels_digest = hash64((struct str){(const char *)asking->verdict, (size_t)asking->n_picks}, 1);
        arena_release(e->scratch, mark);
    }
    return true;
}
