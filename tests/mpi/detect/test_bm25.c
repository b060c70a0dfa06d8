#include "text_test.h"

static void expect(const struct dense *dense, bool weighted, double k1, double b, double *out)
{
    double documents = 0, lengths = 0;
    for (int j = 0; j < TEXT_LINES; j++) {
        double weight = weighted ? (double)text_count(j) : 1;
        documents += weight;
        lengths += weight * dense->length[j];
    }
    for (int i = 0; i < TEXT_LINES; i++) {
        out[i] = 0;
        for (size_t t = 0; t < dense->n_terms; t++) {
            double holding = 0, tf = dense->tf[i][t];
            if (tf == 0)
                continue;
            for (int j = 0; j < TEXT_LINES; j++)
                holding += dense->tf[j][t] > 0 ? weighted ? (double)text_count(j) : 1 : 0;
            double idf = log((documents - holding + 0.5) / (holding + 0.5) + 1);
            out[i] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * dense->length[i] / (lengths / documents)));
        }
    }
}

static void check(const struct comm *world, const char *json, int ngrams, bool weighted, double k1, double b)
{
    struct arena *arena = arena_new();
    double expected[TEXT_LINES];
    expect(dense_count(ngrams, arena), weighted, k1, b, expected);
    struct rows rows = text_rows(world, TEXT_LINES, MIXED, text_line, arena);
    double *score = text_score(world, json, &rows, arena);
    assert_all(world, text_near(&rows, score, expected));
    arena_free(arena);
}

static void test_against_dense(void **state)
{
    const struct comm *world = *state;
    check(world, "\"bm25\"", 2, false, 1.2, 0.75);
    check(world, "{\"name\": \"bm25\", \"ngrams\": 1, \"k1\": 2.5, \"b\": 0.25}", 1, false, 2.5, 0.25);
    check(world, "{\"name\": \"bm25\", \"weighted\": true}", 2, true, 1.2, 0.75);
    check(world, "{\"name\": \"bm25\", \"k1\": 0, \"b\": 1}", 2, false, 0, 1);
}

static void test_same_bits_on_any_ranks(void **state)
{
    text_check_ranks(*state, "\"bm25\"", TEXT_LINES);
    text_check_ranks(*state, "{\"name\": \"bm25\", \"weighted\": true, \"tokenizer\": \"shell\"}", TEXT_LINES);
    text_check_ranks(*state, "\"bm25\"", 1);
}

/* In lines of equal length, the term that was never seen outweighs any other. */
static void test_unseen_is_rarest(void **state)
{
    const struct comm *world = *state;
    struct comm *alone = comm_first(world, 1);
    bool most = true;
    if (alone != NULL) {
        struct arena *arena = arena_new();
        const struct dense *dense = dense_count(1, arena);
        struct str *text = ARENA_ARRAY(arena, struct str, dense->n_terms + 1);
        double *score = ARENA_ARRAY(arena, double, dense->n_terms + 1);
        for (size_t t = 0; t < dense->n_terms; t++)
            text[t] = dense_word(dense, t, arena);
        text[dense->n_terms] = STR("neverseen");
        text_score_others(alone, "\"bm25\"", text, dense->n_terms + 1, score, arena);
        for (size_t t = 0; t < dense->n_terms; t++)
            most &= score[t] > 0 && score[t] < score[dense->n_terms];
        arena_free(arena);
    }
    comm_free(alone);
    assert_all(world, most);
}

static void test_numbers_are_refused(void **state)
{
    const struct comm *world = *state;
    static const int64_t row[] = {0};
    static const float dense[] = {1};
    struct arena *arena = arena_new();
    struct choice choice = text_detector("\"bm25\"", arena);
    struct rows rows = {.n = comm_rank(world) == 0 ? 1 : 0, .d = 1, .row = row, .dense = dense};
    struct error err = {0};
    double score;
    assert_all(world, !detect_score(world, &choice, &rows, 1, arena, &score, &err));
    assert_all(world, err.code == ERROR_INPUT && strstr(err.message, "bm25") != NULL);
    arena_free(arena);
}

static struct str repeated_line(int64_t row, struct arena *arena)
{
    return text_line(row % 20, arena);
}

static int64_t bytes_sent(const struct comm *comm, int64_t n)
{
    struct arena *arena = arena_new();
    struct rows rows = text_rows(comm, n, ROUND, repeated_line, arena);
    int64_t before = comm_bytes_sent(comm);
    text_score(comm, "\"bm25\"", &rows, arena);
    arena_free(arena);
    return comm_bytes_sent(comm) - before;
}

/* A hundred times as many rows of the same texts send no more. */
static void test_messages_do_not_grow_with_rows(void **state)
{
    const struct comm *world = *state;
    int64_t few = bytes_sent(world, 20 * comm_size(world)), many = bytes_sent(world, 2000 * comm_size(world));
    assert_all(world, many <= few);
}

static struct str long_line(int64_t row, struct arena *arena)
{
    size_t n = row % 3 == 0 ? 200000 : 10;
    char *p = arena_bytes(arena, n);
    for (size_t i = 0; i < n; i++)
        p[i] = row % 2 == 0 ? (char)(i * 7919 + i / 251) : i % 2 == 0 ? 'a' : ' ';
    return (struct str){p, n};
}

static void test_long_and_binary_lines(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct rows rows = text_rows(world, 12, ROUND, long_line, arena);
    double *score = text_score(world, "\"bm25\"", &rows, arena);
    bool finite = true;
    for (size_t i = 0; i < rows.n; i++)
        finite &= isfinite(score[i]);
    assert_all(world, finite);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_dense),
        cmocka_unit_test(test_same_bits_on_any_ranks),
        cmocka_unit_test(test_unseen_is_rarest),
        cmocka_unit_test(test_numbers_are_refused),
        cmocka_unit_test(test_messages_do_not_grow_with_rows),
        cmocka_unit_test(test_long_and_binary_lines),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
