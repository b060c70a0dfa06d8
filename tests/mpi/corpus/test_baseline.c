#include "made_corpus.h"

enum { N_MALICIOUS = 700, N_BENIGN = 900, SHARED = 100, MOST = N_MALICIOUS + N_BENIGN };

/* Malicious lines 0 .. N_MALICIOUS - 1, benign ones from N_MALICIOUS - SHARED on: the first of them are in both. Every
 * line stands there once; line i is seen another i % 5 times, in another spelling, at the end. */
static void write_files(const struct comm *comm, const struct folder *folder)
{
    struct buf text = {.limit = SIZE_MAX};
    const struct {
        const char *name;
        int64_t first, n;
    } file[] = {{"malicious.jsonl", 0, N_MALICIOUS}, {"benign.jsonl", N_MALICIOUS - SHARED, N_BENIGN}};
    for (size_t f = 0; f < ARRAY_LEN(file); f++) {
        for (int64_t i = 0; i < file[f].n; i++)
            add_record(&text, file[f].first + i, i % 3 == 0, NULL);
        for (int64_t i = 0; i < file[f].n; i++)
            for (int64_t k = 0; k < i % 5; k++)
                add_record(&text, file[f].first + i, i % 3 != 0, NULL);
        flush_file(comm, folder, file[f].name, &text);
    }
    buf_add_str(&text, STR("not a record\n"));
    flush_file(comm, folder, "bad.jsonl", &text);
}

struct reading_of_baseline {
    const struct folder *folder;
    const char *baseline;
    struct ingest_options options;
    uint64_t seed;
    struct set set;
    struct ingest_stats stats;
    struct error err;
};

static bool read_it(const struct comm *comm, struct reading_of_baseline *r, struct arena *arena)
{
    struct json_doc *doc;
    struct baseline baseline;
    r->err = (struct error){0};
    if (!json_parse(str_of(r->baseline), "t.json", false, &doc, &r->err) ||
        !baseline_parse(doc, json_root(doc), arena, &baseline, &r->err))
        abort();
    json_free(doc);
    return baseline_read(comm, &baseline, &r->options, r->seed, arena, &r->set, &r->stats, &r->err);
}

#define ALL_MALICIOUS "\"malicious\": {\"inputs\": \"malicious.jsonl\"}"

static struct wanted malicious_line(int64_t i)
{
    return (struct wanted){i, 1 + i % 5, i % 3 == 0, 1};
}

static struct wanted benign_line(int64_t i)
{
    return (struct wanted){N_MALICIOUS - SHARED + i, 1 + i % 5, i % 3 == 0, 0};
}

static void all_lines_in_order(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct arena *arena = arena_new();
    struct wanted *wanted = ARENA_ARRAY(arena, struct wanted, MOST);
    struct reading_of_baseline r = {.baseline = "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"benign.jsonl\"}}"};
    int64_t n = 0;

    write_files(world, &folder);
    r.options = made_options(&folder);
    r.options.groups = true;
    for (int64_t i = 0; i < N_MALICIOUS; i++)
        wanted[n++] = malicious_line(i);
    for (int64_t i = SHARED; i < N_BENIGN; i++)
        wanted[n++] = benign_line(i);
    assert_all(world, read_it(world, &r, arena));
    assert_all(world, set_holds(world, &r.set, wanted, n));
    assert_all(world, r.set.dropped == 0 && r.set.n_fields == 0);
    assert_all(world, r.stats.files == 2 && r.stats.records == 3 * (N_MALICIOUS + N_BENIGN));
    folder_remove(world, &folder);
    arena_free(arena);
}

static void some_lines(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct arena *arena = arena_new();
    struct wanted *wanted = ARENA_ARRAY(arena, struct wanted, MOST);
    struct reading_of_baseline r = {
        .baseline = "{\"malicious\": {\"inputs\": \"malicious.jsonl\", \"count\": 70},"
                    " \"benign\": {\"inputs\": \"benign.jsonl\", \"pick\": \"frequent\", \"count\": 250}}"};
    int64_t n = 0;

    write_files(world, &folder);
    r.options = made_options(&folder);
    for (int64_t i = 0; i < 70; i++)
        wanted[n++] = malicious_line(i);
    /* 180 lines are seen 5 times; of those seen 4 times, the first 70. None of the malicious ones chosen is among them
     */
    for (int64_t i = 4; i < N_BENIGN; i += 5)
        wanted[n++] = benign_line(i);
    for (int64_t i = 3; n < 70 + 250; i += 5)
        wanted[n++] = benign_line(i);
    assert_all(world, read_it(world, &r, arena));
    assert_all(world, set_holds(world, &r.set, wanted, n));

    /* the first lines of the benign file are malicious here: they are taken out after the choice */
    r.baseline = "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"benign.jsonl\", \"count\": 150}}";
    for (n = 0; n < N_MALICIOUS; n++)
        wanted[n] = malicious_line(n);
    for (int64_t i = SHARED; i < 150; i++)
        wanted[n++] = benign_line(i);
    assert_all(world, read_it(world, &r, arena));
    assert_all(world, set_holds(world, &r.set, wanted, n));
    folder_remove(world, &folder);
    arena_free(arena);
}

/* A random sample is the lines with the lowest draws, and follows the seed. */
static void random_lines(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct arena *arena = arena_new();
    struct reading_of_baseline r = {
        .seed = 5,
        .baseline = "{\"malicious\": {\"inputs\": \"malicious.jsonl\", \"pick\": \"random\", \"count\": 333},"
                    " \"benign\": {\"inputs\": \"benign.jsonl\"}}"};
    write_files(world, &folder);
    r.options = made_options(&folder);
    assert_all(world, read_it(world, &r, arena));
    bool right = true;
    uint64_t before = 0;
    for (size_t i = 0; i < r.set.n && r.set.y[i] == 1; i++) {
        uint64_t draw = 0;
        for (uint64_t row = 0; row < N_MALICIOUS; row++)
            if (hash128_equal(r.set.hash[i], hash_of((int64_t)row)))
                draw = rng_u64(5, rng_stream("corpus.random", 0, 0), row);
        right = right && draw > before;
        before = draw;
    }
    assert_all(world, right && r.set.n_class[1] == 333);
    const uint64_t digest = r.set.digest;
    assert_all(world, read_it(world, &r, arena) && r.set.digest == digest);
    r.seed = 6;
    assert_all(world, read_it(world, &r, arena) && r.set.digest != digest && r.set.n_class[1] == 333);
    folder_remove(world, &folder);
    arena_free(arena);
}

static void a_missing_class_is_an_error(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct arena *arena = arena_new();
    struct reading_of_baseline r = {.baseline = "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"malicious.jsonl\"}}"};
    write_files(world, &folder);
    r.options = made_options(&folder);
    assert_all(world, !read_it(world, &r, arena) && r.err.code == ERROR_INPUT);
    assert_all(world, strstr(r.err.message, "0 benign and 700 malicious") != NULL);
    r.baseline = "{\"malicious\": {\"inputs\": \"bad.jsonl\"}, \"benign\": {\"inputs\": \"benign.jsonl\"}}";
    assert_all(world, !read_it(world, &r, arena) && r.err.code == ERROR_INPUT);
    assert_all(world, strstr(r.err.message, "900 benign and 0 malicious") != NULL);
    r.baseline = "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"nowhere.jsonl\"}}";
    assert_all(world, !read_it(world, &r, arena));
    assert_all(world, strstr(r.err.message, "nowhere.jsonl") != NULL);
    folder_remove(world, &folder);
    arena_free(arena);
}

static uint64_t digest_of_baseline(const struct comm *comm, void *context)
{
    struct reading_of_baseline r = *(struct reading_of_baseline *)context;
    struct arena *arena = arena_new();
    uint64_t digest = read_it(comm, &r, arena) ? r.set.digest : 0;
    arena_free(arena);
    return digest;
}

static void digests_are_the_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    static const char *const baselines[] = {
        "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"benign.jsonl\"}}",
        "{\"benign\": {\"inputs\": \"malicious.jsonl\"}, \"malicious\": {\"inputs\": \"benign.jsonl\"}}",
        "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": [\"benign.jsonl\", {\"files\": \"malicious.jsonl\"}]}}",
        "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"benign.jsonl\", \"pick\": \"random\", \"count\": 400}}",
        "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"benign.jsonl\", \"pick\": \"frequent\", \"count\": 400}}"};
    uint64_t digest[ARRAY_LEN(baselines)];
    struct reading_of_baseline r = {.options = made_options(&folder)};
    write_files(world, &folder);
    for (size_t b = 0; b < ARRAY_LEN(baselines); b++) {
        r.baseline = baselines[b];
        assert_same_on_any_ranks(world, digest_of_baseline, &r);
        digest[b] = digest_of_baseline(world, &r);
        assert_all(world, digest[b] != 0);
        for (size_t k = 0; k < b; k++) /* the third adds only lines that are there already */
            assert_all(world, (digest[k] == digest[b]) == (k == 0 && b == 2));
    }
    folder_remove(world, &folder);
}

/* What a rank keeps is its share of the lines, not all of them. */
static void memory_is_divided(void **state)
{
    const struct comm *world = *state;
    enum { LINES = 40000 };
    struct folder folder = folder_make(world);
    struct arena *arena = arena_new();
    struct buf text = {.limit = SIZE_MAX};
    struct reading_of_baseline r = {.baseline = "{" ALL_MALICIOUS ", \"benign\": {\"inputs\": \"benign.jsonl\"}}"};
    for (int64_t i = 0; i < LINES; i++)
        add_record(&text, i, false, NULL);
    flush_file(world, &folder, "malicious.jsonl", &text);
    for (int64_t i = LINES; i < 2 * LINES; i++)
        add_record(&text, i, false, NULL);
    flush_file(world, &folder, "benign.jsonl", &text);
    r.options = made_options(&folder);
    assert_all(world, read_it(world, &r, arena));
    const size_t share = 2 * LINES / (size_t)comm_size(world) + SET_BLOCK;
    const size_t a_line = sizeof(struct str) + sizeof(struct hash128) + sizeof(int64_t) + 1 + 16; /* its text: 16 */
    assert_all(world, r.set.n <= share);
    assert_all(world, arena_used(arena) < share * a_line + (16 << 10));
    folder_remove(world, &folder);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lines_in_order),
        cmocka_unit_test(some_lines),
        cmocka_unit_test(random_lines),
        cmocka_unit_test(a_missing_class_is_an_error),
        cmocka_unit_test(digests_are_the_same_on_any_ranks),
        cmocka_unit_test(memory_is_divided),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
