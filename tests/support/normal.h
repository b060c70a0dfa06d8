/* Normal numbers as a function, for made-up data. */
#ifndef NORMAL_H
#define NORMAL_H

#include "support/rng.h"

#include <math.h>

/* Mean 0, deviation 1 (Box-Muller). */
static inline double normal_number(uint64_t seed, uint64_t stream, uint64_t index)
{
    double radius = sqrt(-2 * log(rng_unit(seed, stream, index) + 0x1p-53));
    return radius * cos(6.283185307179586 * rng_unit(~seed, stream, index));
}

#endif
