#include "histogram.h"

#include <string.h>

static const double min_gain = 1e-6; /* below it a gain may be rounding */

void histogram_build(const struct gbdt_bins *bins, const uint32_t *row, size_t n_rows, const int64_t *pair,
                     int64_t *histogram)
{
    memset(histogram, 0, bins->offset[bins->d] * sizeof(*histogram));
    int64_t total = 0;
    for (size_t k = 0; k < n_rows; k++) {
        size_t i = row[k];
        int64_t value = pair[i];
        const uint32_t *entry = bins->entry + bins->first[i];
        size_t n_entries = bins->first[i + 1] - bins->first[i];
        for (size_t e = 0; e < n_entries; e++)
            histogram[entry[e]] += value;
        total += value;
    }
    for (size_t j = 0; j < bins->d; j++) {
        int64_t others = 0;
        for (size_t b = bins->offset[j]; b < bins->offset[j + 1]; b++)
            others += histogram[b];
        histogram[bins->offset[j] + bins->common[j]] = total - others;
    }
}

struct split histogram_best_split(const struct gbdt_bins *bins, const int64_t *histogram, int64_t total,
                                  const struct split_rule *rule, size_t begin, size_t end)
{
    struct split best = {0};
    double all_gradient = (double)pair_gradient(total) * rule->gradient_unit;
    double all_hessian = (double)pair_hessian(total) * rule->hessian_unit;
    double before = all_gradient * all_gradient / (all_hessian + rule->l2);
    if (pair_hessian(total) < 2 * rule->min_hessian)
        return best;
    for (size_t j = begin; j < end; j++) {
        if (!rule->column[j])
            continue;
        const int64_t *bin = histogram + bins->offset[j];
        uint32_t last = bins->offset[j + 1] - bins->offset[j] - 1;
        int64_t left = 0;
        for (uint32_t b = 0; b < last; b++) {
            if (bin[b] == 0)
                continue;
            left += bin[b];
            int64_t left_hessian = pair_hessian(left), right_hessian = pair_hessian(total - left);
            if (left_hessian < rule->min_hessian)
                continue;
            if (right_hessian < rule->min_hessian)
                break;
            double gl = (double)pair_gradient(left) * rule->gradient_unit, gr = all_gradient - gl;
            double hl = (double)left_hessian * rule->hessian_unit + rule->l2;
            double hr = (double)right_hessian * rule->hessian_unit + rule->l2;
            double gain = (gl * gl * hr + gr * gr * hl) / (hl * hr) - before;
            if (gain > min_gain && gain > best.gain)
                best = (struct split){gain, left, (uint32_t)j, b};
        }
    }
    return best;
}
