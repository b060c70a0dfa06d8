#include "mpi_test.h"

#include "features/near_pairs.h"
#include "support/hash.h"
#include "support/rng.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 24, MOST = 900 };

/* Byte i of the line, less 128, is column i. */
static size_t bytes_width(const void *params)
{
    (void)params;
    return WIDTH;
}

static void bytes_row(const void *params, const void *state, struct str line, float *out)
{
    (void)params, (void)state;
    for (size_t i = 0; i < WIDTH; i++)
        out[i] = i < line.n ? (float)((unsigned char)line.p[i] - 128) : 0;
}

/* The same, but each line must have been fetched here: the state is this rank's lines. */
static bool bytes_fetch(const struct comm *comm, const void *params, const struct line_view *lines, struct arena *arena,
                        void **state, struct error *err)
{
    (void)params, (void)arena;
    bool bad = false;
    for (size_t i = 0; i < lines->n; i++)
        bad = bad || lines->text[i].n > WIDTH;
    int64_t n_bad = bad;
    reduce_sum_i64(comm, &n_bad, 1);
    *state = (void *)(uintptr_t)lines;
    return n_bad == 0 || fail(err, ERROR_NETWORK, "a line is too long for the server");
}

static void fetched_row(const void *params, const void *state, struct str line, float *out)
{
    const struct line_view *lines = state;
    bool found = false;
    for (size_t i = 0; i < lines->n; i++)
        found = found || lines->text[i].p == line.p;
    ASSERT(found);
    bytes_row(params, NULL, line, out);
}

static const struct extractor bytes = {
    .plugin = {.name = "bytes", .summary = "bytes"}, .width = bytes_width, .row = bytes_row};
static const struct extractor fetched = {.plugin = {.name = "fetched", .summary = "bytes from a server"},
                                         .width = bytes_width,
                                         .fetch = bytes_fetch,
                                         .row = fetched_row};
static const struct choice bytes_choice[] = {{&bytes.plugin, NULL}}, fetched_choice[] = {{&fetched.plugin, NULL}};
static const struct feature_set bytes_set = {.n = 1, .d = WIDTH, .extractor = bytes_choice};
static const struct feature_set fetched_set = {.n = 1, .d = WIDTH, .extractor = fetched_choice};

struct trial {
    int64_t n;
    uint64_t seed, families, noise;
    double malicious;
    const struct feature_set *set;
};

static uint8_t class_of(const struct trial *trial, int64_t i)
{
    return rng_unit(trial->seed, 1, (uint64_t)i) < trial->malicious;
}

/* Lines of a family differ by noise; every 50th is all zeros. */
static struct str text_of(const struct trial *trial, int64_t row, struct arena *arena)
{
    char *text = arena_bytes(arena, WIDTH);
    uint64_t family = rng_below(trial->seed, 2, (uint64_t)row, trial->families);
    for (size_t i = 0; i < WIDTH; i++) {
        uint64_t base = rng_below(trial->seed, 3, family * WIDTH + i, 200);
        char byte = (char)(10 + base + rng_below(trial->seed, 4, (uint64_t)row * WIDTH + i, trial->noise));
        text[i] = row % 50 == 7 ? (char)128 : byte;
    }
    return (struct str){text, WIDTH};
}

/* Any rank but the last may get any line; the last of several has none. */
static void cluster_here(const struct comm *comm, const struct trial *trial, struct arena *arena, uint32_t *cluster)
{
    uint64_t n_ranks = (uint64_t)comm_size(comm), owners = n_ranks > 1 ? n_ranks - 1 : 1;
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)trial->n);
    struct str *text = ARENA_ARRAY(arena, struct str, (size_t)trial->n);
    uint8_t *y = ARENA_ARRAY(arena, uint8_t, (size_t)trial->n);
    size_t n = 0;
    for (int64_t i = trial->n - 1; i >= 0; i--) {
        if (rng_below(trial->seed, 5, (uint64_t)i, owners) != (uint64_t)comm_rank(comm))
            continue;
        row[n] = i;
        text[n] = text_of(trial, i, arena);
        y[n++] = class_of(trial, i);
    }
    struct line_view lines = {.n = n, .row = row, .text = text};
    struct error err;
    if (!near_clusters(comm, trial->set, &lines, y, trial->n, 0.8, arena, cluster, &err))
        abort();
}

/* Every pair in double; the lowest number spreads until nothing changes. */
static void cluster_naively(const struct trial *trial, struct arena *arena, uint32_t *cluster)
{
    size_t n = (size_t)trial->n;
    double(*x)[WIDTH] = arena_alloc(arena, n, sizeof *x), *square = ARENA_ZARRAY(arena, double, n);
    for (size_t i = 0; i < n; i++) {
        float row[WIDTH];
        bytes_row(NULL, NULL, text_of(trial, (int64_t)i, arena), row);
        for (size_t c = 0; c < WIDTH; c++) {
            x[i][c] = (double)row[c];
            square[i] += x[i][c] * x[i][c];
        }
        cluster[i] = (uint32_t)i;
    }
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < i; j++) {
                double product = 0;
                for (size_t c = 0; c < WIDTH; c++)
                    product += x[i][c] * x[j][c];
                if (class_of(trial, (int64_t)i) != class_of(trial, (int64_t)j) || cluster[i] == cluster[j] ||
                    !(product / sqrt(square[i] * square[j]) >= 0.8))
                    continue;
                uint32_t least = cluster[i] < cluster[j] ? cluster[i] : cluster[j];
                cluster[i] = cluster[j] = least;
                moved = true;
            }
    }
}

static const struct trial trials[] = {
    {.n = 1, .seed = 1, .families = 1, .noise = 1, .malicious = 0.5, .set = &bytes_set},
    {.n = 200, .seed = 2, .families = 20, .noise = 40, .malicious = 1, .set = &bytes_set},
    {.n = 300, .seed = 3, .families = 40, .noise = 55, .malicious = 0, .set = &fetched_set},
    {.n = MOST, .seed = 4, .families = 300, .noise = 55, .malicious = 0.3, .set = &bytes_set},
    {.n = MOST, .seed = 5, .families = 3, .noise = 20, .malicious = 0.6, .set = &fetched_set},
};

static void test_same_as_every_pair(void **state)
{
    const struct comm *world = *state;
    static uint32_t cluster[MOST], naive[MOST];
    for (size_t t = 0; t < ARRAY_LEN(trials); t++) {
        struct arena *arena = arena_new();
        size_t bytes_n = (size_t)trials[t].n * sizeof *cluster;
        cluster_here(world, &trials[t], arena, cluster);
        cluster_naively(&trials[t], arena, naive);
        assert_all(world, memcmp(cluster, naive, bytes_n) == 0);
        arena_free(arena);
    }
}

static uint64_t digest(const struct comm *comm, void *context)
{
    static uint32_t cluster[MOST];
    const struct trial *trial = context;
    struct arena *arena = arena_new();
    cluster_here(comm, trial, arena, cluster);
    arena_free(arena);
    return hash64((struct str){(const char *)cluster, (size_t)trial->n * sizeof *cluster}, 0);
}

static void test_any_ranks(void **state)
{
    const struct comm *world = *state;
    for (size_t t = 0; t < ARRAY_LEN(trials); t++) {
        struct trial trial = trials[t];
        assert_same_on_any_ranks(world, digest, &trial);
    }
}

static void test_no_lines(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct line_view lines = {0};
    uint32_t cluster[1] = {7};
    struct error err;
    assert_all(world, near_clusters(world, &bytes_set, &lines, NULL, 0, 0.8, arena, cluster, &err));
    assert_all(world, cluster[0] == 7);
    arena_free(arena);
}

static void test_a_set_that_cannot_be_fetched(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    char text[WIDTH + 1] = {0};
    const struct str line = {text, WIDTH + 1};
    const int64_t row = 0;
    const uint8_t y = 0;
    uint32_t cluster[1];
    struct line_view lines = {.n = comm_rank(world) == 0, .row = &row, .text = &line};
    struct error err;
    assert_all(world, !near_clusters(world, &fetched_set, &lines, &y, 1, 0.8, arena, cluster, &err));
    assert_all(world, err.code == ERROR_NETWORK);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_every_pair),
        cmocka_unit_test(test_any_ranks),
        cmocka_unit_test(test_no_lines),
        cmocka_unit_test(test_a_set_that_cannot_be_fetched),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
