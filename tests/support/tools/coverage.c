/* Prints how often 95 % intervals hold the truth in made-up two-way designs (coverage_test.h), one line a design and
 * count of seeds: coverage and mean width of each metric's mean and paired difference, in percent and as they are.
 *
 *   coverage SIMULATIONS RESAMPLES SHIFT CLUSTERS [PART PARTS] prints designs PART, PART + PARTS, ... of a row of six
 */
#include "../coverage_test.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    double seeds;
} sources[] = {{"lines", 0.2}, {"both", 1}, {"seeds", 4}};

static void print_head(void)
{
    printf("# clusters sizes variance seeds");
    for (size_t k = 0; k < COVERAGE_METRICS; k++)
        printf(" | %-10s cover excess  width  diff. excess  width", metrics[coverage_metrics[k]].name);
    printf("\n");
}

static void print_run(const struct coverage_design *design, const char *source, const struct coverage_run *run)
{
    for (size_t s = 0; s < COVERAGE_SEED_COUNTS; s++) {
        printf("%10zu %-6s %-7s %5zu", design->clusters, design->skewed ? "skewed" : "equal", source,
               coverage_seeds[s]);
        for (size_t k = 0; k < COVERAGE_METRICS; k++) {
            printf(" | %10.5f", run->truth[k][0]);
            for (size_t a = 0; a < COVERAGE_ARMS; a++) {
                double width, covered = 100 * coverage_of(run, s, k, a, &width);
                printf(" %5.1f %6.1f %6.4f", covered, fmax(0, covered - 95), width);
            }
        }
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 7) {
        fprintf(stderr, "usage: coverage SIMULATIONS RESAMPLES SHIFT CLUSTERS [PART PARTS]\n");
        return EXIT_FAILURE;
    }
    size_t n = (size_t)strtoul(argv[1], NULL, 10), n_resamples = (size_t)strtoul(argv[2], NULL, 10);
    size_t part = argc == 7 ? (size_t)strtoul(argv[5], NULL, 10) : 0;
    size_t parts = argc == 7 ? (size_t)strtoul(argv[6], NULL, 10) : 1;
    struct coverage_design design = {.shift = strtod(argv[3], NULL), .clusters = (size_t)strtoul(argv[4], NULL, 10)};
    struct arena *arena = arena_new();
    if (part == 0)
        print_head();
    for (size_t i = part; i < 2 * ARRAY_LEN(sources); i += parts) {
        struct coverage_run run;
        struct arena_mark mark = arena_mark(arena);
        design.skewed = i % 2;
        design.seeds = sources[i / 2].seeds;
        coverage_all(&design, 100 * design.clusters + i, n, COVERAGE_SEED_COUNTS, n_resamples, arena, &run);
        print_run(&design, sources[i / 2].name, &run);
        arena_release(arena, mark);
    }
    arena_free(arena);
    return EXIT_SUCCESS;
}
