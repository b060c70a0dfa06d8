/* A day in any format is the same on any number of ranks, and its format is found out alike by all. */
#include "day_test.h"

#include "scan/layout.h"

#include <stdlib.h>

struct expected {
    const struct folder *folder;
    const char *input;
    int64_t n_events;
    bool wrong;
};

static uint64_t digest_on(const struct comm *group, void *context)
{
    struct expected *expected = context;
    struct reading r = {.folder = expected->folder, .input = expected->input, .groups = true};
    read_day(group, &r);
    bool right = r.ok && r.stats.records == expected->n_events;
    if (!right && comm_rank(group) == 0)
        print_error("%s: %d events; %s\n", expected->input, (int)r.stats.records, r.err.message);
    expected->wrong = expected->wrong || !right;
    uint64_t digest = reading_digest(group, &r);
    reading_end(&r);
    return digest;
}

static void check_day(const struct comm *world, const struct folder *folder, const char *input, int64_t n_events)
{
    struct expected expected = {folder, input, n_events, false};
    assert_same_on_any_ranks(world, digest_on, &expected);
    assert_all(world, !expected.wrong);
}

static void test_samples(void **state)
{
    const struct comm *world = *state;
    static const struct {
        const char *format;
        int64_t n_events;
    } samples[] = {{"auditd", 6},     {"auoms", 2},   {"csv", 3},        {"ecs", 3},          {"evtx_json", 2},
                   {"json", 4},       {"jsonl", 3},   {"nxlog", 2},      {"security4688", 2}, {"sysmon", 1},
                   {"winlogbeat", 4}, {"osquery", 2}, {"windows_xml", 6}};
    const struct folder folder = {"."};
    const char *source = getenv("SOURCE_DIR");
    assert_all(world, source != NULL);
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        char input[600];
        bool narrow = strcmp(samples[i].format, "sysmon") == 0; /* is told from evtx_json by nobody */
        snprintf(input, sizeof input, "{\"files\":\"%s/tests/data/%s/sample.*\",\"format\":\"%s\"}", source,
                 samples[i].format, narrow ? "sysmon" : "auto");
        check_day(world, &folder, input, samples[i].n_events);
    }
}

/* Longer than a piece of work: rows over lines, objects over lines, paths. */
static void test_long_files(void **state)
{
    const struct comm *world = *state;
    enum { N = 60000 };
    struct folder folder = folder_make(world);
    struct buf csv = {.limit = SIZE_MAX}, ecs = {.limit = SIZE_MAX}, json = {.limit = SIZE_MAX},
               xml = {.limit = SIZE_MAX};
    if (comm_rank(world) == 0) {
        buf_add_str(&csv, STR("host;command_line\n"));
        for (int i = 0; i < N; i++) {
            buf_printf(&csv, "h%d;\"do \"\"%c%c%c\"\";\n and %080d\"\n", i % 7, 'a' + i % 26, 'a' + i / 26 % 26,
                       'a' + i / 676 % 26, 0);
            buf_printf(
                &ecs,
                "{\"event\":{\"category\":[\"process\"],\"type\":[\"start\"]},\"process\":{\"args\":[\"do\",\"%c%c "
                "%c\"],\"pid\":%d},\"user\":{\"name\":\"u%d\"}}\n",
                'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26, i, i % 5);
            buf_printf(&json, "{\n  \"command_line\":\n    \"do } %c%c\",\n  \"x\": {\"y\": [1, {}]}\n}%s",
                       'a' + i % 26, 'a' + i / 26 % 26, i % 3 ? "\n" : ",\n\n");
            buf_printf(&xml,
                       "<Event>%s<System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID></System>"
                       "<EventData><Data Name='CommandLine'>do &lt;%c%c%c&gt;\n %080d</Data></EventData>%s</Event>\n",
                       i % 2 ? "\n  " : "", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26, 0, i % 2 ? "\n" : "");
        }
        put_file(&folder, "a.csv", buf_str(&csv), PACK_PLAIN);
        put_file(&folder, "b.jsonl", buf_str(&ecs), PACK_PLAIN);
        put_file(&folder, "b.zst", buf_str(&ecs), PACK_ZSTD);
        put_file(&folder, "c.json", buf_str(&json), PACK_PLAIN);
        put_file(&folder, "d.xml", buf_str(&xml), PACK_PLAIN);
    }
    comm_barrier(world);
    check_day(world, &folder, "{\"files\":\"a.csv\",\"format\":\"auto\"}", N);
    check_day(world, &folder, "{\"files\":[\"b.jsonl\",\"b.zst\"],\"format\":\"auto\"}", 2 * N);
    check_day(world, &folder, "{\"files\":\"c.json\",\"format\":\"auto\"}", N);
    check_day(world, &folder, "{\"files\":\"d.xml\",\"format\":\"auto\"}", N);
    buf_free(&csv);
    buf_free(&ecs);
    buf_free(&json);
    buf_free(&xml);
    folder_remove(world, &folder);
}

static void expect_failure(const struct comm *world, const struct folder *folder, const char *input, const char *says)
{
    struct reading r = {.folder = folder, .input = input};
    read_day(world, &r);
    assert_all(world, !r.ok && r.err.code == ERROR_INPUT && strstr(r.err.message, says) != NULL);
    reading_end(&r);
}

static void test_refused(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    if (comm_rank(world) == 0) {
        put_file(&folder, "a.log", STR("neither this\nnor that\n"), PACK_GZIP);
        put_file(&folder, "b.evtx.gz", (struct str){"ElfFile\0\0\0\0\0", 12}, PACK_GZIP);
        put_file(&folder, "b.evtx", (struct str){"ElfFile\0\0\0\0\0", 12}, PACK_PLAIN);
        put_file(&folder, "c.jsonl", STR(""), PACK_PLAIN);
    }
    comm_barrier(world);
    expect_failure(world, &folder, "{\"files\":\"a.log\",\"format\":\"auto\"}", "neither this");
    expect_failure(world, &folder, "{\"files\":\"b.evtx.gz\",\"format\":\"auto\"}", "evtx_dump");
    /* A format that is set is taken at its word: one bad record, or a damaged log. */
    check_day(world, &folder, "{\"files\":\"b.evtx\"}", 0);
    /* Empty files are of any format. */
    check_day(world, &folder, "{\"files\":\"c.jsonl\",\"format\":\"auto\"}", 0);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_long_files),
        cmocka_unit_test(test_refused),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
