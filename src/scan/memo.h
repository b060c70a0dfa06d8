/* The meaning of a field that has few values, which come again and again. By length. */
#ifndef SCAN_MEMO_H
#define SCAN_MEMO_H

#include "scan_private.h"

enum { MEMO_BYTES = 16, MEMO_WORDS = 4 };

struct memo {
    struct {
        size_t n; /* SIZE_MAX: empty */
        int meaning;
        char raw[MEMO_BYTES];
    } word[MEMO_WORDS];
};

static inline void memo_start(struct memo *memo)
{
    for (size_t i = 0; i < MEMO_WORDS; i++)
        memo->word[i].n = SIZE_MAX;
}

static inline const int *memo_find(const struct memo *memo, struct str raw)
{
    size_t i = raw.n % MEMO_WORDS;
    bool found = raw.n == memo->word[i].n && scan_same(memo->word[i].raw, raw.p, raw.n);
    return found ? &memo->word[i].meaning : NULL;
}

static inline void memo_put(struct memo *memo, struct str raw, int meaning)
{
    size_t i = raw.n % MEMO_WORDS;
    if (raw.n > MEMO_BYTES)
        return;
    memo->word[i].n = raw.n;
    memo->word[i].meaning = meaning;
    if (raw.n > 0)
        memcpy(memo->word[i].raw, raw.p, raw.n);
}

/* What memos remember: enum platform, enum truth, whether the text says synthetic. */
int platform_meaning(struct str text);
int truth_meaning(struct str text);
int synthetic_meaning(struct str text);

#endif
