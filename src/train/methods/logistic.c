/* L2-regularised logistic regression: minimises |w|^2 / 2 + c * sum of weight * log loss; the intercept is free.
 * The same objective and `c` as scikit-learn's LogisticRegression (Fan et al. 2008, LIBLINEAR). */
#include "classes.h"
#include "design.h"
#include "lbfgs.h"

#include "comm/reduce.h"
#include "support/log.h"

#include <math.h>
#include <string.h>

struct logistic_params {
    double c, tolerance;
    int64_t max_iterations;
    bool balanced;
};

static const struct param_spec params_spec[] = {
    PARAM_REAL(struct logistic_params, c, 1, 1e-9, 1e9, "weight of the log loss against |w|^2 / 2"),
    PARAM_REAL(struct logistic_params, tolerance, 1e-4, 0, 1,
               "done when no component of the gradient exceeds tolerance * c * (sum of row weights)"),
    PARAM_INT(struct logistic_params, max_iterations, 200, 1, 100000, "steps of L-BFGS at most"),
    PARAM_BOOL(struct logistic_params, balanced, false, "weigh both classes alike"),
    PARAM_END,
};

struct model {
    size_t d;
    double *w; /* [d + 1], the intercept last */
};

struct problem {
    const struct comm *comm;
    const struct dataset *data;
    const struct classes *classes;
    struct design design;
    double c;
    double *scale;   /* [d] powers of two that bring every column's values to [-1, 1] in the sums */
    double *partial; /* [d + 2] a block's gradient, intercept, loss */
    double *sum;     /* [d + 2] */
    struct exact acc;
};

/* The smallest power of two above x, or 1 for 0. */
static double pow2_above(double x)
{
    int exponent;
    frexp(x, &exponent);
    return x > 0 ? ldexp(1, exponent) : 1;
}

/* exact_add of this block's partial, scaled back to where its bound holds. */
static void add_block(struct problem *p, double loss_scale)
{
    size_t d = p->design.d;
    for (size_t j = 0; j < d; j++)
        p->partial[j] /= p->scale[j];
    p->partial[d + 1] /= loss_scale;
    exact_add(&p->acc, p->partial);
    memset(p->partial, 0, (d + 2) * sizeof(*p->partial));
}

/* p->sum over all rows, undoing the scales. */
static bool sum_blocks(struct problem *p, double loss_scale, struct error *err)
{
    size_t d = p->design.d;
    TRY(exact_reduce(p->comm, &p->acc, p->sum, err));
    for (size_t j = 0; j < d; j++)
        p->sum[j] *= p->scale[j];
    p->sum[d + 1] *= loss_scale;
    exact_clear(&p->acc);
    return true;
}

/* Gradient and loss of row i into p->partial. */
static void add_row(struct problem *p, size_t i, const double *w)
{
    size_t d = p->design.d;
    bool malicious = p->data->y[i];
    double log_odds = design_dot(&p->design, i, w) + w[d];
    double wrong = malicious ? -log_odds : log_odds; /* the loss is log(1 + exp(wrong)) */
    double small = exp(-fabs(wrong));
    double loss = log1p(small) + (wrong > 0 ? wrong : 0);
    double slope = (wrong > 0 ? 1 : small) / (1 + small);
    double weight = classes_row_weight(p->classes, p->data, i);
    double factor = malicious ? -slope * weight : slope * weight;
    design_add(&p->design, i, factor, p->partial);
    p->partial[d] += factor;
    p->partial[d + 1] += loss * weight;
}

static bool evaluate(void *context, const double *w, double *value, double *gradient, struct error *err)
{
    struct problem *p = context;
    size_t d = p->design.d;
    double penalty = 0, max_log_odds = fabs(w[d]);
    for (size_t j = 0; j < d; j++) {
        penalty += w[j] * w[j];
        max_log_odds += fabs(w[j]) * p->design.max[j];
    }
    double loss_scale = pow2_above(1 + max_log_odds);
    for (size_t begin = 0; begin < p->design.n; begin += TRAIN_BLOCK) {
        size_t end = min_size(begin + TRAIN_BLOCK, p->design.n);
        for (size_t i = begin; i < end; i++)
            add_row(p, i, w);
        add_block(p, loss_scale);
    }
    TRY(sum_blocks(p, loss_scale, err));
    for (size_t j = 0; j < d; j++)
        gradient[j] = w[j] + p->c * p->sum[j];
    gradient[d] = p->c * p->sum[d];
    *value = penalty / 2 + p->c * p->sum[d + 1];
    return true;
}

/* curvature[d + 1]: the Hessian's diagonal if every probability were 1/2. */
static bool find_curvature(struct problem *p, double *curvature, struct error *err)
{
    size_t d = p->design.d;
    for (size_t j = 0; j < d; j++)
        p->scale[j] *= p->scale[j];
    for (size_t begin = 0; begin < p->design.n; begin += TRAIN_BLOCK) {
        size_t end = min_size(begin + TRAIN_BLOCK, p->design.n);
        for (size_t i = begin; i < end; i++) {
            double weight = classes_row_weight(p->classes, p->data, i);
            design_add_squares(&p->design, i, weight, p->partial);
            p->partial[d] += weight;
        }
        add_block(p, 1);
    }
    TRY(sum_blocks(p, 1, err));
    for (size_t j = 0; j < d; j++) {
        curvature[j] = 1 + p->c * p->sum[j] / 4;
        p->scale[j] = sqrt(p->scale[j]);
    }
    curvature[d] = p->c * p->sum[d] / 4;
    return true;
}

static struct problem problem_new(const struct comm *comm, const struct dataset *data, const struct classes *classes,
                                  double c, struct arena *arena)
{
    struct problem p = {.comm = comm, .data = data, .classes = classes, .c = c};
    design_make(comm, data, arena, &p.design);
    p.scale = ARENA_ARRAY(arena, double, data->d);
    for (size_t j = 0; j < data->d; j++)
        p.scale[j] = pow2_above(p.design.max[j]);
    p.partial = ARENA_ZARRAY(arena, double, data->d + 2);
    p.sum = ARENA_ARRAY(arena, double, data->d + 2);
    exact_start(&p.acc, data->d + 2, 2 * TRAIN_BLOCK * classes->max_weight, arena);
    return p;
}

static bool fit(const struct comm *comm, const struct dataset *data, const void *params, uint64_t seed,
                struct arena *arena, void **model_out, struct error *err)
{
    (void)seed;
    const struct logistic_params *logistic = params;
    struct classes classes;
    TRY(classes_count(comm, data, logistic->balanced, arena, &classes, err));
    struct model *model = ARENA_ARRAY(arena, struct model, 1);
    *model = (struct model){data->d, ARENA_ZARRAY(arena, double, data->d + 1)};
    struct arena_mark mark = arena_mark(arena);
    struct problem problem = problem_new(comm, data, &classes, logistic->c, arena);
    double *curvature = ARENA_ARRAY(arena, double, data->d + 1);
    TRY(find_curvature(&problem, curvature, err));
    struct lbfgs_problem search = {
        .n = data->d + 1,
        .context = &problem,
        .evaluate = evaluate,
        .curvature = curvature,
        .gradient_limit = logistic->tolerance * logistic->c * (classes.total[0] + classes.total[1]),
        .max_iterations = logistic->max_iterations,
    };
    struct lbfgs_result result;
    TRY(lbfgs_minimise(&search, model->w, arena, &result, err));
    log_job(LOG_DEBUG, "logistic: %" PRId64 " iterations, %" PRId64 " evaluations, loss %g, largest gradient %g",
            result.iterations, result.evaluations, result.value, result.max_gradient);
    arena_release(arena, mark);
    *model_out = model;
    return true;
}

static void predict(const void *model_in, const float *x, size_t n, size_t d, double *score)
{
    const struct model *model = model_in;
    ASSERT(d == model->d);
    for (size_t i = 0; i < n; i++)
        score[i] = dense_dot(x + i * d, model->w, d) + model->w[d];
}

const struct classifier classifier_logistic = {
    {"logistic", "L2-regularised logistic regression, L-BFGS", params_spec, sizeof(struct logistic_params)},
    .fit = fit,
    .predict = predict,
};
