/* Limited-memory BFGS for a smooth convex function (Nocedal & Wright 2006, algorithm 7.5), preconditioned by a
 * diagonal. */
#ifndef TRAIN_LBFGS_H
#define TRAIN_LBFGS_H

#include "support/arena.h"
#include "support/error.h"

enum { LBFGS_MEMORY = 10 };

struct lbfgs_problem {
    size_t n;
    void *context;
    /* Value and gradient[n] at x[n]. An error ends the search. */
    bool (*evaluate)(void *context, const double *x, double *value, double *gradient, struct error *err);
    const double *curvature; /* [n] > 0, an estimate of the Hessian's diagonal */
    double gradient_limit;   /* done when no component of the gradient is larger */
    int64_t max_iterations;
};

struct lbfgs_result {
    int64_t iterations, evaluations;
    double value, max_gradient;
};

/* x[n]: start, then the best point found. Also stops where no step improves the value further (rounding).
 * A deterministic function of the problem: ranks that evaluate alike walk alike. */
MUST_CHECK bool lbfgs_minimise(const struct lbfgs_problem *problem, double *x, struct arena *arena,
                               struct lbfgs_result *out, struct error *err);

#endif
