/* The commonest tokens of a day as columns (Gelman and Bergeron, Black Hat USA 2025), by (lines falling, bytes rising).
 *
 * onehot: 1 if the line holds the token, else 0. tfidf: times the token stands in the line, times
 * ln((1 + lines) / (1 + lines with it)) + 1 over the unique lines of the day; then the row is scaled to length 1 (a row
 * of zeros stays so). Were there fewer tokens than columns, the last columns are 0. */
#include "features/extractor.h"
#include "features/vocab.h"

#include <math.h>
#include <stdio.h>

struct tokens {
    const char *tokenizer, *weight;
    bool lower;
    int64_t size;
};

static const char *const weights[] = {"onehot", "tfidf", NULL};

static const struct param_spec specs[] = {
    PARAM_CHOICE(struct tokens, tokenizer, "wordpunct", tokenizer_names, "how a line is cut into tokens"),
    PARAM_CHOICE(struct tokens, weight, "onehot", weights, "onehot: is it there; tfidf: how often, rare ones more"),
    PARAM_BOOL(struct tokens, lower, false, "treat ASCII upper case as lower case"),
    PARAM_INT(struct tokens, size, 1024, 1, 65536, "columns: the commonest tokens"),
    PARAM_END,
};

struct learned {
    struct vocab vocab;
    double *idf; /* [vocab.n] */
};

static size_t width(const void *params)
{
    return (size_t)((const struct tokens *)params)->size;
}

static void column(const void *params, size_t i, char out[64])
{
    ASSERT(i < width(params));
    snprintf(out, 64, "token_%zu", i);
}

static bool prepare(const struct comm *comm, const void *params, const struct line_view *lines, struct arena *arena,
                    void **state, struct error *err)
{
    (void)err;
    const struct tokens *tokens = params;
    struct learned *learned = ARENA_ARRAY(arena, struct learned, 1);
    vocab_build(comm, lines, tokenizer_named(tokens->tokenizer, tokens->lower), width(params), arena, &learned->vocab);
    const struct vocab *vocab = &learned->vocab;
    learned->idf = ARENA_ARRAY(arena, double, vocab->n);
    for (size_t i = 0; i < vocab->n; i++)
        learned->idf[i] = log((1 + (double)vocab->n_lines) / (1 + (double)vocab->lines[i])) + 1;
    *state = learned;
    return true;
}

static void weigh(const double *idf, size_t n, float *out)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double value = (double)out[i] * idf[i];
        sum += value * value;
    }
    if (sum == 0)
        return;
    double factor = 1 / sqrt(sum);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)((double)out[i] * idf[i] * factor);
}

static void row(const void *params, const void *state, struct str line, float *out)
{
    const struct tokens *tokens = params;
    const struct learned *learned = state;
    bool onehot = strcmp(tokens->weight, "onehot") == 0;
    memset(out, 0, width(params) * sizeof *out);
    struct token_scan scan = token_start(learned->vocab.tokenizer, line);
    struct str raw;
    while (token_next(&scan, &raw)) {
        uint32_t id = vocab_find(&learned->vocab, raw);
        if (id != VOCAB_NONE)
            out[id] = onehot ? 1 : out[id] + 1;
    }
    if (!onehot)
        weigh(learned->idf, learned->vocab.n, out);
}

const struct extractor extractor_tokens = {
    .plugin = {.name = "tokens",
               .summary = "the commonest tokens of the day: one-hot or TF-IDF",
               .params = specs,
               .params_size = sizeof(struct tokens)},
    .width = width,
    .column = column,
    .prepare = prepare,
    .row = row,
};
