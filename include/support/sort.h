/* Sorts under an explicit total order. */
#ifndef SUPPORT_SORT_H
#define SUPPORT_SORT_H

#include "support/arena.h"

/* Stable merge sort of n elements of `size` bytes; less-than-zero comparison as in qsort. Scratch from the arena,
 * released. */
void sort_stable(void *base, size_t n, size_t size, int (*compare)(const void *, const void *), struct arena *arena);
/* order[n] becomes the permutation that sorts key[n] rising; ties keep index order. Radix sort, O(n). */
void sort_order_u64(const uint64_t *key, size_t n, uint32_t *order, struct arena *arena);
/* A uint64 that orders as the double does (-0 equals 0; NaN is not allowed). */
uint64_t sort_key_f64(double value);

#endif
