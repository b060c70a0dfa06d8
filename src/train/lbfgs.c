#include "lbfgs.h"

#include <math.h>
#include <string.h>

enum { MAX_STEPS = 40 }; /* evaluations of one line search */

struct point {
    double value;
    double *x, *gradient;
};

struct search {
    const struct lbfgs_problem *problem;
    struct point now, next;
    double *direction;
    double *step[LBFGS_MEMORY], *change[LBFGS_MEMORY]; /* of x and of the gradient, a ring */
    double curved[LBFGS_MEMORY];                       /* step . change */
    int n_pairs, newest;
    int64_t evaluations;
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void add_scaled(double *y, double factor, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

static double max_abs(const double *a, size_t n)
{
    double max = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(a[i]) > max)
            max = fabs(a[i]);
    return max;
}

static int pair_at(const struct search *s, int age)
{
    return (s->newest - age + LBFGS_MEMORY) % LBFGS_MEMORY;
}

/* The two-loop recursion: direction = - (inverse Hessian estimate) gradient. */
static void find_direction(struct search *s)
{
    size_t n = s->problem->n;
    const double *curvature = s->problem->curvature;
    double share[LBFGS_MEMORY], *q = s->direction, scale = 1;
    for (size_t i = 0; i < n; i++)
        q[i] = -s->now.gradient[i];
    for (int age = 0; age < s->n_pairs; age++) {
        int p = pair_at(s, age);
        share[age] = dot(s->step[p], q, n) / s->curved[p];
        add_scaled(q, -share[age], s->change[p], n);
    }
    if (s->n_pairs > 0) {
        const double *change = s->change[s->newest];
        double norm = 0;
        for (size_t i = 0; i < n; i++)
            norm += change[i] * change[i] / curvature[i];
        scale = s->curved[s->newest] / norm;
    }
    for (size_t i = 0; i < n; i++)
        q[i] *= scale / curvature[i];
    for (int age = s->n_pairs - 1; age >= 0; age--) {
        int p = pair_at(s, age);
        add_scaled(q, share[age] - dot(s->change[p], q, n) / s->curved[p], s->step[p], n);
    }
}

static bool evaluate_step(struct search *s, double length, struct error *err)
{
    const struct lbfgs_problem *problem = s->problem;
    for (size_t i = 0; i < problem->n; i++)
        s->next.x[i] = s->now.x[i] + length * s->direction[i];
    s->evaluations++;
    return problem->evaluate(problem->context, s->next.x, &s->next.value, s->next.gradient, err);
}

/* A step that meets the weak Wolfe conditions, by bracketing: s->next. *found is false where rounding hides any
 * descent. */
static bool line_search(struct search *s, bool *found, struct error *err)
{
    size_t n = s->problem->n;
    double slope = dot(s->now.gradient, s->direction, n), length = 1, low = 0, high = INFINITY;
    *found = false;
    if (!(slope < 0))
        return true;
    for (int k = 0; k < MAX_STEPS; k++) {
        TRY(evaluate_step(s, length, err));
        if (!(s->next.value <= s->now.value + 1e-4 * length * slope))
            high = length;
        else if (dot(s->next.gradient, s->direction, n) < 0.9 * slope)
            low = length;
        else {
            *found = true;
            return true;
        }
        length = isinf(high) ? 2 * length : low + (high - low) / 2;
    }
    return true;
}

static void remember(struct search *s)
{
    size_t n = s->problem->n;
    int slot = (s->newest + 1) % LBFGS_MEMORY;
    for (size_t i = 0; i < n; i++) {
        s->step[slot][i] = s->next.x[i] - s->now.x[i];
        s->change[slot][i] = s->next.gradient[i] - s->now.gradient[i];
    }
    s->curved[slot] = dot(s->step[slot], s->change[slot], n);
    if (!(s->curved[slot] > 0))
        return;
    s->newest = slot;
    s->n_pairs += s->n_pairs < LBFGS_MEMORY;
}

static struct search search_new(const struct lbfgs_problem *problem, struct arena *arena)
{
    size_t n = problem->n;
    struct search s = {.problem = problem, .newest = LBFGS_MEMORY - 1, .direction = ARENA_ARRAY(arena, double, n)};
    s.now.x = ARENA_ARRAY(arena, double, n);
    s.now.gradient = ARENA_ARRAY(arena, double, n);
    s.next.x = ARENA_ARRAY(arena, double, n);
    s.next.gradient = ARENA_ARRAY(arena, double, n);
    for (int i = 0; i < LBFGS_MEMORY; i++) {
        s.step[i] = ARENA_ARRAY(arena, double, n);
        s.change[i] = ARENA_ARRAY(arena, double, n);
    }
    return s;
}

bool lbfgs_minimise(const struct lbfgs_problem *problem, double *x, struct arena *arena, struct lbfgs_result *out,
                    struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    size_t n = problem->n;
    struct search s = search_new(problem, arena);
    memcpy(s.now.x, x, n * sizeof(*x));
    s.evaluations = 1;
    TRY(problem->evaluate(problem->context, s.now.x, &s.now.value, s.now.gradient, err));
    int64_t iteration = 0;
    while (iteration < problem->max_iterations && max_abs(s.now.gradient, n) > problem->gradient_limit) {
        bool found;
        find_direction(&s);
        TRY(line_search(&s, &found, err));
        if (!found)
            break;
        remember(&s);
        struct point last = s.now;
        s.now = s.next;
        s.next = last;
        iteration++;
    }
    memcpy(x, s.now.x, n * sizeof(*x));
    *out = (struct lbfgs_result){iteration, s.evaluations, s.now.value, max_abs(s.now.gradient, n)};
    arena_release(arena, mark);
    return true;
}
