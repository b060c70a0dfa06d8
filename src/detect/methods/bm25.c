/* Rarity of a line's terms by BM25 (Robertson and Zaragoza, 2009), after SCADE (arXiv 2412.04259), whose own form is
 * not published: this is the reference form of text_layer.h, named as ours. */
#include "text_layer.h"

struct bm25 {
    struct text_params text;
    bool weighted;
    double k1, b;
};

static const struct param_spec specs[] = {
    TEXT_PARAMS,
    PARAM_BOOL(struct bm25, weighted, false, "a line is as many documents as it was seen"),
    PARAM_REAL(struct bm25, k1, 1.2, 0, 100, "how much repeats of a term in the line add"),
    PARAM_REAL(struct bm25, b, 0.75, 0, 1, "how much long lines are marked down"),
    PARAM_END,
};

struct bm25_model {
    const struct text_corpus *corpus;
    struct bm25_shape shape;
};

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    (void)err;
    const struct bm25 *bm25 = params;
    struct bm25_model *fitted = ARENA_ARRAY(arena, struct bm25_model, 1);
    fitted->corpus = text_corpus_fit(comm, rows, term_form_of(&bm25->text, seed), bm25->weighted, arena);
    fitted->shape = (struct bm25_shape){bm25->k1, bm25->b};
    *model = fitted;
    return true;
}

static double line_score(const struct text_layer *layer, const struct terms *terms, const void *shape)
{
    return layer_bm25(layer, *(const struct bm25_shape *)shape, terms);
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    (void)x;
    const struct bm25_model *fitted = model;
    text_corpus_score(fitted->corpus, rows, first, n, line_score, &fitted->shape, out);
}

const struct detector detector_bm25 = {
    .plugin = {.name = "bm25",
               .summary = "rare tokens and pairs of tokens, by BM25",
               .params = specs,
               .params_size = sizeof(struct bm25)},
    .fit = fit,
    .score = score,
    .featureless = true,
    .needs_text = true,
};
