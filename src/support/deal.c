#include "support/deal.h"

#include "support/sort.h"

struct worker {
    uint64_t load;
    uint32_t number;
};

static bool before(const struct worker *a, const struct worker *b)
{
    return a->load < b->load || (a->load == b->load && a->number < b->number);
}

/* The first has got more: the heap of which it was the least is put in order. */
static void sink(struct worker *heap, uint32_t n)
{
    const struct worker moved = heap[0];
    uint32_t at = 0;
    for (;;) {
        uint64_t child = 2 * (uint64_t)at + 1;
        if (child >= n)
            break;
        if (child + 1 < n && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &moved))
            break;
        heap[at] = heap[child];
        at = (uint32_t)child;
    }
    heap[at] = moved;
}

void deal(const uint64_t *weight, size_t n, uint32_t n_workers, uint32_t *worker, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    struct worker *heap = ARENA_ARRAY(arena, struct worker, n_workers);
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n);
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, n);
    ASSERT(n_workers > 0);
    for (uint32_t w = 0; w < n_workers; w++)
        heap[w] = (struct worker){0, w};
    for (size_t i = 0; i < n; i++)
        key[i] = ~weight[i];
    sort_order_u64(key, n, order, arena);
    for (size_t i = 0; i < n; i++) {
        worker[order[i]] = heap[0].number;
        heap[0].load += weight[order[i]];
        sink(heap, n_workers);
    }
    arena_release(arena, mark);
}
