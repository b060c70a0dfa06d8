/* Hashed counts of short runs of bytes (Weinberger et al., ICML 2009): every run of min_n to max_n bytes adds +1 or -1,
 * by one bit of its hash, to one column chosen by other bits. The cosine of two rows then estimates that of their
 * n-gram counts. A line shorter than min_n is all zeros. Were max_n below min_n, the two change places. */
#ifndef FEATURES_HASHED_GRAMS_H
#define FEATURES_HASHED_GRAMS_H

#include "support/str.h"

enum { HASHED_GRAMS_MAX_DIMS = 65536, HASHED_GRAMS_MAX_N = 8 };

struct hashed_grams {
    int64_t dims, min_n, max_n;
    bool lower;            /* treat ASCII upper case as lower case */
    bool sublinear;        /* replace a count c by 1 + ln c, the sign kept */
    const char *normalise; /* "l2": length 1; or "none" */
};

/* out[dims]. Local, pure. */
void hashed_grams_row(const struct hashed_grams *grams, struct str line, float *out);

#endif
