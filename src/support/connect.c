#include "support/connect.h"

/* A parent is never a higher number than its child, so roots are the lowest numbers. Halving each path that is walked
 * keeps trees flat (Tarjan and van Leeuwen, J. ACM 1984). */
static uint32_t root_of(uint32_t *parent, uint32_t a)
{
    while (parent[a] != a) {
        parent[a] = parent[parent[a]];
        a = parent[a];
    }
    return a;
}

void connect_start(uint32_t *parent, size_t n)
{
    ASSERT(n <= UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        parent[i] = (uint32_t)i;
}

void connect_pair(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

void connect_finish(uint32_t *parent, size_t n)
{
    for (size_t i = 0; i < n; i++)
        parent[i] = parent[parent[i]]; /* lower lines are finished */
}
