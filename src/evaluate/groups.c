#include "ranking.h"

#include "support/sort.h"

#include <math.h>

/* Lines of one group by falling score: line[n]. */
static struct group_value judge_group(const struct scored *test, double threshold, const uint32_t *line, size_t n)
{
    uint64_t seen[2] = {0}, flagged[2] = {0}, twice_area = 0;
    for (size_t i = 0; i < n;) {
        uint64_t step[2] = {0};
        double score = test->score[line[i]];
        for (; i < n && test->score[line[i]] == score; i++)
            step[test->set->y[line[i]]]++;
        twice_area += step[0] * (2 * seen[1] + step[1]);
        for (int c = 0; c < 2; c++) {
            seen[c] += step[c];
            flagged[c] += score >= threshold ? step[c] : 0;
        }
    }
    bool stated = !isnan(threshold);
    double benign = (double)seen[0], malicious = (double)seen[1];
    return (struct group_value){.n_benign = (int64_t)seen[0],
                                .n_malicious = (int64_t)seen[1],
                                .fpr = stated && seen[0] > 0 ? (double)flagged[0] / benign : NAN,
                                .tpr = stated && seen[1] > 0 ? (double)flagged[1] / malicious : NAN,
                                .auc = seen[0] > 0 && seen[1] > 0 ? (double)twice_area / 2 / benign / malicious : NAN};
}

void judge_groups(const struct scored *test, double threshold, const uint32_t *group, size_t n_groups,
                  struct arena *arena, struct group_value *out)
{
    struct arena_mark mark = arena_mark(arena);
    size_t n = test->set->n;
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n);
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, n), *line = ARENA_ARRAY(arena, uint32_t, n);
    size_t *end = ARENA_ZARRAY(arena, size_t, n_groups); /* where the next line of the group goes */
    for (size_t i = 0; i < n; i++) {
        ASSERT(group[i] < n_groups && !isnan(test->score[i]));
        key[i] = ~sort_key_f64(test->score[i]);
        if (group[i] + 1 < n_groups)
            end[group[i] + 1]++;
    }
    for (size_t g = 1; g < n_groups; g++)
        end[g] += end[g - 1];
    sort_order_u64(key, n, order, arena);
    for (size_t i = 0; i < n; i++)
        line[end[group[order[i]]]++] = order[i];
    for (size_t g = 0; g < n_groups; g++) {
        size_t first = g > 0 ? end[g - 1] : 0;
        out[g] = judge_group(test, threshold, line + first, end[g] - first);
    }
    arena_release(arena, mark);
}

double area_under_time(const double *value, size_t n)
{
    double sum = 0;
    for (size_t i = 1; i < n; i++)
        sum += (value[i - 1] + value[i]) / 2;
    return n >= 2 ? sum / (double)(n - 1) : NAN;
}
