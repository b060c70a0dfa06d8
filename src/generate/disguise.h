/* Spelling tricks that leave a command line's meaning alone. */
#ifndef GENERATE_DISGUISE_H
#define GENERATE_DISGUISE_H

#include "expand.h"

/* Chances in 1/1000, each drawn on its own. Carets and doubled quotes are Windows only. */
struct disguise {
    unsigned mixed_case, carets, quotes, spaces;
};

/* Appends `line` to out, disguised. */
void disguise_line(const struct disguise *disguise, bool windows, struct str line, struct rng_state *rng,
                   struct text *out);

#endif
