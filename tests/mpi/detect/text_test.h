/* Made lines, dealt to ranks in several ways, and plain counting to check detectors of texts against. */
#ifndef TEXT_TEST_H
#define TEXT_TEST_H

#include "mpi_test.h"

#include "comm/digest.h"
#include "detect/detector.h"
#include "support/rng.h"

#include <math.h>

enum { TEXT_LINES = 80, TEXT_TERMS = 2000, TEXT_TERM_BYTES = 40 };
enum deal { ROUND, REVERSED, MIXED, ONE_RANK };

/* Few words, many repeats, some of them in one line only; digits, case and signs; a few lines without any token. */
static inline struct str text_line(int64_t row, struct arena *arena)
{
    static const char *const word[] = {"cmd", "/c", "Echo", "a1", "a2", "x.y", "--", "set", "CMD", "%p%"};
    struct buf line = {.limit = 4096};
    struct rng_state rng = rng_start(31, 32, (uint64_t)row);
    size_t words = (size_t)rng_next_below(&rng, 12);
    buf_add_str(&line, STR(" "));
    for (size_t w = 0; w < words; w++) {
        double u = rng_next_unit(&rng);
        buf_printf(&line, "%s ", word[(int)(ARRAY_LEN(word) * u * u)]);
    }
    if (row % 7 == 3)
        buf_printf(&line, "only%c%c", (char)('a' + row / 26), (char)('a' + row % 26));
    struct str text = {arena_copy(arena, line.p, line.n), line.n};
    buf_free(&line);
    return text;
}

static inline int64_t text_count(int64_t row)
{
    return 1 + row % 4;
}

static inline bool text_owned(const struct comm *comm, enum deal deal, int64_t row)
{
    int size = comm_size(comm);
    uint64_t key = deal == MIXED ? rng_u64(5, 6, (uint64_t)row) : (uint64_t)row;
    return deal == ONE_RANK ? comm_rank(comm) == size - 1 : key % (uint64_t)size == (uint64_t)comm_rank(comm);
}

/* Rows of lines that were read: text and count; `line` makes a row's text. */
static inline struct rows text_rows(const struct comm *comm, int64_t n, enum deal deal,
                                    struct str (*line)(int64_t row, struct arena *arena), struct arena *arena)
{
    struct line_view *lines = ARENA_ZARRAY(arena, struct line_view, 1);
    static const struct feature_set no_features;
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)n), *count = ARENA_ARRAY(arena, int64_t, (size_t)n);
    struct str *text = ARENA_ARRAY(arena, struct str, (size_t)n);
    *lines = (struct line_view){.n_global = n, .row = row, .text = text, .count = count};
    for (int64_t i = 0; i < n; i++) {
        int64_t r = deal == REVERSED ? n - 1 - i : i;
        if (!text_owned(comm, deal, r))
            continue;
        row[lines->n] = r;
        count[lines->n] = text_count(r);
        text[lines->n++] = line(r, arena);
    }
    return rows_of_lines(&no_features, lines);
}

static inline struct choice text_detector(const char *json, struct arena *arena)
{
    struct json_doc *doc;
    struct error err;
    struct choice choice = {0};
    if (!json_parse(str_of(json), "test", false, &doc, &err) ||
        !plugin_choose(detector_list(), doc, json_root(doc), arena, &choice, &err)) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    json_free(doc);
    return choice;
}

/* This rank's scores; the parameters must do. */
static inline double *text_score(const struct comm *comm, const char *json, const struct rows *rows,
                                 struct arena *arena)
{
    struct choice choice = text_detector(json, arena);
    struct error err;
    double *score = ARENA_ARRAY(arena, double, rows->n);
    if (!detect_score(comm, &choice, rows, 11, arena, score, &err)) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    return score;
}

struct text_trial {
    const char *json;
    int64_t n;
    enum deal deal;
};

static inline uint64_t text_digest(const struct comm *comm, void *context)
{
    const struct text_trial *trial = context;
    struct arena *arena = arena_new();
    struct rows rows = text_rows(comm, trial->n, trial->deal, text_line, arena);
    double *score = text_score(comm, trial->json, &rows, arena);
    uint64_t digest = digest_rows(comm, score, sizeof *score, rows.row, rows.n);
    arena_free(arena);
    return digest;
}

/* The same bits on 1, 2, 3, 5 and all ranks, however the rows are dealt. */
static inline void text_check_ranks(const struct comm *world, const char *json, int64_t n)
{
    struct text_trial trial = {json, n, ROUND};
    uint64_t first = text_digest(world, &trial);
    for (trial.deal = ROUND; trial.deal <= ONE_RANK; trial.deal++) {
        assert_same_on_any_ranks(world, text_digest, &trial);
        assert_all(world, text_digest(world, &trial) == first);
    }
}

/* tf of every term in every line, by comparing strings. */
struct dense {
    size_t n_terms;
    char term[TEXT_TERMS][TEXT_TERM_BYTES];
    int tf[TEXT_LINES][TEXT_TERMS];
    int length[TEXT_LINES];
};

static inline int dense_kind(unsigned char c)
{
    if (c == ' ')
        return 0;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ? 1 : 2;
}

static inline void dense_add(struct dense *dense, size_t row, const char *term)
{
    size_t t = 0;
    while (t < dense->n_terms && strcmp(dense->term[t], term) != 0)
        t++;
    if (t == dense->n_terms)
        snprintf(dense->term[dense->n_terms++], TEXT_TERM_BYTES, "%s", term);
    dense->tf[row][t]++;
    dense->length[row]++;
}

/* Single tokens and, for ngrams 2, pairs; lower case, digits as `*`. */
static inline struct dense *dense_count(int ngrams, struct arena *arena)
{
    struct dense *dense = ARENA_ZARRAY(arena, struct dense, 1);
    for (size_t row = 0; row < TEXT_LINES; row++) {
        struct str line = text_line((int64_t)row, arena);
        char before[TEXT_TERM_BYTES / 2] = "", token[TEXT_TERM_BYTES / 2], pair[TEXT_TERM_BYTES];
        for (size_t at = 0; at < line.n;) {
            int kind = dense_kind((unsigned char)line.p[at]);
            size_t n = 0;
            for (; at < line.n && dense_kind((unsigned char)line.p[at]) == kind; at++) {
                char c = line.p[at];
                token[n++] = c >= '0' && c <= '9' ? '*' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
            }
            token[n] = 0;
            if (kind == 0)
                continue;
            dense_add(dense, row, token);
            if (ngrams == 2 && before[0] != 0) {
                snprintf(pair, sizeof pair, "%s %s", before, token);
                dense_add(dense, row, pair);
            }
            memcpy(before, token, sizeof before);
        }
    }
    return dense;
}

/* A text whose only token is term t: its `*` stand for digits. */
static inline struct str dense_word(const struct dense *dense, size_t t, struct arena *arena)
{
    char *word = arena_printf(arena, "%s", dense->term[t]);
    for (char *star = word; (star = strchr(star, '*')) != NULL;)
        *star = '7';
    return str_of(word);
}

/* This rank's scores against those of all rows. */
static inline bool text_near(const struct rows *rows, const double *score, const double *expected)
{
    bool near = true;
    for (size_t i = 0; i < rows->n; i++)
        near &= fabs(score[i] - expected[rows->row[i]]) < 1e-9;
    return near;
}

/* Fits on the made lines and scores lines that are not among them, on one rank. */
static inline void text_score_others(const struct comm *alone, const char *json, const struct str *text, size_t n,
                                     double *score, struct arena *arena)
{
    struct choice choice = text_detector(json, arena);
    const struct detector *method = (const struct detector *)(const void *)choice.plugin;
    struct rows rows = text_rows(alone, TEXT_LINES, ROUND, text_line, arena);
    struct rows others = {.n = n, .text = text};
    struct error err;
    void *model;
    if (!method->fit(alone, &rows, choice.params, 1, arena, &model, &err))
        abort();
    method->score(model, &others, 0, n, NULL, score);
}

#endif
