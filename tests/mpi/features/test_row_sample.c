#include "mpi_test.h"

#include "comm/digest.h"
#include "features/row_sample.h"
#include "support/rng.h"

enum { D = 3 };

struct trial {
    int64_t n;
    size_t k;
    uint64_t seed;
    bool text;
};

static struct feature_set *expert_set(struct arena *arena)
{
    struct feature_set *set = ARENA_ARRAY(arena, struct feature_set, 1);
    struct choice *choice = ARENA_ARRAY(arena, struct choice, 1);
    *choice = plugin_default(extractor_list(), "expert", arena);
    const struct extractor *extractor = (const struct extractor *)(const void *)choice->plugin;
    *set = (struct feature_set){.n = 1, .d = extractor->width(choice->params), .extractor = choice};
    return set;
}

static struct str text_of(int64_t row, struct arena *arena)
{
    return str_of(arena_printf(arena, "cmd /c echo %" PRIu64, rng_u64(1, 1, (uint64_t)row) >> row % 64));
}

/* Row r lies on rank r % size but the last rank has none (if there are two at least); row ids have gaps. */
static struct rows make(const struct comm *comm, const struct trial *trial, struct arena *arena)
{
    int size = comm_size(comm) > 1 ? comm_size(comm) - 1 : 1;
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)trial->n);
    struct str *text = ARENA_ARRAY(arena, struct str, (size_t)trial->n);
    float *dense = ARENA_ARRAY(arena, float, (size_t)trial->n *D);
    size_t n = 0;
    for (int64_t i = 0; i < trial->n; i++)
        if (i % size == comm_rank(comm)) {
            row[n] = 3 * i;
            text[n] = text_of(3 * i, arena);
            for (size_t c = 0; c < D; c++)
                dense[n * D + c] = (float)(3 * i) + (float)c / 4;
            n++;
        }
    struct rows rows = {.n = n, .d = D, .row = row};
    if (trial->text) {
        rows.set = expert_set(arena);
        rows.d = rows.set->d;
        rows.text = text;
    } else if (n > 0) {
        rows.dense = dense;
    }
    return rows;
}

/* Digest of what the parts hold; checks on the way that together they hold the sample once, with the right features. */
static uint64_t sample_digest(const struct comm *comm, void *context)
{
    const struct trial *trial = context;
    struct arena *arena = arena_new();
    struct rows rows = make(comm, trial, arena);
    struct rows sample = row_sample(comm, &rows, trial->k, trial->seed, 7, arena);
    bool right = sample.n == min_size((size_t)trial->n, trial->k) && sample.d == rows.d;
    float *expected = ARENA_ARRAY(arena, float, sample.d), *got = ARENA_ARRAY(arena, float, sample.d);
    for (size_t i = 0; i < sample.n; i++) {
        right &=
            sample.row[i] % 3 == 0 && sample.row[i] < 3 * trial->n && (i == 0 || sample.row[i] > sample.row[i - 1]);
        rows_fill(&sample, i, 1, got);
        if (trial->text)
            feature_set_row(sample.set, text_of(sample.row[i], arena), expected);
        else
            for (size_t c = 0; c < D; c++)
                expected[c] = (float)sample.row[i] + (float)c / 4;
        right &= memcmp(got, expected, sample.d * sizeof *got) == 0;
    }
    struct sample_part part = sample_part(comm, &sample);
    float *x = sample_part_fill(&part, arena);
    int64_t *row = ARENA_ARRAY(arena, int64_t, part.n), total = (int64_t)part.n;
    size_t at = 0;
    for (size_t b = 0; b < part.blocks; b++)
        for (size_t i = 0; i < sample_part_rows(&part, b); i++, at++) {
            row[at] = sample.row[sample_part_first(&part, b) + i];
            rows_fill(&sample, sample_part_first(&part, b) + i, 1, got);
            right &= memcmp(got, x + at * sample.d, sample.d * sizeof *got) == 0;
        }
    reduce_sum_i64(comm, &total, 1);
    right &= at == part.n && total == (int64_t)sample.n;
    uint64_t digest = digest_rows(comm, x, sample.d * sizeof *x, row, part.n);
    assert_all(comm, right);
    arena_free(arena);
    return digest;
}

static void test_same_on_any_ranks(void **state)
{
    static const struct trial trials[] = {
        {.n = 20000, .k = 9000, .seed = 1},
        {.n = 500, .k = 9000, .seed = 1},
        {.n = 8192, .k = 8192, .seed = 1},
        {.n = 1, .k = 10, .seed = 1},
        {.n = 300, .k = 40, .seed = 1, .text = true},
        {.n = 0, .k = 10, .seed = 1, .text = true},
    };
    for (size_t i = 0; i < ARRAY_LEN(trials); i++) {
        struct trial trial = trials[i];
        assert_same_on_any_ranks(*state, sample_digest, &trial);
        uint64_t first = sample_digest(*state, &trial);
        trial.seed = 2;
        assert_all(*state, (sample_digest(*state, &trial) != first) == (trial.n > (int64_t)trial.k));
    }
}

/* Over 200 seeds each of 10 rows is among the 5 drawn about 100 times. */
static void test_uniform(void **state)
{
    struct arena *arena = arena_new();
    struct trial trial = {.n = 10, .k = 5};
    struct rows rows = make(*state, &trial, arena);
    int drawn[10] = {0};
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct rows sample = row_sample(*state, &rows, 5, seed, 7, arena);
        for (size_t i = 0; i < sample.n; i++)
            drawn[sample.row[i] / 3]++;
    }
    for (size_t i = 0; i < 10; i++)
        assert_all(*state, drawn[i] > 65 && drawn[i] < 135); /* 5 deviations */
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_on_any_ranks),
        cmocka_unit_test(test_uniform),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
