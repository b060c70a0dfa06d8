#include "day_test.h"

enum { N_RECORDS = 60000, N_CLASSES = 4000 };

/* A day whose answer is known: record i belongs to a class, spelled one of several ways that are one canonical line. */
struct known {
    int64_t count[N_CLASSES], row[N_CLASSES];
    uint8_t truth[N_CLASSES], platform[N_CLASSES];
    int64_t records, bad, filtered, blank, synthetic, n_unique;
};

static void class_word(uint64_t class, char out[8])
{
    for (int i = 0; i < 5; i++) {
        out[i] = (char)('a' + class % 26);
        class /= 26;
    }
    out[5] = '\0';
}

static int64_t word_class(struct str text)
{
    size_t at = str_find(text, STR("id:"), 0);
    int64_t class = 0;
    if (at == SIZE_MAX || text.n < at + 8)
        return -1;
    for (int i = 4; i >= 0; i--)
        class = class * 26 + (text.p[at + 3 + (size_t)i] - 'a');
    return class;
}

static void add_good(uint64_t i, struct known *known, struct buf *out)
{
    static const char *const label[] = {"benign", "malicious", "?"};
    uint64_t r = rng_u64(7, 1, i);
    uint64_t class = (r >> 8) % N_CLASSES;
    class = class * class / N_CLASSES;
    size_t truth = (r >> 40) % 29 == 0 ? 1 : (r >> 40) % 3 == 0 ? 0 : 2;
    bool linux = (r >> 50) % 2, synthetic = (r >> 51) % 10 == 0;
    char word[8];
    class_word(class, word);
    buf_add_str(out, STR("{\"ts\":\"2026\",\"command_line\":\""));
    switch (r % 4) {
    case 0:
        buf_printf(out, "tool.exe /x \\\"id:%s\\\" %d", word, (int)(i % 100));
        break;
    case 1:
        buf_printf(out, "TOOL.EXE   /x id:%s %d", word, 7);
        break;
    case 2:
        buf_printf(out, "\\u0074ool.exe\\t/x id:%s  0x%x", word, (unsigned)(i % 50));
        break;
    default:
        buf_printf(out, " tool.exe /x 'id:%s' %d ", word, 3);
    }
    buf_printf(out, "\",\"platform\":\"%s\",\"label\":\"%s\"%s}\n", linux ? "linux" : "windows", label[truth],
               synthetic ? ",\"source\":\"synthetic\"" : "");
    uint8_t code = truth == 0 ? TRUTH_BENIGN : truth == 1 ? TRUTH_MALICIOUS : TRUTH_UNKNOWN;
    if (known->count[class]++ == 0) {
        known->row[class] = known->records;
        known->platform[class] = linux ? PLATFORM_LINUX : PLATFORM_WINDOWS;
        known->n_unique++;
    }
    known->truth[class] = code > known->truth[class] ? code : known->truth[class];
    known->synthetic += synthetic;
    known->records++;
}

static void add_record(uint64_t i, struct known *known, struct buf *out)
{
    uint64_t r = rng_u64(7, 2, i) % 1000;
    if (r < 10) {
        buf_add_str(out, r < 5 ? STR("\n") : STR(" \r\n"));
        known->blank++;
    } else if (r < 30) {
        buf_add_str(out, r < 20 ? STR("{\"command_line\":\n") : STR("{\"command_line\":\"\"}\n"));
        known->bad++;
    } else if (r < 50) {
        buf_add_str(out, STR("{\"command_line\":\"x\",\"ambiguous\":true}\n"));
        known->filtered++;
    } else {
        add_good(i, known, out);
    }
    if (i == N_RECORDS / 3) { /* longer than a segment, and than a record may be */
        char *filler = malloc(9 << 20);
        if (filler == NULL)
            abort();
        memset(filler, 'z', 9 << 20);
        buf_add(out, filler, 9 << 20);
        buf_add(out, "\n", 1);
        free(filler);
        known->bad++;
    }
}

static struct buf known_text(struct known *known, uint64_t from, uint64_t to)
{
    struct buf text = {.limit = SIZE_MAX};
    for (uint64_t i = from; i < to; i++)
        add_record(i, known, &text);
    return text;
}

#define WHERE "\"where\":{\"ambiguous\":false}"

static bool lines_are(const struct lines *lines, const struct known *known)
{
    for (size_t k = 0; k < lines->n; k++) {
        int64_t c = word_class(lines->text[k]);
        if (c < 0 || c >= N_CLASSES || lines->count[k] != known->count[c] || lines->row[k] != known->row[c] ||
            lines->truth[k] != known->truth[c] || lines->platform[k] != known->platform[c] ||
            (k > 0 && lines->row[k] <= lines->row[k - 1]))
            return false;
    }
    return true;
}

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

static uint64_t run_quarantine(const struct comm *group, void *context)
{
    struct reading *r = context;
    char path[128];
    snprintf(path, sizeof path, "%s/%s", r->folder->path, r->quarantine);
    if (comm_rank(group) == 0)
        unlink(path);
    comm_barrier(group);
    read_day(group, r);
    struct str text = {"", 0};
    struct error err;
    bool ok = comm_rank(group) != 0 || file_read(path, 1 << 30, r->arena, &text, &err);
    uint64_t digest = ok ? hash64(text, 3) : 0;
    comm_bcast(group, &digest, sizeof digest, 0);
    reading_end(r);
    return digest;
}

/* Each line of the quarantine names a line of the file that starts like its bytes. */
static int64_t check_quarantine(const char *path, struct str text, struct arena *arena)
{
    struct str all;
    struct error err;
    int64_t n = 0;
    if (!file_read(path, 1 << 30, arena, &all, &err))
        return -1;
    int64_t line = 1, last = 0;
    size_t at = 0;
    while (all.n > 0) {
        size_t end = str_find(all, STR("\n"), 0);
        struct json_doc *doc;
        struct str bytes;
        int64_t number = 0, offset = 0;
        if (end == SIZE_MAX || !json_parse((struct str){all.p, end}, "q", false, &doc, &err))
            return -1;
        const struct json *root = json_root(doc);
        if (!json_as_i64(json_get(root, "line"), &number) || !json_as_i64(json_get(root, "offset"), &offset) ||
            !json_as_str(json_get(root, "bytes"), &bytes) || number <= last || bytes.n > 4096)
            return -1;
        for (; line < number; line++)
            at = str_find(text, STR("\n"), at) + 1;
        if ((int64_t)at != offset || !str_starts((struct str){text.p + at, text.n - at}, bytes))
            return -1;
        json_free(doc);
        last = number;
        n++;
        all = (struct str){all.p + end + 1, all.n - end - 1};
    }
    return n;
}

static void test_quarantine(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct known *known = calloc(1, sizeof *known);
    struct buf text = known_text(known, 0, N_RECORDS);
    if (comm_rank(world) == 0) {
        put_file(&folder, "plain", buf_str(&text), PACK_PLAIN);
        put_file(&folder, "packed", buf_str(&text), PACK_MEMBERS);
    }
    comm_barrier(world);
    static const char *const inputs[] = {"{\"files\":\"plain\"," WHERE "}", "{\"files\":\"packed\"," WHERE "}"};
    for (size_t i = 0; i < 2; i++) {
        struct reading r = {.folder = &folder, .input = inputs[i], .quarantine = "bad.jsonl"};
        char path[128];
        assert_same_on_any_ranks(world, run_quarantine, &r);
        snprintf(path, sizeof path, "%s/bad.jsonl", folder.path);
        struct arena *arena = arena_new();
        int64_t n = comm_rank(world) == 0 ? check_quarantine(path, buf_str(&text), arena) : 0;
        arena_free(arena);
        comm_bcast(world, &n, sizeof n, 0);
        assert_all(world, n == known->bad);
    }
    struct reading r = {.folder = &folder, .input = inputs[0], .quarantine = "no/such/folder"};
    read_day(world, &r);
    assert_all(world, !r.ok && r.err.code == ERROR_IO && strstr(r.err.message, "no/such/folder") != NULL);
    reading_end(&r);
    buf_free(&text);
    free(known);
    folder_remove(world, &folder);
}

/* A file of nothing but bad records fills the quarantine up to its bound, the same on any ranks. */
static void test_flood(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    if (comm_rank(world) == 0) {
        struct buf text = {.limit = SIZE_MAX};
        while (text.n < 10u << 20)
            buf_add_str(&text, STR("not json\n"));
        put_file(&folder, "f", buf_str(&text), PACK_PLAIN);
        buf_free(&text);
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"f\"", .quarantine = "q"};
    assert_same_on_any_ranks(world, run_quarantine, &r);
    if (comm_rank(world) == 0) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof path, "%s/q", folder.path);
        assert_int_equal(stat(path, &status), 0);
        assert_in_range(status.st_size, 1 << 20, 16 << 20);
    }
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
        cmocka_unit_test(test_parts),      cmocka_unit_test(test_quarantine),
        cmocka_unit_test(test_flood),      cmocka_unit_test(test_ingest_add),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
