/* A value varies with the seed, with the lines of the test set, and with both together. With m the mean of n seeds:
 *
 *     B  variance of m over resamples of clusters, times C / (C - 1): lines, and 1/n of lines x seeds
 *     B1 the same of one seed's value, mean over seeds:                lines, and lines x seeds whole
 *     S  variance over seeds / n:                                      1/n of seeds, and 1/n of lines x seeds
 *
 * so I = (B1 - B) / (n - 1) is 1/n of lines x seeds, which S and B both hold; the variance of m over new seeds and new
 * lines is (S - I) + B (Gallas, Academic Radiology 2006, and Obuchowski and Rockette, Comm. Stat. 1995, for readers and
 * cases). The interval's half width h joins the two parts' own half widths,
 *
 *     h^2 = t(n - 1)^2 max(0, S - I) + t(f)^2 B,    1 / f = 1 / (C - 1) + 1 / (resamples - 1)
 *
 * (Howe, JASA 1974; Graybill and Wang, JASA 1980). One t with Welch-Satterthwaite's degrees of freedom fails where
 * seeds dominate: if 3 seeds agree by chance, both the variance and t come out small, and 90 to 92 % are covered. C is
 * the effective number of clusters (sum of sizes)^2 / (sum of squared sizes).
 *
 * Bounded metrics: the interval is m -+ h on the logit scale of the metric's bounds (log scale if there is no upper
 * one), by the delta method: near a bound m is skewed, and m -+ h covers 76 to 90 %. If m is at a bound, the interval
 * reaches from there to what C clusters would still have shown with a chance of 2.5 %: 1 - .025^(1 / C). A difference
 * has no bounds and is not skewed: m -+ h. Where nothing varied at all there is no interval, since [m, m] would claim
 * certainty.
 *
 * Covered is the mean of the metric over new seeds and new sets of as many lines.
 */
#include "evaluate/estimate.h"

#include <math.h>

/* The seeds that have a value, and the resamples in which all of them have one. */
struct sample {
    size_t n, n_resamples, n_drawn;
    double *value;     /* [n] */
    double **resample; /* [n] -> [n_resamples] */
};

/* 97.5 % quantile of Student's t: exact for 2 degrees of freedom; above, the expansion about the normal quantile
 * (Abramowitz and Stegun 26.7.5), .1 % off for 3 and less for more. */
static double t_quantile(double df)
{
    if (df <= 2)
        return 4.302652729696142;
    const double z = 1.959963984540054, z2 = z * z;
    double g1 = (z2 + 1) / 4, g2 = ((5 * z2 + 16) * z2 + 3) / 96, g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    double g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
    return z * (1 + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df);
}

static double mean_of(const double *value, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += value[i];
    return sum / (double)n;
}

/* About the first value, so that equal values have none at all. */
static double variance_of(const double *value, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += value[i] - value[0];
    for (size_t i = 0; i < n; i++) {
        double off = value[i] - value[0] - sum / (double)n;
        squares += off * off;
    }
    return squares / (double)(n - 1);
}

/* Of value, or of value - other if there is one. */
static struct sample take_sample(const double *value, const float *const *resample, const double *other,
                                 const float *const *other_resample, size_t n_seeds, size_t n_resamples,
                                 struct arena *arena)
{
    struct sample sample = {.n_drawn = n_resamples};
    size_t *seed = ARENA_ARRAY(arena, size_t, n_seeds);
    sample.value = ARENA_ARRAY(arena, double, n_seeds);
    sample.resample = ARENA_ARRAY(arena, double *, n_seeds);
    for (size_t i = 0; i < n_seeds; i++) {
        double x = other != NULL ? value[i] - other[i] : value[i];
        if (isnan(x))
            continue;
        seed[sample.n] = i;
        sample.value[sample.n] = x;
        sample.resample[sample.n++] = ARENA_ARRAY(arena, double, n_resamples);
    }
    for (size_t b = 0; b < n_resamples; b++) {
        bool whole = true;
        for (size_t k = 0; k < sample.n; k++) {
            size_t i = seed[k];
            double x = (double)resample[i][b] - (other != NULL ? (double)other_resample[i][b] : 0);
            sample.resample[k][sample.n_resamples] = x;
            whole = whole && !isnan(x);
        }
        sample.n_resamples += whole;
    }
    return sample;
}

static enum interval_state state_of(const struct sample *sample, double n_clusters)
{
    if (sample->n == 0)
        return INTERVAL_NO_VALUE;
    if (sample->n < ESTIMATE_LEAST_SEEDS)
        return INTERVAL_FEW_SEEDS;
    if (!(n_clusters >= ESTIMATE_LEAST_CLUSTERS))
        return INTERVAL_FEW_CLUSTERS;
    if (sample->n_resamples < ESTIMATE_LEAST_RESAMPLES || 2 * sample->n_resamples < sample->n_drawn)
        return INTERVAL_FEW_RESAMPLES;
    return INTERVAL_GIVEN;
}

static double half_width(const struct sample *sample, double n_clusters, struct arena *arena)
{
    size_t n = sample->n, n_resamples = sample->n_resamples;
    double *mean = ARENA_ZARRAY(arena, double, n_resamples);
    double factor = n_clusters / (n_clusters - 1), of_one = 0;
    for (size_t i = 0; i < n; i++) {
        of_one += factor * variance_of(sample->resample[i], n_resamples) / (double)n;
        for (size_t b = 0; b < n_resamples; b++)
            mean[b] += sample->resample[i][b] / (double)n;
    }
    double lines = factor * variance_of(mean, n_resamples);
    double both = fmax(0, of_one - lines) / (double)(n - 1);
    double seeds = fmax(0, variance_of(sample->value, n) / (double)n - both);
    double of_seeds = t_quantile((double)(n - 1));
    double of_lines = t_quantile(1 / (1 / (n_clusters - 1) + 1 / (double)(n_resamples - 1)));
    return sqrt(of_seeds * of_seeds * seeds + of_lines * of_lines * lines);
}

/* Sets the interval about out->mean, or the state that says why there is none. */
static void set_bounded(double half, double low, double high, double n_clusters, struct estimate *out)
{
    double above = out->mean - low, below = high - out->mean, range = high - low;
    double unseen = (1 - pow(0.025, 1 / n_clusters)) * range;
    if ((above <= 0 || below <= 0) && isinf(range)) {
        out->state = INTERVAL_NO_VARIATION;
    } else if (above <= 0) {
        out->low = low;
        out->high = low + unseen;
    } else if (below <= 0) {
        out->low = high - unseen;
        out->high = high;
    } else if (half <= 0) {
        out->state = INTERVAL_NO_VARIATION;
    } else if (isinf(range)) {
        out->low = low + above * exp(-half / above);
        out->high = low + above * exp(half / above);
    } else {
        double odds = below / above, factor = exp(half * range / (above * below));
        out->low = low + range / (1 + odds * factor);
        out->high = low + range / (1 + odds / factor);
    }
}

struct estimate estimate_mean(const double *value, const float *const *resample, size_t n_seeds, size_t n_resamples,
                              double n_clusters, double low, double high, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    struct sample sample = take_sample(value, resample, NULL, NULL, n_seeds, n_resamples, arena);
    struct estimate estimate = {NAN, NAN, NAN, sample.n, state_of(&sample, n_clusters)};
    if (sample.n > 0)
        estimate.mean = mean_of(sample.value, sample.n);
    if (estimate.state == INTERVAL_GIVEN)
        set_bounded(half_width(&sample, n_clusters, arena), low, high, n_clusters, &estimate);
    arena_release(arena, mark);
    return estimate;
}

struct estimate estimate_difference(const double *value, const float *const *resample, const double *other,
                                    const float *const *other_resample, size_t n_seeds, size_t n_resamples,
                                    double n_clusters, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    struct sample sample = take_sample(value, resample, other, other_resample, n_seeds, n_resamples, arena);
    struct estimate estimate = {NAN, NAN, NAN, sample.n, state_of(&sample, n_clusters)};
    if (sample.n > 0)
        estimate.mean = mean_of(sample.value, sample.n);
    if (estimate.state == INTERVAL_GIVEN) {
        double half = half_width(&sample, n_clusters, arena);
        if (half > 0) {
            estimate.low = estimate.mean - half;
            estimate.high = estimate.mean + half;
        } else {
            estimate.state = INTERVAL_NO_VARIATION;
        }
    }
    arena_release(arena, mark);
    return estimate;
}

const char *interval_state_text(enum interval_state state)
{
    switch (state) {
    case INTERVAL_GIVEN:
        return "";
    case INTERVAL_NO_VALUE:
        return "no seed has a value";
    case INTERVAL_FEW_SEEDS:
        return "fewer than 3 seeds";
    case INTERVAL_FEW_CLUSTERS:
        return "fewer than 10 effective clusters of lines";
    case INTERVAL_FEW_RESAMPLES:
        return "fewer than 50 resamples, or less than half of them, have a value";
    case INTERVAL_NO_VARIATION:
        return "nothing varied over seeds and resamples";
    }
    ASSERT(false);
}
