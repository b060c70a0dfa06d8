/* Rarity of a line's terms by log entropy (Dumais, 1991), after SCADE (arXiv 2412.04259), whose own form is not
 * published: this is the reference form of text_layer.h, named as ours. */
#include "text_layer.h"

struct logentropy {
    struct text_params text;
    bool weighted;
};

static const struct param_spec specs[] = {
    TEXT_PARAMS,
    PARAM_BOOL(struct logentropy, weighted, false, "a line is as many documents as it was seen"),
    PARAM_END,
};

struct logentropy_model {
    const struct text_corpus *corpus;
};

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    (void)err;
    const struct logentropy *logentropy = params;
    struct logentropy_model *fitted = ARENA_ARRAY(arena, struct logentropy_model, 1);
    fitted->corpus = text_corpus_fit(comm, rows, term_form_of(&logentropy->text, seed), logentropy->weighted, arena);
    *model = fitted;
    return true;
}

static double line_score(const struct text_layer *layer, const struct terms *terms, const void *params)
{
    (void)params;
    return layer_log_entropy(layer, terms);
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    (void)x;
    const struct logentropy_model *fitted = model;
    text_corpus_score(fitted->corpus, rows, first, n, line_score, NULL, out);
}

const struct detector detector_logentropy = {
    .plugin = {.name = "logentropy",
               .summary = "rare tokens and pairs of tokens, by log entropy",
               .params = specs,
               .params_size = sizeof(struct logentropy)},
    .fit = fit,
    .score = score,
    .featureless = true,
    .needs_text = true,
};
