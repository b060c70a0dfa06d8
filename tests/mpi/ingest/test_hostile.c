/* Five hundred bad inputs, made from a seed: each is read to the end with counts that add up, or refused with a clear
 * error. */
#include "day_test.h"

enum { N_CASES = 500, N_KINDS = 25 };

/* What a case must come to. */
struct expected {
    int64_t records; /* of all kinds together */
    bool damaged;    /* records is an upper bound */
    bool unreadable;
    bool refused; /* day_read fails */
};

static void add_line(struct rng_state *rng, struct buf *out)
{
    buf_printf(out, "{\"command_line\":\"run %d\",\"label\":\"benign\",\"n\":[1,{\"x\":null}]}\n",
               (int)rng_next_below(rng, 50));
}

static void add_lines(struct rng_state *rng, struct buf *out, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        add_line(rng, out);
}

static void add_repeated(struct buf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add_str(out, str_of(text));
}

/* A record that is not one, its newline included. */
static void add_odd_line(struct rng_state *rng, uint64_t kind, struct buf *out)
{
    static const char *const odd[] = {
        "{\"command_line\":\"a\xFF\xFE\"}",
        "{\"command_line\":\"a\xC0\xAF\"}",
        "{\"command_line\":\"a\xED\xA0\x80\"}",
        "{\"command_line\":\"\\ud800 alone \\udc00\"}",
        "{\"command_line\":\"\\ud800\\ud800\\udfff\"}",
        "{\"command_line\":5}",
        "{\"command_line\":[\"a\"]}",
        "{\"command_line\":{\"a\":\"b\"}}",
        "{\"command_line\":true,\"command_line\":\"last counts\"}",
        "{\"command_line\":\"x\",\"label\":{\"malicious\":1},\"platform\":[],\"source\":7}",
        "{\"command_line\":\"\\u0000\\u0001\\u007f\"}",
        "{\"command_line\":\"a\tb\"}",
        "{\"command_line\":\"no end}",
        "{\"command_line\":\"x\"}}",
        "{\"command_line\":\"x\"} {\"command_line\":\"y\"}",
        "{\"command_line\":\"x\",}",
        "{'command_line':'x'}",
        "{\"command_line\":\"x\\\"}",
        "{\"command_line\":\"x\\\\\\\\\\\"}",
        "\"\\u0000",
        "command_line=x",
        "<Event><CommandLine>x</CommandLine></Event>",
        "\xFF\xFE{\x00}\x00",
        "\x1B[2J\x1B]0;owned\x07",
        "%s%n%s%n../../../../etc/passwd",
    };
    if (kind == 0) {
        buf_add_str(out, str_of(odd[rng_next_below(rng, ARRAY_LEN(odd))]));
    } else if (kind == 1) { /* a depth bomb */
        buf_add_str(out, STR("{\"command_line\":\"x\",\"a\":"));
        add_repeated(out, rng_next_below(rng, 2) ? "[" : "{\"a\":", 1 + (size_t)rng_next_below(rng, 100000));
    } else if (kind == 2) { /* NUL bytes */
        buf_add(out, "{\"command_line\":\"a\0b\"}\0\0\0", 25);
    } else if (kind == 3) { /* thousands of keys, quotes, backslashes */
        buf_add_str(out, STR("{"));
        add_repeated(out, "\"\\\\\\\"k\":\"\\\\\",", 1 + (size_t)rng_next_below(rng, 3000));
        buf_add_str(out, STR("\"command_line\":\"x\"}"));
    } else { /* bytes of any kind but the newline */
        for (uint64_t n = rng_next_below(rng, 600); n > 0; n--) {
            char c = (char)rng_next_below(rng, 256);
            buf_add(out, c == '\n' ? "\r" : &c, 1);
        }
    }
    buf_add(out, "\n", 1);
}

static int64_t count_records(struct str text)
{
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = (struct str){text.p + 3, text.n - 3};
    int64_t n = text.n > 0 && text.p[text.n - 1] != '\n';
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

/* A compressed file that is cut, or changed from some place on: then anything may come out before it is noticed. */
static void damage(struct rng_state *rng, struct buf *packed, struct expected *expected)
{
    size_t at = 12 + (size_t)rng_next_below(rng, packed->n - 12);
    if (rng_next_below(rng, 2)) {
        packed->n = at;
        return;
    }
    for (size_t i = at; i < packed->n; i++)
        packed->p[i] = (char)(packed->p[i] ^ 0x55);
    expected->records = INT64_MAX;
}

static struct expected compressed_case(struct rng_state *rng, uint64_t kind, const char *path)
{
    struct buf text = {.limit = SIZE_MAX}, packed = {.limit = SIZE_MAX};
    add_lines(rng, &text, 200 + rng_next_below(rng, 2000));
    enum packing packing = kind % 2 ? PACK_GZIP : PACK_ZSTD;
    pack(&packed, text.p, text.n, packing);
    struct expected expected = {count_records(buf_str(&text)), true, true, false};
    if (kind < 2) {
        damage(rng, &packed, &expected);
    } else if (kind < 4) { /* rubbish behind a whole one */
        buf_add_str(&packed, STR("rubbish"));
        expected.damaged = false;
    } else if (kind < 6) { /* only the magic bytes */
        packed.n = 4;
    } else { /* a whole one with zeros behind it, or followed by a cut one */
        expected.unreadable = packing == PACK_ZSTD;
        if (packing == PACK_GZIP)
            buf_add(&packed, "\0\0\0\0\0\0\0", 7);
        else
            buf_add(&packed, "\x28\xB5\x2F\xFD", 4);
        expected.damaged = false;
    }
    put_bytes(path, packed.p, packed.n);
    buf_free(&text);
    buf_free(&packed);
    return expected;
}

static void must(bool ok)
{
    if (!ok)
        abort();
}

static struct expected special_case(uint64_t kind, const char *path)
{
    char inside[256];
    switch (kind) {
    case 0: /* a folder with a file's name */
        must(mkdir(path, 0777) == 0);
        return (struct expected){.refused = true};
    case 1:
        must(symlink("/nowhere/at/all", path) == 0);
        return (struct expected){.unreadable = true};
    case 2:
        must(mkfifo(path, 0666) == 0);
        return (struct expected){.unreadable = true};
    case 3: /* a link to itself */
        snprintf(inside, sizeof inside, "%s", strrchr(path, '/') + 1);
        must(symlink(inside, path) == 0);
        return (struct expected){.unreadable = true};
    case 4:
        must(symlink("/dev/zero", path) == 0);
        return (struct expected){.unreadable = true};
    case 5: /* nothing at all */
        return (struct expected){.refused = true};
    default: /* a folder that holds a link to itself, and a file */
        must(mkdir(path, 0777) == 0);
        snprintf(inside, sizeof inside, "%s/loop", path);
        must(symlink(".", inside) == 0);
        snprintf(inside, sizeof inside, "%s/file", path);
        put_bytes(inside, "{}\n", 3);
        return (struct expected){.records = 1};
    }
}

static struct expected text_case(struct rng_state *rng, uint64_t kind, const char *path)
{
    struct buf text = {.limit = SIZE_MAX};
    if (kind == 0 && rng_next_below(rng, 2))
        buf_add_str(&text, STR("\xEF\xBB\xBF"));
    for (uint64_t n = rng_next_below(rng, kind == 0 ? 3 : 20); n > 0; n--) {
        add_lines(rng, &text, rng_next_below(rng, 4));
        add_odd_line(rng, kind % 5, &text);
        add_repeated(&text, rng_next_below(rng, 2) ? "\n" : " \t\r\n", (size_t)rng_next_below(rng, 3));
    }
    if (kind == 5) /* one line of 10 MB, with or without its end */
        add_repeated(&text, "0123456789abcdef", 10 << 16);
    if (kind == 6) /* UTF-16 */
        for (size_t i = 0; i < 400; i++)
            buf_add(&text, "{\0", 2);
    if (text.n > 0 && rng_next_below(rng, 3) == 0)
        text.n -= (size_t)rng_next_below(rng, text.n < 40 ? text.n : 40);
    put_bytes(path, text.n > 0 ? text.p : "", text.n);
    struct expected expected = {.records = count_records(buf_str(&text))};
    buf_free(&text);
    return expected;
}

static struct expected make_case(uint64_t i, const struct folder *folder)
{
    struct rng_state rng = rng_start(2026, 3, i);
    uint64_t kind = i % N_KINDS;
    char path[128];
    snprintf(path, sizeof path, "%s/%03d.jsonl", folder->path, (int)i);
    if (kind < 10)
        return text_case(&rng, kind % 7, path);
    if (kind < 18)
        return compressed_case(&rng, kind - 10, path);
    return special_case(kind - 18, path);
}

static bool adds_up(const struct reading *r, const struct expected *expected)
{
    if (expected->refused)
        return !r->ok && r->err.code == ERROR_CONFIG && strstr(r->err.message, ".jsonl") != NULL;
    int64_t sum = r->stats.records + r->stats.bad + ingest_filtered(&r->stats) + r->stats.blank;
    return r->ok && r->stats.unreadable == expected->unreadable && r->lines.n_events == r->stats.records &&
           (expected->damaged ? sum <= expected->records : sum == expected->records);
}

static void test_each_alone(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    for (uint64_t i = 0; i < N_CASES; i++) {
        struct expected expected = {0};
        char input[32];
        snprintf(input, sizeof input, "\"%03d.jsonl\"", (int)i);
        if (comm_rank(world) == 0)
            expected = make_case(i, &folder);
        comm_bcast(world, &expected, sizeof expected, 0);
        struct reading r = {.folder = &folder, .input = input, .quarantine = "q"};
        read_day(world, &r);
        bool ok = adds_up(&r, &expected);
        if (!ok && comm_rank(world) == 0)
            print_error("case %d: %s %d records %d bad %d blank %d unreadable, expected %d\n", (int)i, r.err.message,
                        (int)r.stats.records, (int)r.stats.bad, (int)r.stats.blank, (int)r.stats.unreadable,
                        (int)expected.records);
        reading_end(&r);
        assert_all(world, ok);
    }
    folder_remove(world, &folder);
}

static uint64_t run(const struct comm *group, void *context)
{
    struct reading *r = context;
    read_day(group, r);
    uint64_t digest = reading_digest(group, r);
    reading_end(r);
    return digest;
}

static void test_all_together(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    int64_t whole = 0; /* records of files without damage */
    for (uint64_t i = 0; i < N_CASES && comm_rank(world) == 0; i++) {
        struct expected one = make_case(i, &folder);
        whole += one.damaged ? 0 : one.records;
    }
    comm_bcast(world, &whole, sizeof whole, 0);
    struct reading r = {.folder = &folder, .input = "\"*.jsonl\"", .max_record_bytes = 5000};
    read_day(world, &r);
    int64_t sum = r.stats.records + r.stats.bad + ingest_filtered(&r.stats) + r.stats.blank;
    assert_all(world, r.ok && sum >= whole && r.stats.unreadable > N_CASES / 5);
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_alone),
        cmocka_unit_test(test_all_together),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
