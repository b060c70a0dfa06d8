/* Event logs: what comes out of real ones, of damaged ones, and when the reading process dies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/bytes/evtx.h"
#include "../../../src/bytes/evtx_xml.h"
#include "support/rng.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

enum { HEADER = 4096, BLOCK = 65536, LONGEST_LOG = HEADER + 64 * BLOCK, SECONDS = 60 };

struct log {
    unsigned char p[LONGEST_LOG];
    size_t n;
    char path[64];
};

static struct log the_log;

/* What came out of a log. */
struct outcome {
    size_t lines;
    bool well_formed;
    char damage[320];
};

static const struct {
    const char *name;
    size_t lines;
} samples[] = {
    {"DE_ProcessHerpaderping_Sysmon_11_10_1_7.evtx", 4},
    {"Exec_sysmon_meterpreter_reversetcp_msipackage.evtx", 8},
    {"exec_sysmon_1_lolbin_pcalua.evtx", 3},
    {"sigma-proc_creation_win_browsers_chromium_susp_load_extension.evtx", 1},
    {"sysmon_1_11_exec_as_system_via_schedtask.evtx", 6},
};

static bool sample_path(char *path, size_t size, const char *name)
{
    const char *data = getenv("BENOMALY_DATA"), *source = getenv("SOURCE_DIR");
    if (data != NULL)
        snprintf(path, size, "%s/raw/evtx/%s", data, name);
    else
        snprintf(path, size, "%s/../shared/data/raw/evtx/%s", source != NULL ? source : ".", name);
    return evtx_supported() && access(path, R_OK) == 0;
}

/* Skips the test if it cannot run here. */
static struct log *load(const char *name)
{
    char path[512];
    if (!sample_path(path, sizeof path, name)) {
        print_message("SKIPPED: %s\n", evtx_supported() ? path : "built without libevtx");
        skip();
    }
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    the_log.n = fread(the_log.p, 1, sizeof the_log.p, file);
    fclose(file);
    assert_int_equal(the_log.n, HEADER + BLOCK);
    snprintf(the_log.path, sizeof the_log.path, "test_evtx.%d.evtx", (int)getpid());
    return &the_log;
}

static void put(unsigned char *p, size_t bytes, uint64_t value)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

/* The same block again and again. */
static void repeat(struct log *log, size_t blocks)
{
    for (size_t i = 1; i < blocks; i++)
        memcpy(log->p + HEADER + i * BLOCK, log->p + HEADER, BLOCK);
    log->n = HEADER + blocks * BLOCK;
    put(log->p + 0x2A, 2, blocks);
    put(log->p + 0x7C, 4, crc32(0, log->p, 120));
}

static void save(const struct log *log)
{
    FILE *file = fopen(log->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(log->p, 1, log->n, file), log->n);
    assert_int_equal(fclose(file), 0);
}

static struct evtx *start(const char *path)
{
    char reason[256] = "";
    struct evtx *evtx = evtx_open(path, reason, sizeof reason);
    if (evtx == NULL)
        print_error("%s\n", reason);
    assert_non_null(evtx);
    return evtx;
}

/* A line that is well-formed comes out as it went in. */
static bool folds_to_itself(struct str line)
{
    struct buf out = {.limit = line.n + 1};
    bool ok = evtx_line((struct str){line.p, line.n - 1}, &out) && str_equal(buf_str(&out), line);
    buf_free(&out);
    return ok;
}

static struct outcome finish(struct evtx *evtx, size_t step)
{
    static char piece[BLOCK];
    struct outcome outcome = {.well_formed = true};
    struct buf text = {.limit = 64 << 20};
    for (size_t n; (n = evtx_read(evtx, piece, step)) > 0;)
        buf_add(&text, piece, n);
    assert_int_equal(evtx_read(evtx, piece, step), 0);
    for (size_t at = 0, end; at < text.n; at = end + 1, outcome.lines++) {
        end = str_find(buf_str(&text), STR("\n"), at);
        assert_int_not_equal(end, SIZE_MAX);
        outcome.well_formed = outcome.well_formed && folds_to_itself((struct str){text.p + at, end + 1 - at});
    }
    if (evtx_damage(evtx) != NULL)
        snprintf(outcome.damage, sizeof outcome.damage, "%s", evtx_damage(evtx));
    evtx_close(evtx);
    buf_free(&text);
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    return outcome;
}

static struct outcome read_log(const struct log *log)
{
    save(log);
    struct outcome outcome = finish(start(log->path), BLOCK);
    remove(log->path);
    return outcome;
}

static void check_fold(const char *xml, const char *want)
{
    struct buf out = {.limit = 1024};
    bool ok = evtx_line(str_of(xml), &out);
    assert_int_equal(ok, want != NULL);
    if (want != NULL)
        assert_string_equal(out.p, want);
    else
        assert_int_equal(out.n, 0);
    buf_free(&out);
}

static void test_line(void **state)
{
    (void)state;
    check_fold("<E x=\"y\">\n  <A/>\n  <B>t</B>\n</E>\n", "<E x=\"y\"><A/><B>t</B></E>\n");
    check_fold("<E><D> a\n b\r\tc </D>\n <D>\n </D><D> </D></E>",
               "<E><D> a&#10; b&#13;\tc </D><D>&#10; </D><D> </D></E>\n");
    check_fold("<E>a&lt;b&amp;&#10;&#x3c;&#1;&c; &</E>", "<E>a&lt;b&amp;&#10;&#x3c;&amp;#1;&amp;c; &amp;</E>\n");
    check_fold("<E>\x01|\xff|\xed\xa0\x80|\xef\xbf\xbf|\xe2\x82|\xc3\xa4</E>",
               "<E>\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xc3\xa4</E>\n");
    check_fold("<E a=\"b\"c\td\n<\" f=\"\"/>", "<E a=\"b&quot;c&#9;d&#10;&lt;\" f=\"\"/>\n");
    check_fold("<E>\n  <![CDATA[<a>\n&amp;]]>\n</E>", "<E>&lt;a&gt;&#10;&amp;amp;</E>\n");
    check_fold("<?p q?><E>\n <?p q?>\n</E>", "<E></E>\n");
    static const char *const bad[] = {
        "",          "text",    "<E>",           "</E>",     "<E></F>",    "<E/><E/>", "<E/>text", "<E><A></E></A>",
        "<E",        "<E a>",   "<E a=\"",       "<E a=\"b", "<E a=\"b\"", "<1/>",     "<>",       "<E <",
        "<![CDATA[", "<E><!--", "<E \xff=\"\"/>"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        check_fold(bad[i], NULL);
}

static void test_is(void **state)
{
    (void)state;
    const unsigned char *mark = (const unsigned char *)"ElfFile";
    assert_true(evtx_is(mark, 8));
    assert_false(evtx_is(mark, 7));
    assert_false(evtx_is((const unsigned char *)"ElfChnk", 8));
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {{"/nonexistent", "No such file or directory"},
                                           {"/", "not a regular file"},
                                           {"/proc/self/exe", "not a Windows event log"}};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char reason[256] = "";
        assert_null(evtx_open(wrong[i][0], reason, sizeof reason));
        assert_non_null(strstr(reason, evtx_supported() ? wrong[i][1] : "evtx_dump -o jsonl FILE"));
    }
    evtx_close(NULL);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct outcome outcome = read_log(load(samples[i].name));
        assert_int_equal(outcome.lines, samples[i].lines);
        assert_true(outcome.well_formed);
        assert_string_equal(outcome.damage, "");
    }
}

static void test_damage(void **state)
{
    (void)state;
    struct log *log = load("Exec_sysmon_meterpreter_reversetcp_msipackage.evtx");
    repeat(log, 3);
    log->p[HEADER + BLOCK] ^= 1;                           /* the second block's mark */
    log->p[HEADER + BLOCK + 0x28] ^= 1;                    /* and its header's size */
    memset(log->p + HEADER + 2 * BLOCK + 0x1E00, 0, 4096); /* some of the third's records */
    struct outcome outcome = read_log(log);
    assert_true(outcome.lines > 16 && outcome.lines < 24 && outcome.well_formed);
    char want[128];
    snprintf(want, sizeof want, "%zu of 24 records are damaged", 24 - outcome.lines);
    assert_non_null(strstr(outcome.damage, want));
    assert_non_null(strstr(outcome.damage, "1 block of 64 KiB with a wrong checksum"));

    log = load("Exec_sysmon_meterpreter_reversetcp_msipackage.evtx");
    repeat(log, 3);
    log->n -= BLOCK + BLOCK - 0x2000;
    outcome = read_log(log);
    assert_true(outcome.lines > 8 && outcome.lines < 16 && outcome.well_formed);
    snprintf(want, sizeof want, "%zu of 16 records are damaged, 1 block of 64 KiB damaged or missing",
             16 - outcome.lines);
    assert_string_equal(outcome.damage, want);
}

static void test_cut_header(void **state)
{
    (void)state;
    static const size_t sizes[] = {8, 100, 1000, HEADER};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct log *log = load("Exec_sysmon_meterpreter_reversetcp_msipackage.evtx");
        log->n = sizes[i];
        struct outcome outcome = read_log(log);
        assert_int_equal(outcome.lines, 0);
        assert_string_equal(outcome.damage, "1 block of 64 KiB damaged or missing");
    }
}

/* A log copied while it was written: its headers lag behind. */
static void test_open_log(void **state)
{
    (void)state;
    struct log *log = load("Exec_sysmon_meterpreter_reversetcp_msipackage.evtx");
    repeat(log, 2);
    put(log->p + 0x2A, 2, 1);
    log->p[0x78] |= 1;
    put(log->p + 0x7C, 4, crc32(0, log->p, 120));
    struct outcome outcome = read_log(log);
    assert_int_equal(outcome.lines, 16);
    assert_string_equal(outcome.damage, "");
    log->p[0x78] = 0;
    put(log->p + 0x7C, 4, crc32(0, log->p, 120));
    assert_int_equal(read_log(log).lines, 8);
}

static pid_t only_child(void)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%d", &child) != 1)
        child = 0;
    if (file != NULL)
        fclose(file);
    return child;
}

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

static void test_death(void **state)
{
    (void)state;
    static const int signals[] = {SIGKILL, SIGSEGV, SIGXCPU};
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
        struct log *log = load("Exec_sysmon_meterpreter_reversetcp_msipackage.evtx");
        repeat(log, 64);
        save(log);
        struct evtx *evtx = start(log->path);
        wait_a_little();
        pid_t child = only_child();
        if (child == 0) {
            print_message("SKIPPED: the system does not list children\n");
            evtx_close(evtx);
            skip();
        }
        assert_int_equal(kill(child, signals[i]), 0);
        wait_a_little();
        struct outcome outcome = finish(evtx, BLOCK);
        char want[128];
        snprintf(want, sizeof want, "ended with signal %d", signals[i]);
        assert_non_null(strstr(outcome.damage, want));
        if (signals[i] == SIGKILL)
            assert_in_range(outcome.lines, 1, 63 * 8);
        else
            assert_in_range(outcome.lines, 63 * 8, 64 * 8);
        remove(log->path);
    }
}

static void test_full_pipe(void **state)
{
    (void)state;
    struct log *log = load("Exec_sysmon_meterpreter_reversetcp_msipackage.evtx");
    repeat(log, 64);
    save(log);
    struct evtx *evtx = start(log->path);
    struct evtx *other = start(log->path);
    char some[10];
    wait_a_little();
    assert_int_equal(evtx_read(other, some, sizeof some), sizeof some);
    evtx_close(other);
    struct outcome outcome = finish(evtx, 7);
    assert_int_equal(outcome.lines, 64 * 8);
    assert_true(outcome.well_formed);
    assert_string_equal(outcome.damage, "");
    remove(log->path);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void mutate(struct log *log, uint64_t seed)
{
    struct rng_state rng = rng_start(seed, rng_stream("evtx", 0, 0), 0);
    size_t flips = rng_next_below(&rng, seed % 2 == 0 ? 30 : 4);
    for (size_t i = 0; i < flips; i++)
        log->p[8 + rng_next_below(&rng, 0x4000)] = (unsigned char)rng_next(&rng);
    /* A header that fits lets the damage behind it through. */
    if (rng_next_below(&rng, 2) == 0)
        put(log->p + 0x7C, 4, crc32(0, log->p, 120));
    if (rng_next_below(&rng, 3) == 0)
        log->n = 8 + rng_next_below(&rng, log->n - 8);
}

/* EVTX_MUTATIONS in the environment: how many to try. */
static void test_mutations(void **state)
{
    (void)state;
    const char *wish = getenv("EVTX_MUTATIONS");
    size_t n = wish != NULL ? (size_t)strtoul(wish, NULL, 10) : 100, lines = 0, damaged = 0, deaths = 0;
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        struct log *log = load(samples[i % ARRAY_LEN(samples)].name);
        mutate(log, i);
        double before = now();
        alarm(SECONDS);
        struct outcome outcome = read_log(log);
        alarm(0);
        worst = now() - before > worst ? now() - before : worst;
        lines += outcome.lines;
        damaged += outcome.damage[0] != '\0';
        if (strstr(outcome.damage, "process") != NULL) {
            deaths++;
            print_message("%zu: %s\n", i, outcome.damage);
            assert_null(strstr(outcome.damage, "status"));
        } else {
            assert_true(outcome.well_formed);
        }
    }
    print_message("%zu mutations: %zu lines, %zu with damage, %zu deaths, at most %.3f s\n", n, lines, damaged, deaths,
                  worst);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),      cmocka_unit_test(test_is),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_samples),   cmocka_unit_test(test_damage), cmocka_unit_test(test_cut_header),
        cmocka_unit_test(test_open_log),  cmocka_unit_test(test_death),  cmocka_unit_test(test_full_pipe),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
