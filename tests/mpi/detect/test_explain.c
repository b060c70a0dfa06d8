/* Explanations: the planted oddity comes first, on any number of ranks. */
#include "mpi_test.h"

#include "detect/explain.h"
#include "support/rng.h"

enum { N_ROWS = 500 };

static struct rows ordinary_lines(const struct comm *comm, struct arena *arena)
{
    struct feature_set *set = ARENA_ARRAY(arena, struct feature_set, 1);
    struct choice *choice = ARENA_ARRAY(arena, struct choice, 1);
    struct line_view *lines = ARENA_ZARRAY(arena, struct line_view, 1);
    *choice = plugin_default(extractor_list(), "expert", arena);
    const struct extractor *extractor = (const struct extractor *)(const void *)choice->plugin;
    *set = (struct feature_set){.n = 1, .d = extractor->width(choice->params), .extractor = choice};
    int64_t *row = ARENA_ARRAY(arena, int64_t, N_ROWS);
    struct str *text = ARENA_ARRAY(arena, struct str, N_ROWS);
    *lines = (struct line_view){.n_global = N_ROWS, .row = row, .text = text};
    for (int64_t r = comm_rank(comm); r < N_ROWS; r += comm_size(comm)) {
        uint64_t x = rng_u64(4, 4, (uint64_t)r);
        row[lines->n] = r;
        text[lines->n++] = str_of(arena_printf(arena, "ls -l /srv/data%" PRIu64 "/part%" PRIu64, x % 10, x / 10 % 10));
    }
    return rows_of_lines(set, lines);
}

struct wanted {
    const char *detector, *line;
};

static uint64_t explain(const struct comm *comm, void *context)
{
    const struct wanted *wanted = context;
    struct arena *arena = arena_new();
    struct rows rows = ordinary_lines(comm, arena);
    struct choice detector = plugin_default(detector_list(), wanted->detector, arena);
    struct explanation explanation;
    struct error err;
    bool ok = detect_explain(comm, &detector, &rows, str_of(wanted->line), 7, arena, &explanation, &err);
    assert_all(comm, ok);
    assert_all(comm, explanation.n_rows == N_ROWS);
    uint64_t digest = hash_mix((uint64_t)explanation.n_stranger) ^ hash_mix(explanation.n);
    for (size_t i = 0; i < explanation.n; i++)
        digest = hash64((struct str){(const char *)&explanation.column[i].fall, sizeof(double)}, digest);
    arena_free(arena);
    return digest;
}

static void test_same_on_any_ranks(void **state)
{
    struct wanted odd = {"iforest", "ls -l /srv/data1/%%%%%%"};
    assert_same_on_any_ranks(*state, explain, &odd);
}

static void test_planted_column_comes_first(void **state)
{
    const struct comm *comm = *state;
    struct arena *arena = arena_new();
    struct rows rows = ordinary_lines(comm, arena);
    struct choice detector = plugin_default(detector_list(), "iforest", arena);
    struct explanation odd, plain;
    struct error err;
    char name[64];
    assert_all(comm, detect_explain(comm, &detector, &rows, STR("ls -l /srv/data1/part1111111111111111111111111111"), 7,
                                    arena, &odd, &err));
    assert_all(comm, detect_explain(comm, &detector, &rows, STR("ls -l /srv/data3/part4"), 7, arena, &plain, &err));
    assert_all(comm, odd.n > 0 && odd.score > plain.score && odd.n_stranger < plain.n_stranger + 1);
    feature_set_column(rows.set, odd.column[0].column, name);
    assert_all(comm, strcmp(name, "expert.char[1]") == 0 && odd.column[0].fall > 0);
    for (size_t i = 1; i < odd.n; i++)
        assert_all(comm, odd.column[i - 1].fall >= odd.column[i].fall);
    arena_free(arena);
}

static void test_featureless_detectors_have_no_columns(void **state)
{
    const struct comm *comm = *state;
    struct arena *arena = arena_new();
    struct rows rows = ordinary_lines(comm, arena);
    struct choice detector = plugin_default(detector_list(), "random", arena);
    struct explanation explanation;
    struct error err;
    assert_all(comm, detect_explain(comm, &detector, &rows, STR("anything"), 7, arena, &explanation, &err));
    assert_all(comm, explanation.n == 0);
    arena_free(arena);
}

static void test_no_rows_is_an_error(void **state)
{
    const struct comm *comm = *state;
    struct arena *arena = arena_new();
    struct rows rows = ordinary_lines(comm, arena);
    struct choice detector = plugin_default(detector_list(), "iforest", arena);
    struct explanation explanation;
    struct error err;
    rows.n = 0;
    assert_all(comm, !detect_explain(comm, &detector, &rows, STR("anything"), 7, arena, &explanation, &err));
    assert_all(comm, err.code == ERROR_INPUT);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_on_any_ranks),
        cmocka_unit_test(test_planted_column_comes_first),
        cmocka_unit_test(test_featureless_detectors_have_no_columns),
        cmocka_unit_test(test_no_rows_is_an_error),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
