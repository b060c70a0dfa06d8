/* Made training tables, whole on every rank, and fits of them by a classifier's name. Include mpi_test.h first. */
#ifndef TRAIN_DATA_H
#define TRAIN_DATA_H

#include "normal.h"
#include "support/hash.h"
#include "support/rng.h"
#include "train/classifier.h"

struct table {
    size_t n, d;
    float *x;
    uint8_t *y;
    float *weight;
};

struct fitted {
    bool ok;
    const struct classifier *classifier;
    void *model;
    struct error err;
};

static inline struct table table_new(size_t n, size_t d, struct arena *arena)
{
    return (struct table){.n = n, .d = d, .x = ARENA_ZARRAY(arena, float, n *d), .y = ARENA_ZARRAY(arena, uint8_t, n)};
}

/* Rows whose share of non-zeros is `density` and whose class follows the first columns, noisily. */
static inline struct table table_random(size_t n, size_t d, double density, uint64_t seed, struct arena *arena)
{
    struct table table = table_new(n, d, arena);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < d; j++) {
            if (rng_unit(seed, 1, i * d + j) < density)
                table.x[i * d + j] = (float)normal_number(seed, 2, i * d + j);
            if (j < 5)
                sum += (double)table.x[i * d + j];
        }
        table.y[i] = sum + 0.5 * normal_number(seed, 3, i) > 0;
    }
    return table;
}

static inline void table_flip(struct table *table)
{
    for (size_t i = 0; i < table->n; i++)
        table->y[i] = !table->y[i];
}

/* This rank's rows of the table, dealt in blocks. */
static inline struct dataset table_deal(const struct comm *comm, const struct table *table, struct arena *arena)
{
    struct dataset data = {.plan = plan_dealt(comm, (int64_t)table->n, TRAIN_BLOCK), .d = table->d};
    data.n = plan_count(&data.plan);
    float *x = ARENA_ARRAY(arena, float, data.n *data.d), *weight = ARENA_ARRAY(arena, float, data.n);
    uint8_t *y = ARENA_ARRAY(arena, uint8_t, data.n);
    for (size_t i = 0; i < data.n; i++) {
        const size_t row = (size_t)plan_row(&data.plan, i);
        memcpy(x + i * data.d, table->x + row * data.d, data.d * sizeof(*x));
        y[i] = table->y[row];
        weight[i] = table->weight ? table->weight[row] : 1;
    }
    data.x = x;
    data.y = y;
    data.weight = table->weight ? weight : NULL;
    return data;
}

/* choice: a plug-in as JSON text. */
static inline struct fitted data_fit(const struct comm *comm, const struct dataset *data, const char *choice,
                                     uint64_t seed, struct arena *arena)
{
    struct fitted fitted = {0};
    struct json_doc *doc;
    struct choice chosen;
    if (!json_parse(str_of(choice), "test", false, &doc, &fitted.err))
        abort();
    if (!plugin_choose(classifier_list(), doc, json_root(doc), arena, &chosen, &fitted.err))
        abort();
    fitted.classifier = (const struct classifier *)(const void *)chosen.plugin;
    fitted.ok = fitted.classifier->fit(comm, data, chosen.params, seed, arena, &fitted.model, &fitted.err);
    json_free(doc);
    return fitted;
}

static inline struct fitted table_fit(const struct comm *comm, const struct table *table, const char *choice,
                                      uint64_t seed, struct arena *arena)
{
    const struct dataset data = table_deal(comm, table, arena);
    return data_fit(comm, &data, choice, seed, arena);
}

static inline double *table_predict(const struct fitted *fitted, const struct table *table, struct arena *arena)
{
    double *score = ARENA_ARRAY(arena, double, table->n);
    fitted->classifier->predict(fitted->model, table->x, table->n, table->d, score);
    return score;
}

static inline uint64_t scores_digest(const double *score, size_t n)
{
    return hash64((struct str){(const char *)score, n * sizeof(*score)}, 0);
}

static inline double scores_auc(const double *score, const uint8_t *y, size_t n)
{
    double won = 0, pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (y[i] && !y[j]) {
                won += score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0;
                pairs++;
            }
    return won / pairs;
}

struct fit_case {
    const struct table *table;
    const char *choice;
    uint64_t seed;
};

/* For assert_same_on_any_ranks: the digest of the scores of the case's own rows; 0 if the fit failed. */
static inline uint64_t fit_digest(const struct comm *comm, void *context)
{
    const struct fit_case *c = context;
    struct arena *arena = arena_new();
    struct fitted fitted = table_fit(comm, c->table, c->choice, c->seed, arena);
    uint64_t digest = fitted.ok ? scores_digest(table_predict(&fitted, c->table, arena), c->table->n) : 0;
    arena_free(arena);
    return digest;
}

#endif
