#include "comm/plan.h"

struct plan plan_even(const struct comm *comm, int64_t n_global, int64_t block, struct arena *arena)
{
    struct plan plan = {.n_global = n_global, .block = block, .n_ranks = comm_size(comm), .rank = comm_rank(comm)};
    int64_t n_blocks, share, odd;

    ASSERT(n_global >= 0 && block >= 1);
    n_blocks = n_global / block + (n_global % block != 0);
    share = n_blocks / plan.n_ranks;
    odd = n_blocks % plan.n_ranks;
    plan.first = ARENA_ARRAY(arena, int64_t, (size_t)plan.n_ranks + 1);
    for (int r = 0; r <= plan.n_ranks; r++) {
        int64_t begin = r * share + min_i64(r, odd);
        plan.first[r] = begin == n_blocks ? n_global : begin * block;
    }
    return plan;
}

struct plan plan_dealt(const struct comm *comm, int64_t n_global, int64_t block)
{
    ASSERT(n_global >= 0 && block >= 1);
    return (struct plan){.n_global = n_global, .block = block, .n_ranks = comm_size(comm), .rank = comm_rank(comm)};
}

int plan_owner(const struct plan *plan, int64_t row)
{
    int low = 0, high = plan->n_ranks - 1; /* the last rank whose first is not beyond row is in low .. high */

    ASSERT(row >= 0 && row < plan->n_global);
    if (plan->first == NULL)
        return (int)(row / plan->block % plan->n_ranks);
    while (low < high) {
        int middle = low + (high - low + 1) / 2;
        if (plan->first[middle] <= row)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

size_t plan_count(const struct plan *plan)
{
    int64_t whole, rest;

    if (plan->first != NULL)
        return (size_t)(plan->first[plan->rank + 1] - plan->first[plan->rank]);
    whole = plan->n_global / plan->block; /* blocks; what is left over belongs to the rank after the last of them */
    rest = whole % plan->n_ranks == plan->rank ? plan->n_global % plan->block : 0;
    return (size_t)((whole / plan->n_ranks + (plan->rank < whole % plan->n_ranks)) * plan->block + rest);
}

int64_t plan_row(const struct plan *plan, size_t i)
{
    ASSERT(i < plan_count(plan));
    if (plan->first != NULL)
        return plan->first[plan->rank] + (int64_t)i;
    return ((int64_t)i / plan->block * plan->n_ranks + plan->rank) * plan->block + (int64_t)i % plan->block;
}
