/* Do the intervals of a sweep hold what they promise? Prints coverage by cell: coverage SIMULATIONS RESAMPLES [PART OF]
 */
#include "../coverage_test.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRUTH_SIMULATIONS = 4000 };

static void print_cells(const struct coverage_design *design, const struct coverage_count *count)
{
    for (size_t s = 0; s < COVERAGE_SEED_COUNTS; s++) {
        printf("%8zu  %-6s  %5.1f  %5zu ", design->clusters, design->skewed ? "skewed" : "equal", design->seeds,
               coverage_seeds[s]);
        for (size_t k = 0; k < COVERAGE_METRICS; k++)
            printf("  %5.1f %5.1f %6.3f", 100 * (double)count->mean[s][k] / (double)count->n,
                   100 * (double)count->difference[s][k] / (double)count->n, count->width[s][k] / (double)count->n);
        printf("\n");
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const size_t clusters[] = {10, 20, 50, 200, 500};
    static const double by_seeds[] = {0.3, 1, 3};
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000,
                 n_resamples = argc > 2 ? strtoul(argv[2], NULL, 10) : 200;
    const size_t part = argc > 4 ? strtoul(argv[3], NULL, 10) : 0, of = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
    struct arena *arena = arena_new();
    size_t number = 0;
    for (size_t c = 0; c < ARRAY_LEN(clusters); c++)
        for (int skewed = 0; skewed < 2; skewed++)
            for (size_t v = 0; v < ARRAY_LEN(by_seeds); v++) {
                const struct coverage_design design = {clusters[c], skewed, by_seeds[v], 1.5};
                struct coverage_count count = {0};
                double truth[COVERAGE_ARMS][METRIC_COUNT];
                if (number++ % of != part)
                    continue;
                coverage_truth(&design, TRUTH_SIMULATIONS, arena, truth);
                for (size_t i = 0; i < n; i++)
                    coverage_count(&design, i, COVERAGE_MOST_SEEDS, n_resamples, truth, arena, &count);
                print_cells(&design, &count);
            }
    arena_free(arena);
    return 0;
}
