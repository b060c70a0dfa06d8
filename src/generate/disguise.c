#include "disguise.h"

#include "support/ascii.h"

enum { MAX_WORD = 30 }; /* longer words are data, mostly base64, and stay */

static bool chance(struct rng_state *rng, unsigned per_thousand)
{
    return rng_next_below(rng, 1000) < per_thousand;
}

static size_t word_length(struct str line, size_t from)
{
    size_t n = 0;
    while (from + n < line.n && line.p[from + n] != ' ')
        n++;
    return n;
}

void disguise_line(const struct disguise *disguise, bool windows, struct str line, struct rng_state *rng,
                   struct text *out)
{
    bool mixed_case = windows && chance(rng, disguise->mixed_case);
    bool carets = windows && chance(rng, disguise->carets);
    bool quotes = windows && chance(rng, disguise->quotes);
    bool spaces = chance(rng, disguise->spaces);
    if (!mixed_case && !carets && !quotes && !spaces) {
        text_add_str(out, line);
        return;
    }
    for (size_t i = 0; i < line.n;) {
        size_t n = word_length(line, i);
        bool plain = n > MAX_WORD;
        for (size_t end = i + n; i < end; i++) {
            char c = line.p[i];
            if (!plain && ascii_letter(c)) {
                if (carets && chance(rng, 200))
                    text_add(out, "^", 1);
                else if (quotes && chance(rng, 70))
                    text_add(out, "\"\"", 2);
                if (mixed_case && chance(rng, 400))
                    c = (char)(c ^ 0x20);
            }
            text_add(out, &c, 1);
        }
        if (i < line.n) {
            size_t width = spaces ? 1 + rng_next_below(rng, 3) : 1;
            text_add(out, "    ", width);
            i++;
        }
    }
}
