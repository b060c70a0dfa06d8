/* Two things are sampled: seeds (what was picked and trained) and the lines of a test. With m the mean over S seeds,
 *
 *     V = V_seeds + V_lines,   V_seeds = s^2 / S   (s: deviation of the seeds' values on the whole test),
 *                              V_lines = variance of m over resamples of clusters of lines, times C / (C - 1),
 *
 * where the seeds share each resample and C is the effective number of clusters. The interaction of seeds and lines is
 * in both parts, so V errs to the safe side (Owen 2007, "The pigeonhole bootstrap", shows the same for two-way
 * resampling). The interval is m +- t sqrt(V), t with the degrees of freedom of Satterthwaite (1946), (S - 1 and C -
 * 1); for numbers in [0, 1] on the logit scale by the delta method, so that it stays inside. A mean at a bound has no
 * deviation: then it is the exact interval of no event among C (Clopper and Pearson 1934). Simulated coverage:
 * results/reference/coverage.txt. */
#include "evaluate/estimate.h"

#include <math.h>

/* 0.975 quantile of Student's t with any degrees of freedom from 1 on: Hill (1970), Algorithm 396. */
static double student_quantile(double df)
{
    const double half_pi = 1.5707963267948966, p = 0.05;
    if (df < 1)
        df = 1;
    double a = 1 / (df - 0.5), b = (48 / (a * a));
    double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
    double d = ((94.5 / (b + c) - 3) / b + 1) * sqrt(a * half_pi) * df;
    double x = d * p, y = pow(x, 2 / df);
    if (y > 0.05 + a) {
        x = -1.959963984540054;
        y = x * x;
        if (df < 5)
            c += 0.3 * (df - 4.5) * (x + 0.6);
        c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
        y = expm1(a * y * y);
    } else {
        y = ((1 / (((df + 6) / (df * y) - 0.089 * d - 0.822) * (df + 2) * 3) + 0.5 / (df + 4)) * y - 1) * (df + 1) /
                (df + 2) +
            1 / y;
    }
    return sqrt(df * y);
}

struct spread {
    double mean, variance, df;
    size_t n;
};

/* of[n]: places of the seeds that have a value. */
static double mean_of_resample(const float *const *resample, const float *const *other, const size_t *of, size_t n,
                               size_t r)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)resample[of[i]][r] - (other ? (double)other[of[i]][r] : 0);
    return sum / (double)n;
}

static double variance_of_lines(const float *const *resample, const float *const *other, const size_t *of, size_t n,
                                size_t n_resamples)
{
    double sum = 0, squares = 0;
    size_t used = 0;
    for (size_t r = 0; r < n_resamples; r++) {
        double mean = mean_of_resample(resample, other, of, n, r);
        if (isnan(mean)) /* a resample without what the metric needs */
            continue;
        used++;
        double before = used > 1 ? sum / (double)(used - 1) : 0;
        sum += mean;
        squares += (mean - before) * (mean - sum / (double)used);
    }
    return used > 1 ? squares / (double)(used - 1) : (double)NAN;
}

static struct spread spread_of(const double *value, const float *const *resample, const double *other,
                               const float *const *other_resample, size_t n_seeds, size_t n_resamples,
                               double n_clusters, struct arena *arena)
{
    size_t *of = ARENA_ARRAY(arena, size_t, n_seeds);
    struct spread out = {.mean = NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n_seeds; i++)
        if (!isnan(value[i]) && !(other && isnan(other[i]))) {
            of[out.n++] = i;
            sum += value[i] - (other ? other[i] : 0);
        }
    if (out.n == 0)
        return out;
    out.mean = sum / (double)out.n;
    for (size_t k = 0; k < out.n; k++) {
        double x = value[of[k]] - (other ? other[of[k]] : 0) - out.mean;
        squares += x * x;
    }
    if (out.n < ESTIMATE_LEAST_SEEDS || !(n_clusters >= ESTIMATE_LEAST_CLUSTERS))
        return out;
    double seeds = squares / (double)(out.n - 1) / (double)out.n;
    double lines = variance_of_lines(resample, other_resample, of, out.n, n_resamples) * n_clusters / (n_clusters - 1);
    out.variance = seeds + lines;
    out.df = out.variance * out.variance / (seeds * seeds / (double)(out.n - 1) + lines * lines / (n_clusters - 1));
    return out;
}

static enum interval_state state_of(const struct spread *spread, double n_clusters)
{
    if (spread->n == 0)
        return INTERVAL_NO_VALUE;
    if (spread->n < ESTIMATE_LEAST_SEEDS)
        return INTERVAL_FEW_SEEDS;
    return n_clusters >= ESTIMATE_LEAST_CLUSTERS ? INTERVAL_GIVEN : INTERVAL_FEW_CLUSTERS;
}

static void plain_interval(const struct spread *spread, struct estimate *out)
{
    double wide = spread->variance > 0 ? student_quantile(spread->df) * sqrt(spread->variance) : 0;
    out->low = spread->mean - wide;
    out->high = spread->mean + wide;
}

static void logit_interval(const struct spread *spread, double n_clusters, struct estimate *out)
{
    const double m = spread->mean, at_bound = -expm1(log(0.025) / n_clusters);
    if (m <= 0 || m >= 1) {
        out->low = m <= 0 ? 0 : 1 - at_bound;
        out->high = m <= 0 ? at_bound : 1;
        return;
    }
    double wide = spread->variance > 0 ? student_quantile(spread->df) * sqrt(spread->variance) / (m * (1 - m)) : 0;
    double logit = log(m / (1 - m));
    out->low = 1 / (1 + exp(wide - logit));
    out->high = 1 / (1 + exp(-wide - logit));
}

static void log_interval(const struct spread *spread, struct estimate *out)
{
    const double m = spread->mean;
    out->low = m > 0 ? m * exp(-student_quantile(spread->df) * sqrt(spread->variance) / m) : 0;
    out->high = m > 0 ? m * exp(student_quantile(spread->df) * sqrt(spread->variance) / m) : (double)NAN;
}

struct estimate estimate_mean(const double *value, const float *const *resample, size_t n_seeds, size_t n_resamples,
                              double n_clusters, double low, double high, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    struct spread spread = spread_of(value, resample, NULL, NULL, n_seeds, n_resamples, n_clusters, arena);
    struct estimate out = {spread.mean, NAN, NAN, spread.n, state_of(&spread, n_clusters)};
    arena_release(arena, mark);
    if (out.state != INTERVAL_GIVEN || isnan(spread.variance))
        return out;
    if (low == 0 && high == 1)
        logit_interval(&spread, n_clusters, &out);
    else if (low == 0)
        log_interval(&spread, &out);
    else
        plain_interval(&spread, &out);
    return out;
}

struct estimate estimate_difference(const double *value, const float *const *resample, const double *other,
                                    const float *const *other_resample, size_t n_seeds, size_t n_resamples,
                                    double n_clusters, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    struct spread spread = spread_of(value, resample, other, other_resample, n_seeds, n_resamples, n_clusters, arena);
    struct estimate out = {spread.mean, NAN, NAN, spread.n, state_of(&spread, n_clusters)};
    arena_release(arena, mark);
    if (out.state == INTERVAL_GIVEN && !isnan(spread.variance))
        plain_interval(&spread, &out);
    return out;
}

const char *interval_state_text(enum interval_state state)
{
    static const char *const text[] = {"", "no value", "fewer than 3 seeds", "fewer than 10 clusters"};
    return text[state];
}
