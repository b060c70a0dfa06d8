/* What ranks send while a detector is fitted: a sample's worth, or the distinct terms of texts, whatever the rows. */
#include "trial.h"

/* Bytes that all ranks together send in one fit. */
static int64_t sent_by_fit(const struct comm *comm, const char *json, const struct rows *rows)
{
    struct arena *arena = arena_new();
    struct choice choice = detector_choice(comm, json, arena);
    const struct detector *detector = (const struct detector *)(const void *)choice.plugin;
    struct error err;
    void *model;
    int64_t sent = comm_bytes_sent(comm);
    bool ok = detector->fit(comm, rows, choice.params, 1, arena, &model, &err);
    sent = comm_bytes_sent(comm) - sent;
    assert_all(comm, ok);
    reduce_sum_i64(comm, &sent, 1);
    arena_free(arena);
    return sent;
}

static int64_t sent_for_numbers(const struct comm *comm, const char *json, int64_t n)
{
    struct arena *arena = arena_new();
    struct trial input = {.n = n, .d = 5, .fill = GAUSSIAN, .deal = MIXED};
    struct rows rows = make_rows(comm, &input, arena);
    int64_t sent = sent_by_fit(comm, json, &rows);
    arena_free(arena);
    return sent;
}

/* Lines of two words out of `words`. */
static int64_t sent_for_texts(const struct comm *comm, const char *json, int64_t n, int64_t words)
{
    struct arena *arena = arena_new();
    struct str *text = ARENA_ARRAY(arena, struct str, (size_t)n);
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)n);
    struct rows rows = {.row = row, .text = text};
    for (int64_t i = comm_rank(comm); i < n; i += comm_size(comm)) {
        int64_t word = i / comm_size(comm) % words;
        char name[14];
        for (size_t c = 0; c < sizeof name; c++, word /= 2)
            name[c] = word % 2 == 0 ? 'a' : 'b'; /* digits would all be one token */
        text[rows.n] = str_of(arena_printf(arena, "run %.14s", name));
        row[rows.n++] = i;
    }
    int64_t sent = sent_by_fit(comm, json, &rows);
    arena_free(arena);
    return sent;
}

/* Every rank has more rows than the sample of any of these. */
enum { FEW = 2000, MANY = 9000 };

static void test_samples_do_not_grow_with_rows(void **state)
{
    const struct comm *world = *state;
    static const char *const detectors[] = {
        "{\"name\":\"iforest\",\"trees\":8,\"sample\":16}",
        "{\"name\":\"iforest\",\"trees\":8,\"sample\":16,\"extension\":2}",
        "{\"name\":\"kmeans\",\"sample\":128,\"k\":4,\"iterations\":2,\"tolerance\":0}",
        "{\"name\":\"pca\",\"sample\":128}",
    };
    for (size_t i = 0; i < ARRAY_LEN(detectors); i++) {
        int64_t few = sent_for_numbers(world, detectors[i], FEW), many = sent_for_numbers(world, detectors[i], MANY);
        assert_all(world, few > 0 && few == many);
    }
    /* and a larger sample shows */
    assert_all(world, sent_for_numbers(world, "{\"name\":\"iforest\",\"trees\":8,\"sample\":32}", FEW) >
                          sent_for_numbers(world, detectors[0], FEW));
}

static void test_row_by_row_methods_send_nothing(void **state)
{
    const struct comm *world = *state;
    assert_all(world, sent_for_numbers(world, "\"random\"", FEW) == 0);
    assert_all(world, sent_for_numbers(world, "\"frequency\"", FEW) == 0);
}

static void test_texts_grow_with_distinct_terms_alone(void **state)
{
    const struct comm *world = *state;
    static const char *const detectors[] = {"\"bm25\"", "\"logentropy\"", "\"scade\""};
    for (size_t i = 0; i < ARRAY_LEN(detectors); i++) {
        int64_t few = sent_for_texts(world, detectors[i], FEW, 100);
        assert_all(world, few == sent_for_texts(world, detectors[i], MANY, 100));
        int64_t more = sent_for_texts(world, detectors[i], FEW, 300);
        assert_all(world, comm_size(world) == 1 ? more == few : more > few);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_do_not_grow_with_rows),
        cmocka_unit_test(test_row_by_row_methods_send_nothing),
        cmocka_unit_test(test_texts_grow_with_distinct_terms_alone),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
