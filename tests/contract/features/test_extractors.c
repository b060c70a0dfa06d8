/* What every extractor promises, whatever its name: a new file in src/features/extractors is tested without any edit
 * here, unless it fetches: where from stands in choose. */
#include "mpi_test.h"

#include "standin_test.h"

#include "comm/digest.h"
#include "features/extractor.h"
#include "support/json.h"
#include "support/rng.h"
#include "vector_test.h"

#include <math.h>

static const struct extractor *extractor_at(size_t i)
{
    return (const struct extractor *)(const void *)extractor_list()->item[i];
}

enum { FETCHED_DIMS = 24 };

/* What extractors that fetch find outside: a file of vectors, a server and its cache. */
struct outside {
    struct test_folder folder;
    char file[128], cache[128];
    struct standin server; /* runs on rank 0 */
    bool serves;
};

static struct outside open_outside(const struct comm *world)
{
    static const char *const more[] = {"--dimensions", "24", NULL};
    struct outside outside = {.serves = false};
    if (comm_rank(world) == 0) {
        outside.folder = folder_make();
        (void)snprintf(outside.file, sizeof outside.file, "%s/vectors.h5", outside.folder.path);
        (void)snprintf(outside.cache, sizeof outside.cache, "%s/cache", outside.folder.path);
        outside.serves = standin_run(&outside.server, &outside.folder, "server", more);
    }
    comm_bcast(world, &outside, sizeof outside, 0);
    assert_all(world, outside.serves); /* the server is built with the tests */
    return outside;
}

static void close_outside(const struct comm *world, struct outside *outside)
{
    comm_barrier(world);
    if (comm_rank(world) == 0) {
        standin_stop(&outside->server);
        folder_remove(&outside->folder);
    }
}

/* The extractor with parameters to work with; false (and said so): not tested. */
static bool choose(const struct comm *world, size_t e, const struct outside *outside, struct arena *arena,
                   struct choice *out)
{
    const char *name = extractor_list()->item[e]->name, *json = NULL;
    *out = plugin_default(extractor_list(), name, arena);
    if (!extractor_at(e)->fetch)
        return true;
    if (strcmp(name, "embedding_file") == 0)
        json = arena_printf(arena, "{\"name\":\"%s\",\"file\":\"%s\",\"dimensions\":%d}", name, outside->file,
                            FETCHED_DIMS);
    else if (strcmp(name, "embedding_http") == 0)
        json = arena_printf(arena,
                            "{\"name\":\"%s\",\"url\":\"http://127.0.0.1:%d/v1\",\"cache\":\"%s\",\"dimensions\":%d}",
                            name, outside->server.port, outside->cache, FETCHED_DIMS);
    struct json_doc *doc = NULL;
    struct error err;
    bool ok = json && json_parse(str_of(json), "test", false, &doc, &err) &&
              plugin_choose(extractor_list(), doc, json_root(doc), arena, out, &err);
    json_free(doc);
    if (!ok && comm_rank(world) == 0)
        print_error("SKIPPED: %s fetches from where this test does not know: say it in choose()\n", name);
    return ok;
}

static void test_learns_or_fetches(void **state)
{
    const struct comm *world = *state;
    for (size_t e = 0; e < extractor_list()->n; e++)
        assert_all(world, !extractor_at(e)->prepare || !extractor_at(e)->fetch);
}

static void test_columns_are_named(void **state)
{
    const struct comm *world = *state;
    for (size_t e = 0; e < extractor_list()->n; e++) {
        struct arena *arena = arena_new();
        struct choice choice = plugin_default(extractor_list(), extractor_list()->item[e]->name, arena);
        size_t d = extractor_at(e)->width(choice.params);
        assert_all(world, d > 0);
        char(*name)[64] = arena_alloc(arena, d, sizeof *name);
        bool unique = true, named = true;
        for (size_t i = 0; i < d; i++) {
            memset(name[i], 'x', sizeof name[i]);
            extractor_at(e)->column(choice.params, i, name[i]);
            named &= name[i][0] != 0 && memchr(name[i], 0, sizeof name[i]) != NULL;
            for (size_t j = 0; named && j < i; j++)
                unique &= strcmp(name[i], name[j]) != 0;
        }
        assert_all(world, named);
        assert_all(world, unique);
        arena_free(arena);
    }
}

/* All written (over NaN), all finite, nothing beyond the row, and the same again from other memory. */
static bool row_is_sound(const struct extractor *extractor, const void *params, const void *state, struct str line,
                         struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    size_t d = extractor->width(params);
    float *a = ARENA_ARRAY(arena, float, d + 1), *b = ARENA_ARRAY(arena, float, d + 1);
    struct str copy = {arena_copy(arena, line.p, line.n), line.n};
    for (size_t i = 0; i <= d; i++) {
        a[i] = NAN;
        b[i] = 7;
    }
    extractor->row(params, state, line, a);
    extractor->row(params, state, copy, b);
    bool sound = memcmp(a, b, d * sizeof *a) == 0 && isnan(a[d]) && b[d] == 7;
    for (size_t i = 0; i < d; i++)
        sound &= isfinite(a[i]);
    arena_release(arena, mark);
    return sound;
}

/* What the extractor learns from three lines a rank, if it learns. */
static void *learn(const struct comm *world, const struct extractor *extractor, const void *params, struct arena *arena)
{
    static const struct str text[] = {STR("cmd /c echo 1"), STR("ls -la /tmp"), STR("powershell -nop -enc SQBFAFgA")};
    int64_t row[3];
    void *state = NULL;
    struct error err;
    for (int i = 0; i < 3; i++)
        row[i] = 3 * comm_rank(world) + i;
    struct line_view lines = {.n = 3, .row = row, .text = text};
    assert_all(world, !extractor->prepare || extractor->prepare(world, params, &lines, arena, &state, &err));
    return state;
}

/* The lines on every rank; those that fetch find them. */
static void *fetch(const struct comm *world, const struct extractor *extractor, const void *params,
                   const struct outside *outside, const struct str *line, size_t n, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, n);
    void *state = NULL;
    struct error err;
    for (size_t i = 0; i < n; i++)
        row[i] = (int64_t)n * comm_rank(world) + (int64_t)i;
    if (comm_rank(world) == 0)
        vector_file_of(outside->file, line, n, FETCHED_DIMS);
    comm_barrier(world);
    struct line_view lines = {.n = n, .row = row, .text = line};
    assert_all(world, extractor->fetch(world, params, &lines, arena, &state, &err));
    return state;
}

static void check_lines(const struct comm *world, const struct outside *outside, const struct str *line, size_t n)
{
    for (size_t e = 0; e < extractor_list()->n; e++) {
        struct arena *arena = arena_new();
        struct choice choice;
        if (choose(world, e, outside, arena, &choice)) {
            void *state = extractor_at(e)->fetch ? fetch(world, extractor_at(e), choice.params, outside, line, n, arena)
                                                 : learn(world, extractor_at(e), choice.params, arena);
            for (size_t i = 0; i < n; i++) {
                bool sound = row_is_sound(extractor_at(e), choice.params, state, line[i], arena);
                if (!sound)
                    print_error("%s fails on line %zu\n", choice.plugin->name, i);
                assert_all(world, sound);
            }
        }
        arena_free(arena);
    }
}

static void test_odd_lines(void **state)
{
    static const struct str line[] = {
        {"", 0},         {NULL, 0},
        {"\0", 1},       {"\0\0\0\0", 4},
        {"\xff\xfe", 2}, {"\xc3\x28", 2},
        {":", 1},        {"\\\\", 2},
        {"\\\\?\\", 4},  {"C:\\", 3},
        {"://", 3},      {"http://", 7},
        {".", 1},        {"....", 4},
        {"/", 1},        {"//", 2},
        {"a", 1},        {"\r\n\t", 3},
        {"%s%n%x", 6},   {"-", 1},
        {"1.2.3.4", 7},  {"\\\\a\\", 4},
        {"a.", 2},       {"-.com", 5},
        {"C:", 2},       {"ftp://a.b/.exe", 14},
    };
    struct outside outside = open_outside(*state);
    check_lines(*state, &outside, line, ARRAY_LEN(line));
    close_outside(*state, &outside);
}

static void test_random_bytes(void **state)
{
    static const char special[] = "\\/:.\"' =-&;^%#aZ0\n";
    enum { ROUNDS = 300, BYTES = 256 };
    struct rng_state rng = rng_start(3, 3, 3);
    struct outside outside = open_outside(*state);
    struct arena *arena = arena_new();
    struct str line[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        char *bytes = arena_bytes(arena, BYTES);
        size_t n = (size_t)rng_next_below(&rng, BYTES + 1);
        for (size_t i = 0; i < n; i++)
            bytes[i] =
                round % 2 == 0 ? (char)rng_next_below(&rng, 256) : special[rng_next_below(&rng, sizeof special - 1)];
        line[round] = (struct str){bytes, n};
    }
    check_lines(*state, &outside, line, ROUNDS);
    close_outside(*state, &outside);
    arena_free(arena);
}

/* Also bounds the time: a quadratic pass over any of these would not end in time. */
static void test_huge_lines(void **state)
{
    static const char *const unit[] = {"a", "A1/", "\\\\a\\b", "C:\\x ",  "a.",  "http://",
                                       ".", "/a",  ":",        "&&for %", "\xff"};
    enum { BYTES = 1 << 20 };
    struct arena *arena = arena_new();
    struct outside outside = open_outside(*state);
    for (size_t u = 0; u < ARRAY_LEN(unit); u++) {
        size_t length = strlen(unit[u]);
        char *bytes = arena_bytes(arena, BYTES);
        for (size_t i = 0; i < BYTES; i++)
            bytes[i] = unit[u][i % length];
        struct str line = {bytes, BYTES};
        check_lines(*state, &outside, &line, 1);
    }
    close_outside(*state, &outside);
    arena_free(arena);
}

enum { LEARNT_LINES = 90 };

struct learning {
    size_t extractor;
    int deal;
    const struct outside *outside; /* for one that fetches */
};

static struct str learnt_line(int64_t row, struct arena *arena)
{
    uint64_t x = rng_u64(4, 5, (uint64_t)row);
    return str_of(arena_printf(arena, "tool%" PRIu64 " -n %" PRIx64 " /d:%" PRIu64, x % 5, x % 64, x % 3));
}

static bool learns_here(const struct comm *comm, int deal, int64_t row)
{
    int size = comm_size(comm);
    switch (deal) {
    case 0:
        return row % size == comm_rank(comm);
    case 1:
        return (int)(rng_u64(6, 7, (uint64_t)row) % (uint64_t)size) == comm_rank(comm);
    default:
        return comm_rank(comm) == size - 1;
    }
}

/* This rank's lines. */
static struct line_view own_lines(const struct comm *comm, int deal, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, LEARNT_LINES);
    struct str *text = ARENA_ARRAY(arena, struct str, LEARNT_LINES);
    size_t n = 0;
    for (int64_t i = 0; i < LEARNT_LINES; i++) {
        int64_t r = deal == 1 ? LEARNT_LINES - 1 - i : i;
        if (!learns_here(comm, deal, r))
            continue;
        text[n] = learnt_line(r, arena);
        row[n++] = r;
    }
    return (struct line_view){.n = n, .row = row, .text = text};
}

/* What the extractor makes of all lines after it has learnt from those of all ranks. */
static uint64_t learn_and_make(const struct comm *comm, void *context)
{
    const struct learning *learning = context;
    const struct extractor *extractor = extractor_at(learning->extractor);
    struct arena *arena = arena_new();
    struct choice choice = plugin_default(extractor_list(), extractor->plugin.name, arena);
    size_t d = extractor->width(choice.params);
    struct line_view lines = own_lines(comm, learning->deal, arena);
    void *state = NULL;
    struct error err;
    bool ok = extractor->prepare(comm, choice.params, &lines, arena, &state, &err);
    float *x = ARENA_ARRAY(arena, float, d);
    uint64_t digest = ok;
    for (int64_t r = 0; ok && r < LEARNT_LINES; r++) {
        extractor->row(choice.params, state, learnt_line(r, arena), x);
        digest = hash64((struct str){(const char *)x, d * sizeof *x}, digest);
    }
    arena_free(arena);
    return digest;
}

static void test_learns_the_same_anywhere(void **state)
{
    const struct comm *world = *state;
    for (struct learning learning = {0}; learning.extractor < extractor_list()->n; learning.extractor++) {
        if (!extractor_at(learning.extractor)->prepare)
            continue;
        learning.deal = 0;
        uint64_t first = learn_and_make(world, &learning);
        assert_all(world, first != 0);
        for (; learning.deal < 3; learning.deal++) {
            assert_same_on_any_ranks(world, learn_and_make, &learning);
            assert_all(world, learn_and_make(world, &learning) == first);
        }
    }
}

static uint64_t fetch_and_make(const struct comm *comm, void *context)
{
    const struct learning *learning = context;
    const struct extractor *extractor = extractor_at(learning->extractor);
    struct arena *arena = arena_new();
    struct choice choice;
    struct line_view lines = own_lines(comm, learning->deal, arena);
    void *state = NULL;
    struct error err;
    uint64_t digest = 0;
    if (choose(comm, learning->extractor, learning->outside, arena, &choice) &&
        extractor->fetch(comm, choice.params, &lines, arena, &state, &err)) {
        size_t d = extractor->width(choice.params);
        float *x = ARENA_ARRAY(arena, float, lines.n *d);
        for (size_t i = 0; i < lines.n; i++)
            extractor->row(choice.params, state, lines.text[i], x + i * d);
        digest = digest_rows(comm, x, d * sizeof *x, lines.row, lines.n);
    }
    arena_free(arena);
    return digest;
}

static void test_fetches_the_same_anywhere(void **state)
{
    const struct comm *world = *state;
    struct outside outside = open_outside(world);
    struct arena *arena = arena_new();
    struct learning learning = {.outside = &outside};
    struct str line[LEARNT_LINES];
    for (int64_t r = 0; r < LEARNT_LINES; r++)
        line[r] = learnt_line(r, arena);
    if (comm_rank(world) == 0)
        vector_file_of(outside.file, line, LEARNT_LINES, FETCHED_DIMS);
    comm_barrier(world);
    for (; learning.extractor < extractor_list()->n; learning.extractor++) {
        struct choice choice;
        if (!extractor_at(learning.extractor)->fetch || !choose(world, learning.extractor, &outside, arena, &choice))
            continue;
        learning.deal = 0;
        uint64_t first = fetch_and_make(world, &learning);
        assert_all(world, first != 0);
        for (; learning.deal < 3; learning.deal++) {
            assert_same_on_any_ranks(world, fetch_and_make, &learning);
            assert_all(world, fetch_and_make(world, &learning) == first);
        }
    }
    arena_free(arena);
    close_outside(world, &outside);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_or_fetches),
        cmocka_unit_test(test_columns_are_named),
        cmocka_unit_test(test_odd_lines),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_huge_lines),
        cmocka_unit_test(test_learns_the_same_anywhere),
        cmocka_unit_test(test_fetches_the_same_anywhere),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
