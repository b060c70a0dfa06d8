/* Work dealt to workers before it is done. */
#ifndef SUPPORT_DEAL_H
#define SUPPORT_DEAL_H

#include "support/arena.h"

/* worker[n], from 0 to n_workers - 1: the heaviest first (of equals the earlier), each to the worker with the least so
 * far (of equals the lowest). Weights sum to less than 2^64. O(n log n_workers); scratch from the arena, released. */
void deal(const uint64_t *weight, size_t n, uint32_t n_workers, uint32_t *worker, struct arena *arena);

#endif
