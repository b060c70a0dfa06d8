/* What every detector promises, whatever its name: a new file in src/detect/methods is tested without any edit here. */
#include "mpi_test.h"

#include "comm/digest.h"
#include "detect/detector.h"
#include "normal.h"
#include "support/rng.h"

#include <math.h>

enum fill { RANDOM, CONSTANT };
enum deal { ROUND, REVERSED, MIXED, FIRST_EMPTY };

struct trial {
    const char *detector;
    int64_t n;
    size_t d;
    enum fill fill;
    enum deal deal;
    bool text, groups;
};

static int owner(const struct trial *input, int64_t row, int size)
{
    switch (input->deal) {
    case ROUND:
    case REVERSED:
        return (int)(row % size);
    case MIXED:
        return (int)(rng_u64(5, 6, (uint64_t)row) % (uint64_t)size);
    case FIRST_EMPTY:
        break;
    }
    return size == 1 ? 0 : 1 + (int)(row % (size - 1));
}

static size_t own_rows(const struct comm *comm, const struct trial *input, int64_t *row)
{
    size_t n = 0;
    for (int64_t i = 0; i < input->n; i++) {
        int64_t r = input->deal == REVERSED ? input->n - 1 - i : i;
        if (owner(input, r, comm_size(comm)) == comm_rank(comm))
            row[n++] = r;
    }
    return n;
}

static struct rows number_rows(const struct comm *comm, const struct trial *input, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)input->n);
    size_t n = own_rows(comm, input, row);
    float *dense = ARENA_ARRAY(arena, float, n * input->d);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < input->d; c++)
            dense[i * input->d + c] =
                input->fill == CONSTANT ? 2.5F : (float)normal_number(8, c, (uint64_t)row[i]) * (float)(c + 1);
    return (struct rows){.n = n, .d = input->d, .row = row, .dense = dense};
}

/* Each run of a line is by one of the groups. */
static void make_groups(const struct line_view *lines, uint64_t groups, uint64_t stream, struct arena *arena,
                        const size_t **out_at, const uint64_t **out_hash)
{
    size_t *at = ARENA_ARRAY(arena, size_t, lines->n + 1);
    uint64_t *hash = ARENA_ARRAY(arena, uint64_t, 2 * lines->n);
    size_t n = 0;
    for (size_t i = 0; i < lines->n; i++) {
        uint64_t first = rng_below(8, stream, (uint64_t)lines->row[i], groups);
        at[i] = n;
        hash[n++] = first << 40;
        if (lines->count[i] > 1)
            hash[n++] = (first + 1) << 40;
    }
    at[lines->n] = n;
    *out_at = at;
    *out_hash = hash;
}

static struct rows line_rows(const struct comm *comm, const struct trial *input, struct arena *arena)
{
    struct feature_set *set = ARENA_ARRAY(arena, struct feature_set, 1);
    struct choice *choice = ARENA_ARRAY(arena, struct choice, 1);
    *choice = plugin_default(extractor_list(), "expert", arena);
    const struct extractor *extractor = (const struct extractor *)(const void *)choice->plugin;
    *set = (struct feature_set){.n = 1, .d = extractor->width(choice->params), .extractor = choice};
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)input->n);
    size_t n = own_rows(comm, input, row);
    struct str *text = ARENA_ARRAY(arena, struct str, n);
    for (size_t i = 0; i < n; i++) {
        uint64_t x = rng_u64(8, 9, (uint64_t)row[i]);
        text[i] = str_of(arena_printf(arena, "C:\\tools\\t%" PRIu64 ".exe -n %" PRIx64, x % 17, x));
    }
    struct line_view *lines = ARENA_ZARRAY(arena, struct line_view, 1);
    int64_t *count = ARENA_ARRAY(arena, int64_t, n);
    *lines = (struct line_view){.n = n, .n_global = input->n, .row = row, .text = text, .count = count};
    for (size_t i = 0; i < n; i++)
        count[i] = 1 + (int64_t)rng_below(8, 10, (uint64_t)row[i], 5);
    if (input->groups) {
        make_groups(lines, 9, 11, arena, &lines->user_at, &lines->user_hash);
        make_groups(lines, 4, 12, arena, &lines->host_at, &lines->host_hash);
    }
    return rows_of_lines(set, lines);
}

/* Digest of the scores; a score that is not finite is an error of detect_score. */
static uint64_t run(const struct comm *comm, void *context)
{
    const struct trial *input = context;
    struct arena *arena = arena_new();
    struct error err;
    struct rows rows = input->text ? line_rows(comm, input, arena) : number_rows(comm, input, arena);
    struct choice choice = plugin_default(detector_list(), input->detector, arena);
    double *score = ARENA_ARRAY(arena, double, rows.n);
    bool ok = detect_score(comm, &choice, &rows, 11, arena, score, &err);
    if (!ok && comm_rank(comm) == 0)
        print_error("%s: %s\n", input->detector, err.message);
    assert_all(comm, ok);
    bool finite = true;
    for (size_t i = 0; i < rows.n; i++)
        finite &= isfinite(score[i]);
    assert_all(comm, finite);
    uint64_t digest = digest_rows(comm, score, sizeof *score, rows.row, rows.n);
    arena_free(arena);
    return digest;
}

static const struct detector *detector_at(size_t i)
{
    return (const struct detector *)(const void *)detector_list()->item[i];
}

/* Every deal of the rows, on every number of ranks, gives the same scores. Detectors of texts get no numbers. */
static void check_everywhere(const struct comm *world, struct trial input)
{
    for (size_t i = 0; i < detector_list()->n; i++) {
        if (detector_at(i)->needs_text && !input.text)
            continue;
        input.detector = detector_list()->item[i]->name;
        input.deal = ROUND;
        uint64_t first = run(world, &input);
        for (input.deal = ROUND; input.deal <= FIRST_EMPTY; input.deal++) {
            assert_same_on_any_ranks(world, run, &input);
            assert_all(world, run(world, &input) == first);
        }
    }
}

static void test_numbers(void **state)
{
    check_everywhere(*state, (struct trial){.n = 1500, .d = 6});
}

static void test_lines(void **state)
{
    check_everywhere(*state, (struct trial){.n = 400, .text = true});
    check_everywhere(*state, (struct trial){.n = 400, .text = true, .groups = true});
}

static void test_constant_input(void **state)
{
    check_everywhere(*state, (struct trial){.n = 300, .d = 5, .fill = CONSTANT});
}

static void test_few_rows(void **state)
{
    for (int64_t n = 1; n <= 4; n++)
        check_everywhere(*state, (struct trial){.n = n, .d = 5});
    for (int64_t n = 1; n <= 2; n++)
        check_everywhere(*state, (struct trial){.n = n, .text = true, .groups = n == 2});
}

static void test_one_column(void **state)
{
    check_everywhere(*state, (struct trial){.n = 300, .d = 1});
}

static void test_no_rows_is_an_error(void **state)
{
    const struct comm *world = *state;
    for (size_t i = 0; i < detector_list()->n; i++) {
        struct arena *arena = arena_new();
        struct choice choice = plugin_default(detector_list(), detector_list()->item[i]->name, arena);
        struct rows rows = {.d = 3};
        struct error err = {0};
        bool ok = detect_score(world, &choice, &rows, 1, arena, NULL, &err);
        assert_all(world, !ok && err.code == ERROR_INPUT && err.message[0] != 0);
        arena_free(arena);
    }
}

/* Also if one rank alone has such rows. */
static void test_numbers_have_no_text(void **state)
{
    const struct comm *world = *state;
    for (size_t i = 0; i < detector_list()->n; i++) {
        if (!detector_at(i)->needs_text)
            continue;
        struct arena *arena = arena_new();
        struct choice choice = plugin_default(detector_list(), detector_list()->item[i]->name, arena);
        struct trial input = {.n = 1, .d = 3};
        struct rows rows = number_rows(world, &input, arena);
        struct error err = {0};
        double score;
        bool ok = detect_score(world, &choice, &rows, 1, arena, &score, &err);
        assert_all(world, !ok && err.code == ERROR_INPUT && strstr(err.message, choice.plugin->name) != NULL);
        arena_free(arena);
    }
}

static void test_parameters_read_back(void **state)
{
    const struct comm *world = *state;
    for (size_t i = 0; i < detector_list()->n; i++) {
        struct arena *arena = arena_new();
        struct choice choice = plugin_default(detector_list(), detector_list()->item[i]->name, arena), again;
        struct buf first = {.limit = 1 << 16}, second = {.limit = 1 << 16};
        struct json_doc *doc;
        struct error err;
        plugin_to_json(&choice, &first);
        bool ok = json_parse(buf_str(&first), "test", false, &doc, &err);
        assert_all(world, ok);
        ok = plugin_choose(detector_list(), doc, json_root(doc), arena, &again, &err);
        assert_all(world, ok);
        plugin_to_json(&again, &second);
        assert_all(world, str_equal(buf_str(&first), buf_str(&second)));
        json_free(doc);
        buf_free(&first);
        buf_free(&second);
        arena_free(arena);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_constant_input),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_one_column),
        cmocka_unit_test(test_no_rows_is_an_error),
        cmocka_unit_test(test_numbers_have_no_text),
        cmocka_unit_test(test_parameters_read_back),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
