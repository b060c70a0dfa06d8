/* Gradient-boosted trees on the logistic loss, from exact integer histograms (Friedman 2001; Chen & Guestrin 2016). */
#include "classes.h"
#include "tree.h"

#include "comm/reduce.h"
#include "support/rng.h"

#include <math.h>

struct gbdt_params {
    int64_t trees, depth, bins;
    double learning_rate, l2, min_child_weight, row_sample, column_sample;
    bool balanced;
};

static const struct param_spec params_spec[] = {
    PARAM_INT(struct gbdt_params, trees, 100, 1, 2000, "boosting rounds"),
    PARAM_INT(struct gbdt_params, depth, 6, 1, 10, "levels of splits of a tree at most"),
    PARAM_INT(struct gbdt_params, bins, 64, 2, GBDT_MAX_BINS, "values told apart in a column"),
    PARAM_REAL(struct gbdt_params, learning_rate, 0.1, 1e-4, 1, "share of each leaf's step that is taken"),
    PARAM_REAL(struct gbdt_params, l2, 1, 0, 1e9, "penalty on squared leaf values"),
    PARAM_REAL(struct gbdt_params, min_child_weight, 1, 0, 1e9, "summed second derivatives that a child needs"),
    PARAM_REAL(struct gbdt_params, row_sample, 1, 0.01, 1, "share of rows that a tree learns from"),
    PARAM_REAL(struct gbdt_params, column_sample, 1, 0.01, 1, "share of columns that a tree may split"),
    PARAM_BOOL(struct gbdt_params, balanced, false, "weigh both classes alike"),
    PARAM_END,
};

/* Pair sums need room for the rounding of every row beside the scaled sum. */
static const int64_t max_rows = INT64_C(1) << 30;

struct model {
    size_t d, n_trees;
    double base;
    struct tree *tree;
};

struct boost {
    const struct comm *comm;
    const struct dataset *data;
    const struct gbdt_params *params;
    const struct classes *classes;
    uint64_t seed;
    double *score, *gradient, *hessian; /* [n] */
    int64_t *pair;                      /* [n] */
    uint8_t *column;                    /* [d] open to this tree */
    struct exact acc;
};

/* The largest power of two that keeps sum and the rounding of n rows below 2^31. */
static double integer_scale(double sum, int64_t n)
{
    enum { MAX_EXPONENT = 60 };
    double room = (double)(INT64_C(0x7fffffff) - n);
    int exponent;
    if (!(sum * ldexp(1, MAX_EXPONENT) > room))
        return ldexp(1, MAX_EXPONENT);
    frexp(room / sum, &exponent);
    return ldexp(1, exponent - 1);
}

/* Row i's derivatives of the loss by its score. */
static void differentiate(struct boost *b, size_t i)
{
    bool malicious = b->data->y[i];
    double wrong = malicious ? -b->score[i] : b->score[i];
    double small = exp(-fabs(wrong)), weight = classes_row_weight(b->classes, b->data, i);
    double slope = (wrong > 0 ? 1 : small) / (1 + small);
    b->gradient[i] = malicious ? -slope * weight : slope * weight;
    b->hessian[i] = small / ((1 + small) * (1 + small)) * weight;
}

/* b->pair from b->score, and the units of its integers. */
static bool make_pairs(struct boost *b, uint64_t tree, struct split_rule *rule, struct error *err)
{
    size_t n = b->data->n;
    uint64_t stream = rng_stream("gbdt row", tree, 0);
    exact_clear(&b->acc);
    for (size_t begin = 0; begin < n; begin += TRAIN_BLOCK) {
        double partial[2] = {0, 0};
        size_t end = min_size(begin + TRAIN_BLOCK, n);
        for (size_t i = begin; i < end; i++) {
            differentiate(b, i);
            uint64_t row = (uint64_t)plan_row(&b->data->plan, i);
            if (b->params->row_sample < 1 && rng_unit(b->seed, stream, row) >= b->params->row_sample)
                b->gradient[i] = b->hessian[i] = 0;
            partial[0] += fabs(b->gradient[i]);
            partial[1] += b->hessian[i];
        }
        exact_add(&b->acc, partial);
    }
    double sum[2];
    TRY(exact_reduce(b->comm, &b->acc, sum, err));
    double gradient_scale = integer_scale(sum[0], b->data->plan.n_global);
    double hessian_scale = integer_scale(sum[1], b->data->plan.n_global);
    for (size_t i = 0; i < n; i++)
        b->pair[i] = pair_make(llrint(b->gradient[i] * gradient_scale), llrint(b->hessian[i] * hessian_scale));
    rule->gradient_unit = 1 / gradient_scale;
    rule->hessian_unit = 1 / hessian_scale;
    double min_hessian = ceil(b->params->min_child_weight * hessian_scale);
    rule->min_hessian = min_hessian < 1 ? 1 : min_hessian > 0x1p40 ? INT64_C(1) << 40 : (int64_t)min_hessian;
    return true;
}

static void choose_columns(struct boost *b, uint64_t tree)
{
    uint64_t stream = rng_stream("gbdt column", tree, 0);
    for (size_t j = 0; j < b->data->d; j++)
        b->column[j] = b->params->column_sample >= 1 || rng_unit(b->seed, stream, j) < b->params->column_sample;
}

static struct boost boost_new(const struct comm *comm, const struct dataset *data, const struct gbdt_params *params,
                              const struct classes *classes, uint64_t seed, double base, struct arena *arena)
{
    struct boost b = {.comm = comm, .data = data, .params = params, .classes = classes, .seed = seed};
    b.score = ARENA_ARRAY(arena, double, data->n);
    b.gradient = ARENA_ARRAY(arena, double, data->n);
    b.hessian = ARENA_ARRAY(arena, double, data->n);
    b.pair = ARENA_ARRAY(arena, int64_t, data->n);
    b.column = ARENA_ARRAY(arena, uint8_t, data->d);
    exact_start(&b.acc, 2, 2 * TRAIN_BLOCK * classes->max_weight, arena);
    for (size_t i = 0; i < data->n; i++)
        b.score[i] = base;
    return b;
}

static bool boost_trees(struct boost *b, struct model *model, struct arena *arena, struct error *err)
{
    const struct gbdt_params *params = b->params;
    struct gbdt_bins bins;
    gbdt_bins_make(b->comm, b->data, (size_t)params->bins, b->seed, arena, &bins);
    struct grower *grower = grower_new(b->comm, &bins, params->depth, b->data->plan.n_global, arena);
    struct split_rule rule = {.l2 = params->l2, .column = b->column};
    for (size_t t = 0; t < model->n_trees; t++) {
        choose_columns(b, t);
        TRY(make_pairs(b, t, &rule, err));
        grower_grow(grower, b->pair, &rule, params->learning_rate, &model->tree[t], b->score);
    }
    return true;
}

static bool fit(const struct comm *comm, const struct dataset *data, const void *params, uint64_t seed,
                struct arena *arena, void **model_out, struct error *err)
{
    const struct gbdt_params *gbdt = params;
    struct classes classes;
    if (data->plan.n_global > max_rows)
        return fail(err, ERROR_INPUT, "gbdt trains on at most %" PRId64 " rows, not %" PRId64 ": train on a sample",
                    max_rows, data->plan.n_global);
    TRY(classes_count(comm, data, gbdt->balanced, arena, &classes, err));
    struct model *model = ARENA_ARRAY(arena, struct model, 1);
    *model = (struct model){.d = data->d, .n_trees = (size_t)gbdt->trees};
    model->base = log(classes.total[1]) - log(classes.total[0]);
    model->tree = ARENA_ARRAY(arena, struct tree, model->n_trees);
    size_t max_nodes = tree_max_nodes(gbdt->depth, data->plan.n_global);
    struct tree_node *node = ARENA_ARRAY(arena, struct tree_node, model->n_trees * max_nodes);
    for (size_t t = 0; t < model->n_trees; t++)
        model->tree[t].node = node + t * max_nodes;
    struct arena_mark mark = arena_mark(arena);
    struct boost boost = boost_new(comm, data, gbdt, &classes, seed, model->base, arena);
    TRY(boost_trees(&boost, model, arena, err));
    arena_release(arena, mark);
    *model_out = model;
    return true;
}

static void predict(const void *model_in, const float *x, size_t n, size_t d, double *score)
{
    const struct model *model = model_in;
    ASSERT(d == model->d);
    for (size_t i = 0; i < n; i++) {
        score[i] = model->base;
        for (size_t t = 0; t < model->n_trees; t++)
            score[i] += tree_value(&model->tree[t], x + i * d);
    }
}

const struct classifier classifier_gbdt = {
    {"gbdt", "gradient-boosted trees on exact histograms", params_spec, sizeof(struct gbdt_params)},
    .seeded = true, /* rows and columns are sampled */
    .fit = fit,
    .predict = predict,
};
