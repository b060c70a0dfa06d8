/* Rarity of a line's terms among many lines: all lines, or those of one user or host.
 *
 * With N documents, n of which hold a term, tf times in this line and tf_j in document j, gf = sum of tf_j:
 * - BM25: sum over the line's distinct terms of idf * tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)), where
 *   idf = ln((N - n + 0.5) / (n + 0.5) + 1) and length counts the line's terms, repeats included.
 * - Log entropy: sum of ln(tf + 1) * (1 + sum_j(p_j ln p_j) / ln(N + 1)), p_j = tf_j / gf.
 * A term that was never seen has the greatest weight (this is rarity, not retrieval): n = 0 in BM25; in log entropy 1,
 * which a term of a single document has too, and 1e-12 of that more, so that the unseen one comes first. Terms are
 * summed in the order in which they appear in the line. */
#ifndef DETECT_TEXT_LAYER_H
#define DETECT_TEXT_LAYER_H

#include "detect/detector.h"
#include "text_tally.h"
#include "text_terms.h"

/* Parameters of every detector of texts; the first member of its parameters. */
struct text_params {
    const char *tokenizer;
    bool lower;
    int64_t ngrams;
};

#define TEXT_PARAMS                                                                                                    \
    PARAM_CHOICE(struct text_params, tokenizer, "wordpunct", tokenizer_names, "how a line is cut into tokens"),        \
        PARAM_BOOL(struct text_params, lower, true, "treat ASCII upper case as lower case"),                           \
        PARAM_INT(struct text_params, ngrams, 2, 1, 2, "longest run of tokens that is a term")

struct term_form term_form_of(const struct text_params *params, uint64_t seed);

struct text_layer {
    const struct term_counts *counts;
    struct hash128 group; /* {0, 0}: the terms as they are; else as hash_pair of this and the term */
    int64_t documents;
    double mean_length;
};

struct bm25_shape {
    double k1, b;
};

/* Sets the counts of the line's terms, which both scores need. */
void layer_look_up(const struct text_layer *layer, struct terms *terms);
double layer_bm25(const struct text_layer *layer, struct bm25_shape shape, const struct terms *terms);
double layer_log_entropy(const struct text_layer *layer, const struct terms *terms);

/* The layer of all lines. */
struct text_corpus {
    struct term_form form;
    struct term_counts counts; /* of the terms of this rank's rows */
    struct text_layer layer;
};

/* Each row is a document, or as many as its count if `weighted`. Collective. */
const struct text_corpus *text_corpus_fit(const struct comm *comm, const struct rows *rows, struct term_form form,
                                          bool weighted, struct arena *arena);

/* Looks up each row's terms and hands them to `line`: out[n]. Local, pure. */
void text_corpus_score(const struct text_corpus *corpus, const struct rows *rows, size_t first, size_t n,
                       double (*line)(const struct text_layer *layer, const struct terms *terms, const void *params),
                       const void *params, double *out);

#endif
