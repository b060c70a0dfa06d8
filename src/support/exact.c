#include "support/exact.h"

#include <math.h>
#include <string.h>

#define UNIT_BITS 89 /* bound / unit = 2^89: with 2^36 additions, 126 bits and the sign */
#define LOW_BITS  45 /* a scaled value is split at 2^45, so that either half is exact as a double */

__extension__ typedef __int128 wide;

void exact_start(struct exact *acc, size_t n, double bound, struct arena *arena)
{
    ASSERT(bound > 0 && bound <= 0x1p1023);
    int exponent;
    double fraction = frexp(bound, &exponent);
    if (fraction == 0.5)
        exponent--;
    if (exponent < -900)
        exponent = -900; /* keeps the unit and its inverse normal numbers */
    acc->n = n;
    acc->bound = ldexp(1, exponent);
    acc->unit = ldexp(1, exponent - UNIT_BITS);
    acc->sum = ARENA_ARRAY(arena, wide, n);
    exact_clear(acc);
}

void exact_clear(struct exact *acc)
{
    memset(acc->sum, 0, acc->n * sizeof(wide));
    acc->broken = false;
}

/* value / unit to the nearest integer, halves to even. |value| <= bound; per_unit = 1 / unit, a power of two. */
static inline wide round_to_units(double value, double per_unit)
{
    double scaled = value * per_unit;
    int64_t high = (int64_t)(scaled * 0x1p-45);
    double rest = scaled - (double)high * 0x1p45; /* exact: it lies on the grid of scaled */
    /* Adding 1.5 * 2^52 leaves the nearest integer to rest in the low bits of the sum. */
    double shifted = rest + 0x1.8p52;
    int64_t bits;
    memcpy(&bits, &shifted, sizeof(bits));
    int64_t low = bits - INT64_C(0x4338000000000000);
    return (wide)high * ((wide)1 << LOW_BITS) + low;
}

static inline bool add(struct exact *acc, size_t i, double value, double per_unit)
{
    bool fits = fabs(value) <= acc->bound;
    acc->sum[i] += round_to_units(fits ? value : 0, per_unit);
    return fits;
}

void exact_add(struct exact *acc, const double *partial)
{
    double per_unit = 1 / acc->unit;
    bool all_fit = true;
    for (size_t i = 0; i < acc->n; i++)
        all_fit &= add(acc, i, partial[i], per_unit);
    acc->broken |= !all_fit;
}

void exact_add_one(struct exact *acc, size_t i, double value)
{
    ASSERT(i < acc->n);
    if (!add(acc, i, value, 1 / acc->unit))
        acc->broken = true;
}

bool exact_value(const struct exact *acc, double *out, struct error *err)
{
    if (acc->broken)
        return fail(err, ERROR_NUMERIC, "a sum met a value that is not finite or beyond its bound %g", acc->bound);
    for (size_t i = 0; i < acc->n; i++) {
        out[i] = (double)acc->sum[i] * acc->unit;
        if (!isfinite(out[i]))
            return fail(err, ERROR_NUMERIC, "a sum is too large for a number; its addends are bounded by %g",
                        acc->bound);
    }
    return true;
}
