/* A detector on made-up rows, dealt to ranks in several ways. */
#ifndef TRIAL_H
#define TRIAL_H

#include "mpi_test.h"

#include "comm/digest.h"
#include "comm/topk.h"
#include "detect/detector.h"
#include "normal.h"
#include "support/rng.h"

enum fill { GAUSSIAN, PLANTED, EQUAL, SOME_CONSTANT };
enum deal { ROUND, BLOCKS, MIXED, LAST_EMPTY };

enum { PLANTED_EVERY = 50 };

struct trial {
    const char *detector; /* JSON */
    int64_t n;
    size_t d;
    enum fill fill;
    enum deal deal;
    uint64_t seed;
};

static inline bool is_planted(int64_t row)
{
    return row % PLANTED_EVERY == 7;
}

static inline float value(const struct trial *input, int64_t row, size_t c)
{
    double normal = normal_number(99, 1, (uint64_t)row * input->d + c);
    switch (input->fill) {
    case EQUAL:
        return 1.5F;
    case SOME_CONSTANT:
        return c % 2 == 0 ? -3.0F : (float)normal;
    case PLANTED:
        return (float)(is_planted(row) ? normal * 0.5 + (rng_u64(99, 2, (uint64_t)row) % 2 == 0 ? 6 : -6) : normal);
    case GAUSSIAN:
        break;
    }
    return (float)normal;
}

static inline int owner(const struct trial *input, int64_t row, int size)
{
    switch (input->deal) {
    case ROUND:
        return (int)(row % size);
    case BLOCKS:
        return (int)(row * size / input->n);
    case MIXED:
        return (int)(rng_u64(5, 6, (uint64_t)row) % (uint64_t)size);
    case LAST_EMPTY:
        break;
    }
    return size == 1 ? 0 : (int)(row % (size - 1));
}

/* Rows of this rank; every other deal hands them over in falling order. */
static inline struct rows make_rows(const struct comm *comm, const struct trial *input, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)input->n);
    float *dense = ARENA_ARRAY(arena, float, (size_t)input->n * input->d);
    size_t n = 0;
    for (int64_t i = 0; i < input->n; i++) {
        int64_t r = input->deal == MIXED ? input->n - 1 - i : i;
        if (owner(input, r, comm_size(comm)) != comm_rank(comm))
            continue;
        for (size_t c = 0; c < input->d; c++)
            dense[n * input->d + c] = value(input, r, c);
        row[n++] = r;
    }
    return (struct rows){.n = n, .d = input->d, .row = row, .dense = dense};
}

static inline struct choice detector_choice(const struct comm *comm, const char *json, struct arena *arena)
{
    struct choice choice;
    struct error err;
    struct json_doc *doc;
    bool known = json_parse(str_of(json), "test", false, &doc, &err) &&
                 plugin_choose(detector_list(), doc, json_root(doc), arena, &choice, &err);
    assert_all(comm, known);
    json_free(doc);
    return choice;
}

static inline double *scores(const struct comm *comm, const struct trial *input, struct rows *rows, struct arena *arena)
{
    struct error err;
    struct choice choice = detector_choice(comm, input->detector, arena);
    *rows = make_rows(comm, input, arena);
    double *score = ARENA_ARRAY(arena, double, rows->n);
    assert_all(comm, detect_score(comm, &choice, rows, input->seed, arena, score, &err));
    return score;
}

/* A model of the rows x[n * d], all of them on rank 0, that can score anything. */
struct fitted {
    const struct detector *detector;
    void *model;
    size_t d;
};

static inline struct fitted fit_rows(const struct comm *comm, const char *json, const float *x, size_t n, size_t d,
                                     struct arena *arena)
{
    struct choice choice = detector_choice(comm, json, arena);
    struct fitted fitted = {.detector = (const struct detector *)(const void *)choice.plugin, .d = d};
    int64_t *row = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        row[i] = (int64_t)i;
    struct rows rows = {.n = comm_rank(comm) == 0 ? n : 0, .d = d, .row = row, .dense = x};
    struct error err;
    assert_all(comm, fitted.detector->fit(comm, &rows, choice.params, 1, arena, &fitted.model, &err));
    return fitted;
}

static inline void score_rows(const struct fitted *fitted, const float *x, size_t n, double *score)
{
    struct rows rows = {.n = n, .d = fitted->d, .dense = x};
    fitted->detector->score(fitted->model, &rows, 0, n, x, score);
}

/* A row's bits must not depend on where in a block it lies or on what lies beside it. */
static inline void assert_scores_ignore_blocks(const struct comm *comm, const char *json, size_t d)
{
    enum { N = 301 };
    static const size_t block[] = {1, 2, 3, 5, 7, 16, 64, 100, 256};
    struct arena *arena = arena_new();
    struct trial input = {.n = N, .d = d, .fill = PLANTED};
    float *x = ARENA_ARRAY(arena, float, N *d);
    for (size_t i = 0; i < N * d; i++)
        x[i] = value(&input, (int64_t)(i / d), i % d);
    struct fitted fitted = fit_rows(comm, json, x, N, d, arena);
    double whole[N], part[N];
    score_rows(&fitted, x, N, whole);
    bool same = true;
    for (size_t b = 0; b < ARRAY_LEN(block); b++) {
        for (size_t first = 0; first < N; first += block[b]) {
            size_t n = min_size(block[b], N - first);
            float *moved = ARENA_ARRAY(arena, float, n *d + 1) + b % 2; /* other alignments, too */
            memcpy(moved, x + first * d, n * d * sizeof *moved);
            score_rows(&fitted, moved, n, part + first);
        }
        same &= memcmp(whole, part, sizeof whole) == 0;
    }
    assert_all(comm, same);
    arena_free(arena);
}

static inline uint64_t score_digest(const struct comm *comm, void *context)
{
    struct arena *arena = arena_new();
    struct rows rows;
    double *score = scores(comm, context, &rows, arena);
    uint64_t digest = digest_rows(comm, score, sizeof *score, rows.row, rows.n);
    arena_free(arena);
    return digest;
}

/* Average precision of the planted rows, on every rank. */
static inline double average_precision(const struct comm *comm, const struct trial *input)
{
    struct arena *arena = arena_new();
    struct rows rows;
    double *score = scores(comm, input, &rows, arena), sum = 0;
    struct ranked_list list;
    struct error err;
    assert_all(comm, topk_best(comm, score, rows.row, rows.n, (size_t)input->n, arena, &list, &err));
    size_t hits = 0;
    for (size_t i = 0; i < list.n; i++)
        if (is_planted(list.item[i].row)) {
            hits++;
            sum += (double)hits / (double)(i + 1);
        }
    arena_free(arena);
    return hits == 0 ? 0 : sum / (double)hits;
}

/* Every deal of the rows, on every number of ranks (this program's own included), gives the same scores; returns their
 * digest. */
static inline uint64_t assert_same_bits(const struct comm *world, struct trial *input)
{
    uint64_t first = 0;
    struct comm *alone = comm_first(world, 1);
    input->deal = ROUND;
    if (alone != NULL)
        first = score_digest(alone, input);
    comm_free(alone);
    comm_bcast(world, &first, sizeof first, 0);
    for (input->deal = ROUND; input->deal <= LAST_EMPTY; input->deal++) {
        assert_same_on_any_ranks(world, score_digest, input);
        assert_all(world, score_digest(world, input) == first);
    }
    return first;
}

#endif
