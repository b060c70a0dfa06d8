#include "text_test.h"

static void expect(const struct dense *dense, bool weighted, double *out)
{
    double documents = 0;
    for (int j = 0; j < TEXT_LINES; j++)
        documents += weighted ? (double)text_count(j) : 1;
    for (int i = 0; i < TEXT_LINES; i++) {
        out[i] = 0;
        for (size_t t = 0; t < dense->n_terms; t++) {
            double total = 0, entropy = 0;
            for (int j = 0; j < TEXT_LINES; j++)
                total += (weighted ? (double)text_count(j) : 1) * dense->tf[j][t];
            for (int j = 0; j < TEXT_LINES; j++) {
                double p = dense->tf[j][t] / total;
                entropy += p > 0 ? (weighted ? (double)text_count(j) : 1) * p * log(p) : 0;
            }
            out[i] += log(dense->tf[i][t] + 1) * (1 + entropy / log(documents + 1));
        }
    }
}

static void check(const struct comm *world, const char *json, int ngrams, bool weighted)
{
    struct arena *arena = arena_new();
    double expected[TEXT_LINES];
    expect(dense_count(ngrams, arena), weighted, expected);
    struct rows rows = text_rows(world, TEXT_LINES, MIXED, text_line, arena);
    double *score = text_score(world, json, &rows, arena);
    assert_all(world, text_near(&rows, score, expected));
    arena_free(arena);
}

static void test_against_dense(void **state)
{
    const struct comm *world = *state;
    check(world, "\"logentropy\"", 2, false);
    check(world, "{\"name\": \"logentropy\", \"ngrams\": 1}", 1, false);
    check(world, "{\"name\": \"logentropy\", \"weighted\": true}", 2, true);
}

static void test_same_bits_on_any_ranks(void **state)
{
    text_check_ranks(*state, "\"logentropy\"", TEXT_LINES);
    text_check_ranks(*state, "{\"name\": \"logentropy\", \"weighted\": true, \"tokenizer\": \"shell\"}", TEXT_LINES);
    text_check_ranks(*state, "\"logentropy\"", 1);
}

/* A term that was never seen weighs 1 and a trifle, one of a single line 1, one of several lines less. */
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
        text_score_others(alone, "\"logentropy\"", text, dense->n_terms + 1, score, arena);
        most = fabs(score[dense->n_terms] - log(2)) < 1e-11;
        for (size_t t = 0; t < dense->n_terms; t++) {
            int holding = 0;
            for (int j = 0; j < TEXT_LINES; j++)
                holding += dense->tf[j][t] > 0;
            most &= score[t] < score[dense->n_terms] && (holding > 1 ? score[t] < log(2) : score[t] == log(2));
        }
        arena_free(arena);
    }
    comm_free(alone);
    assert_all(world, most);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_dense),
        cmocka_unit_test(test_same_bits_on_any_ranks),
        cmocka_unit_test(test_unseen_is_rarest),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
