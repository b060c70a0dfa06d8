/* A day whose lines are being picked, candidates best first. */
#ifndef SELECT_PICKING_H
#define SELECT_PICKING_H

#include "near.h"
#include "selection.h"

struct picking {
    const struct selection *selection;
    const struct line_view *lines;
    const double *score;
    struct near near;             /* on rank 0: a row a kept line of any day */
    struct arena *kept, *scratch; /* of near; of one step */
    struct selected_day day;      /* picks so far, in the selection's arena */
    struct select_stats *stats;
};

/* Embeddings of the lines kept on earlier days, made again. Collective. */
MUST_CHECK bool picking_recall(const struct comm *comm, struct picking *picking, struct error *err);
/* Picks from the listed candidates, the same on every rank, until the budget is met. Collective. */
MUST_CHECK bool picking_take(const struct comm *comm, struct picking *picking, const struct ranked_list *list,
                             struct error *err);

#endif
