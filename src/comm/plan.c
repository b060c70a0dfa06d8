#include "comm/plan.h"

struct plan plan_dealt(const struct comm *comm, int64_t n_global, int64_t block)
{
    ASSERT(n_global >= 0 && block >= 1);
    return (struct plan){.n_global = n_global, .block = block, .n_ranks = comm_size(comm), .rank = comm_rank(comm)};
}

size_t plan_count(const struct plan *plan)
{
    int64_t whole = plan->n_global / plan->block; /* blocks; the rank after the last of them has what is left over */
    int64_t rest = whole % plan->n_ranks == plan->rank ? plan->n_global % plan->block : 0;
    return (size_t)((whole / plan->n_ranks + (plan->rank < whole % plan->n_ranks)) * plan->block + rest);
}

int64_t plan_row(const struct plan *plan, size_t i)
{
    ASSERT(i < plan_count(plan));
    return ((int64_t)i / plan->block * plan->n_ranks + plan->rank) * plan->block + (int64_t)i % plan->block;
}
