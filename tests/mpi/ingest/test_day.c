#include "known_day.h"

static uint64_t run(const struct comm *group, void *context)
{
    struct reading *r = context;
    read_day(group, r);
    uint64_t digest = reading_digest(group, r);
    reading_end(r);
    return digest;
}

static void test_known_day(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct known *known = calloc(1, sizeof *known);
    struct buf text = known_text(known, 0, N_RECORDS);
    if (comm_rank(world) == 0)
        put_file(&folder, "day.jsonl", buf_str(&text), PACK_PLAIN);
    buf_free(&text);
    struct reading r = {.folder = &folder, .input = "{\"files\":\"day.jsonl\"," WHERE "}"};
    comm_barrier(world);
    read_day(world, &r);
    assert_all(world, r.ok);
    assert_all(world, r.stats.files == 1 && r.stats.unreadable == 0);
    assert_all(world, r.stats.records == known->records && r.stats.bad == known->bad);
    assert_all(world, ingest_filtered(&r.stats) == known->filtered && r.stats.blank == known->blank);
    assert_all(world, r.stats.synthetic == known->synthetic);
    assert_all(world, r.lines.n_global == known->n_unique && r.lines.n_events == known->records);
    assert_all(world, lines_are(&r.lines, known));
    int64_t n = (int64_t)r.lines.n;
    reduce_sum_i64(world, &n, 1);
    assert_all(world, n == r.lines.n_global);
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    free(known);
    folder_remove(world, &folder);
}

/* The same records as files of all packings, under names that say nothing. */
static void test_packings_agree(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct known *known = calloc(1, sizeof *known);
    uint64_t expected = 0;
    static const char *const inputs[] = {"{\"files\":\"p0\"," WHERE "}", "{\"files\":\"p1\"," WHERE "}",
                                         "{\"files\":[\"p2/*\"]," WHERE "}", "{\"files\":\"p3/\"," WHERE "}"};
    if (comm_rank(world) == 0) {
        for (int p = 0; p < 4; p++) {
            char name[128];
            snprintf(name, sizeof name, "%s/p%d", folder.path, p);
            mkdir(name, 0777);
            for (uint64_t f = 0; f < 3; f++) {
                struct buf text = known_text(known, 15000 + f * 5000, 15000 + (f + 1) * 5000);
                snprintf(name, sizeof name, "p%d/%d.jsonl", p, (int)f);
                put_file(&folder, name, buf_str(&text), (enum packing)((p + (p == 3) * (int)f) % 4));
                buf_free(&text);
            }
        }
    }
    comm_barrier(world);
    for (size_t p = 0; p < 4; p++) {
        struct reading r = {.folder = &folder, .input = inputs[p]};
        uint64_t digest = run(world, &r);
        assert_all(world, r.ok && r.stats.records > 10000 && r.stats.files == 3);
        expected = p == 0 ? digest : expected;
        assert_all(world, digest == expected);
        assert_same_on_any_ranks(world, run, &r);
    }
    free(known);
    folder_remove(world, &folder);
}

static void write_small(const struct comm *world, const struct folder *folder)
{
    char name[128];
    if (comm_rank(world) == 0) {
        snprintf(name, sizeof name, "%s/sub", folder->path);
        mkdir(name, 0777);
        snprintf(name, sizeof name, "%s/sub/deep", folder->path);
        mkdir(name, 0777);
        put_file(folder, "b.jsonl", STR("{\"command_line\":\"b\"}\n{\"command_line\":\"a\"}"), PACK_PLAIN);
        put_file(folder, "a.jsonl", STR("\xEF\xBB\xBF{\"command_line\":\"A\"}\n{\"command_line\":\"c\"}\n"),
                 PACK_PLAIN);
        put_file(folder, ".hidden", STR("{\"command_line\":\"h\"}\n"), PACK_PLAIN);
        put_file(folder, "sub/.hidden", STR("{\"command_line\":\"h\"}\n"), PACK_PLAIN);
        put_file(folder, "sub/empty", STR(""), PACK_PLAIN);
        put_file(folder, "sub/deep/x", STR("{\"command_line\":\"x\"}\n"), PACK_PLAIN);
    }
    comm_barrier(world);
}

static void test_file_lists(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    static const char *const same[] = {"[\"a.jsonl\",\"b.jsonl\",\"sub\"]",
                                       "[\"sub/\",\"b.jsonl\",\"a.jsonl\",\"b.jsonl\"]", "[\"s*\",\"*.jsonl\"]",
                                       "[\"\?.jsonl\",\"sub/deep/x\",\"sub/empty\",\"[ab].jsonl\"]"};
    write_small(world, &folder);
    uint64_t expected = 0;
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        struct reading r = {.folder = &folder, .input = same[i]};
        read_day(world, &r);
        assert_all(world, r.ok && r.stats.files == 4 && r.stats.records == 5 && r.stats.bad == 0);
        assert_all(world, r.lines.n_global == 4);
        for (size_t k = 0; k < r.lines.n; k++) {
            bool first = r.lines.row[k] == 0;
            assert_true(!first || (str_equal(r.lines.text[k], STR("A")) && r.lines.count[k] == 2));
        }
        uint64_t digest = hash_mix(reading_digest(world, &r) ^ r.stats.input_digest);
        expected = i == 0 ? digest : expected;
        reading_end(&r);
        assert_all(world, digest == expected);
    }
    folder_remove(world, &folder);
}

static void test_nothing_matches(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    static const char *const none[] = {"\"nope.jsonl\"", "[\"a.jsonl\",\"*.gz\"]", "[\"hollow\"]", "[\"no/such/*\"]"};
    static const char *const pattern[] = {"nope.jsonl", "*.gz", "hollow", "no/such/*"};
    write_small(world, &folder);
    if (comm_rank(world) == 0) {
        char name[128];
        snprintf(name, sizeof name, "%s/hollow", folder.path);
        mkdir(name, 0777);
    }
    comm_barrier(world);
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        struct reading r = {.folder = &folder, .input = none[i]};
        read_day(world, &r);
        assert_all(world, !r.ok && r.err.code == ERROR_CONFIG);
        assert_all(world, strstr(r.err.message, pattern[i]) != NULL && strstr(r.err.message, folder.path) != NULL);
        reading_end(&r);
    }
    folder_remove(world, &folder);
}

/* The parts of one day are disjoint and together the whole. */
static void test_parts(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct known *known = calloc(1, sizeof *known);
    struct buf text = known_text(known, 0, 10000);
    if (comm_rank(world) == 0)
        put_file(&folder, "day", buf_str(&text), PACK_PLAIN);
    buf_free(&text);
    comm_barrier(world);
    int64_t lines = 0, events = 0, largest = 0;
    for (int part = 0; part < 10; part++) {
        char input[128];
        snprintf(input, sizeof input, "{\"files\":\"day\"," WHERE ",\"part\":{\"of\":10,\"from\":%d,\"to\":%d}}", part,
                 part + 1);
        struct reading r = {.folder = &folder, .input = input};
        read_day(world, &r);
        assert_all(world, r.ok && r.stats.records == known->records && lines_are(&r.lines, known));
        lines += r.lines.n_global;
        events += r.lines.n_events;
        largest = max_i64(largest, r.lines.n_global);
        reading_end(&r);
        assert_same_on_any_ranks(world, run, &r);
    }
    assert_all(world, lines == known->n_unique && events == known->records);
    assert_all(world, largest < known->n_unique / 5);
    /* Two inputs that each take the other part of the same file are the whole again. */
    struct reading r = {.folder = &folder,
                        .input = "[{\"files\":\"day\"," WHERE ",\"part\":{\"of\":2,\"from\":0,\"to\":1}},"
                                 "{\"files\":\"day\"," WHERE ",\"part\":{\"of\":2,\"from\":1}}]"};
    read_day(world, &r);
    assert_all(world, r.ok && r.lines.n_global == known->n_unique && r.lines.n_events == known->records);
    assert_all(world, r.stats.records == 2 * known->records);
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    free(known);
    folder_remove(world, &folder);
}

static void test_ingest_add(void **state)
{
    (void)state;
    struct ingest_stats total = {.records = 1, .input_digest = 5}, more = {.records = 2, .bad = 3, .input_digest = 6};
    struct ingest_stats other = {.records = 1, .input_digest = 6};
    ingest_add(&total, &more);
    assert_true(total.records == 3 && total.bad == 3);
    more.input_digest = 5;
    ingest_add(&other, &more);
    assert_true(total.input_digest != other.input_digest);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_day),  cmocka_unit_test(test_packings_agree),
        cmocka_unit_test(test_file_lists), cmocka_unit_test(test_nothing_matches),
        cmocka_unit_test(test_parts),      cmocka_unit_test(test_ingest_add),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
