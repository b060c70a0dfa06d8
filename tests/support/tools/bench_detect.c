/* Times one detector on a matrix of float32 in a file, on this one rank.
 *
 *   bench_detect MATRIX COLUMNS DETECTOR SCORES SEED DETECTOR: JSON; prints CPU seconds of fit and of scoring
 *   bench_detect MATRIX COLUMNS lloyd K START END    k-means++ start, then Lloyd's passes; START and END receive the
 *                                                    centroids as float64, after columns were standardised
 *
 * SCORES receives a float64 a row. */
#include "../../../src/detect/kmeans_fit.h"

#include "detect/detector.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void give_up(const char *what)
{
    fprintf(stderr, "bench_detect: %s\n", what);
    exit(EXIT_FAILURE);
}

static struct rows read_rows(const char *path, size_t d, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || d == 0 || fseek(file, 0, SEEK_END) != 0)
        give_up("cannot read the matrix");
    long bytes = ftell(file);
    size_t n = (size_t)(bytes > 0 ? bytes : 0) / (d * sizeof(float));
    float *x = ARENA_ARRAY(arena, float, n *d);
    rewind(file);
    if (n == 0 || fread(x, d * sizeof *x, n, file) != n)
        give_up("the matrix has no whole row");
    fclose(file);
    int64_t *row = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        row[i] = (int64_t)i;
    return (struct rows){.n = n, .d = d, .row = row, .dense = x};
}

static void write_reals(const char *path, const double *value, size_t n)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(value, sizeof *value, n, file) != n || fclose(file) != 0)
        give_up("cannot write the result");
}

static struct choice read_choice(const char *text, struct arena *arena)
{
    struct json_doc *doc;
    struct error err;
    struct choice choice;
    if (!json_parse(str_of(text), "detector", false, &doc, &err) ||
        !plugin_choose(detector_list(), doc, json_root(doc), arena, &choice, &err))
        give_up(err.message);
    json_free(doc);
    return choice;
}

static void time_detector(const struct comm *world, const struct rows *rows, const char *text, const char *path,
                          uint64_t seed, struct arena *arena)
{
    enum { BLOCK = 256 };
    struct choice choice = read_choice(text, arena);
    const struct detector *detector = (const struct detector *)(const void *)choice.plugin;
    double *score = ARENA_ZARRAY(arena, double, rows->n);
    float *x = ARENA_ARRAY(arena, float, BLOCK * rows->d);
    void *model;
    struct error err;
    double start = cpu_seconds();
    if (!detector->fit(world, rows, choice.params, seed, arena, &model, &err))
        give_up(err.message);
    double fitted = cpu_seconds();
    for (size_t first = 0; first < rows->n; first += BLOCK) {
        size_t n = min_size(BLOCK, rows->n - first);
        rows_fill(rows, first, n, x);
        detector->score(model, rows, first, n, x, score + first);
    }
    double scored = cpu_seconds();
    write_reals(path, score, rows->n);
    printf("fit %.6f score %.6f\n", fitted - start, scored - fitted);
}

static void time_lloyd(const struct comm *world, const struct rows *rows, size_t k, const char *start_path,
                       const char *end_path, struct arena *arena)
{
    struct column_scale scale;
    struct error err;
    struct rows sample = row_sample(world, rows, rows->n, 1, 1, arena);
    struct sample_part part = sample_part(world, &sample);
    float *z = sample_part_fill(&part, arena);
    if (!column_scale_fit(world, &part, z, true, arena, &scale, &err))
        give_up(err.message);
    column_scale_float(&scale, z, part.n, z);
    struct kmeans_data data = {.part = part, .scale = &scale, .z = z};
    struct kmeans_limits limits = {50, 1e-4};
    double *centroid = ARENA_ARRAY(arena, double, k * rows->d);
    size_t iterations;
    double start = cpu_seconds();
    size_t found = kmeans_start(world, &data, k, 1, arena, centroid);
    double started = cpu_seconds();
    write_reals(start_path, centroid, found * rows->d);
    double ready = cpu_seconds();
    if (!kmeans_lloyd(world, &data, found, &limits, arena, centroid, &iterations, &err))
        give_up(err.message);
    double done = cpu_seconds();
    write_reals(end_path, centroid, found * rows->d);
    printf("start %.6f lloyd %.6f iterations %zu\n", started - start, done - ready, iterations);
}

int main(int argc, char **argv)
{
    struct comm *world;
    struct error err;
    if (!comm_start(&argc, &argv, &world, &err))
        give_up(err.message);
    if (argc != 6 && argc != 7)
        give_up("usage: bench_detect MATRIX COLUMNS DETECTOR SCORES SEED | MATRIX COLUMNS lloyd K START END");
    struct arena *arena = arena_new();
    struct rows rows = read_rows(argv[1], (size_t)strtoul(argv[2], NULL, 10), arena);
    if (argc == 7)
        time_lloyd(world, &rows, (size_t)strtoul(argv[4], NULL, 10), argv[5], argv[6], arena);
    else
        time_detector(world, &rows, argv[3], argv[4], strtoul(argv[5], NULL, 10), arena);
    arena_free(arena);
    comm_stop(world);
    return EXIT_SUCCESS;
}
