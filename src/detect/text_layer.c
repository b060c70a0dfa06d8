#include "text_layer.h"

#include "comm/reduce.h"

#include <math.h>

struct term_form term_form_of(const struct text_params *params, uint64_t seed)
{
    return (struct term_form){tokenizer_named(params->tokenizer, params->lower), params->ngrams, seed};
}

void layer_look_up(const struct text_layer *layer, struct terms *terms)
{
    bool grouped = (layer->group.hi | layer->group.lo) != 0;
    for (size_t i = 0; i < terms->n; i++) {
        struct hash128 key = grouped ? hash_pair(layer->group, terms->item[i].hash) : terms->item[i].hash;
        size_t id = key_index_look(&layer->counts->index, key);
        terms->item[i].count = id == KEY_UNKNOWN ? NULL : &layer->counts->count[id];
    }
}

double layer_bm25(const struct text_layer *layer, struct bm25_shape shape, const struct terms *terms)
{
    double relative = layer->mean_length > 0 ? (double)terms->length / layer->mean_length : 1;
    double dampen = shape.k1 * (1 - shape.b + shape.b * relative), sum = 0;
    for (size_t i = 0; i < terms->n; i++) {
        int64_t n = terms->item[i].count != NULL ? terms->item[i].count->documents : 0;
        double idf = log(((double)(layer->documents - n) + 0.5) / ((double)n + 0.5) + 1);
        double tf = (double)terms->item[i].tf;
        sum += idf * (tf * (shape.k1 + 1)) / (tf + dampen);
    }
    return sum;
}

static double entropy_weight(const struct term_count *count, double log_documents)
{
    if (count == NULL)
        return 1 + 1e-12; /* above a term of a single document */
    double total = (double)count->total;
    return 1 + fmin(0, count->tf_log_tf / total - log(total)) / log_documents;
}

double layer_log_entropy(const struct text_layer *layer, const struct terms *terms)
{
    double log_documents = log((double)layer->documents + 1), sum = 0;
    for (size_t i = 0; i < terms->n; i++)
        sum += log((double)terms->item[i].tf + 1) * entropy_weight(terms->item[i].count, log_documents);
    return sum;
}

const struct text_corpus *text_corpus_fit(const struct comm *comm, const struct rows *rows, struct term_form form,
                                          bool weighted, struct arena *arena)
{
    struct text_corpus *corpus = ARENA_ARRAY(arena, struct text_corpus, 1);
    struct arena *scratch = arena_new();
    struct terms terms = terms_room(longest_line(rows->text, rows->n), scratch);
    struct tally *tally = tally_new(scratch);
    const int64_t *count = weighted && rows->lines != NULL ? rows->lines->count : NULL;
    int64_t sums[] = {0, 0}; /* documents, their lengths */
    for (size_t i = 0; i < rows->n; i++) {
        int64_t documents = count != NULL ? count[i] : 1;
        terms_of_line(&terms, &form, rows->text[i]);
        for (size_t t = 0; t < terms.n; t++)
            tally_add(tally, terms.item[t].hash, terms.item[t].tf, documents);
        sums[0] += documents;
        sums[1] += documents * terms.length;
    }
    reduce_sum_i64(comm, sums, 2);
    *corpus = (struct text_corpus){.form = form};
    tally_share(comm, tally, arena, &corpus->counts);
    corpus->layer = (struct text_layer){
        .counts = &corpus->counts, .documents = sums[0], .mean_length = (double)sums[1] / (double)sums[0]};
    tally_free(tally);
    arena_free(scratch);
    return corpus;
}

void text_corpus_score(const struct text_corpus *corpus, const struct rows *rows, size_t first, size_t n,
                       double (*line)(const struct text_layer *layer, const struct terms *terms, const void *params),
                       const void *params, double *out)
{
    struct arena *scratch = arena_new();
    struct terms terms = terms_room(longest_line(rows->text + first, n), scratch);
    for (size_t i = 0; i < n; i++) {
        terms_of_line(&terms, &corpus->form, rows->text[first + i]);
        layer_look_up(&corpus->layer, &terms);
        out[i] = line(&corpus->layer, &terms, params);
    }
    arena_free(scratch);
}
