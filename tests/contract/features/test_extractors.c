/* What every extractor promises, whatever its name: a new file in src/features/extractors is tested without any edit
 * here. */
#include "mpi_test.h"

#include "features/extractor.h"
#include "support/hash.h"
#include "support/rng.h"

#include <math.h>

static const struct extractor *extractor_at(size_t i)
{
    return (const struct extractor *)(const void *)extractor_list()->item[i];
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

static void check_lines(const struct comm *world, const struct str *line, size_t n)
{
    for (size_t e = 0; e < extractor_list()->n; e++) {
        struct arena *arena = arena_new();
        struct choice choice = plugin_default(extractor_list(), extractor_list()->item[e]->name, arena);
        void *state = learn(world, extractor_at(e), choice.params, arena);
        for (size_t i = 0; i < n; i++) {
            bool sound = row_is_sound(extractor_at(e), choice.params, state, line[i], arena);
            if (!sound)
                print_error("%s fails on line %zu\n", choice.plugin->name, i);
            assert_all(world, sound);
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
    check_lines(*state, line, ARRAY_LEN(line));
}

static void test_random_bytes(void **state)
{
    static const char special[] = "\\/:.\"' =-&;^%#aZ0\n";
    struct rng_state rng = rng_start(3, 3, 3);
    for (int round = 0; round < 300; round++) {
        char bytes[257];
        size_t n = (size_t)rng_next_below(&rng, sizeof bytes);
        for (size_t i = 0; i < n; i++)
            bytes[i] =
                round % 2 == 0 ? (char)rng_next_below(&rng, 256) : special[rng_next_below(&rng, sizeof special - 1)];
        struct str line = {bytes, n};
        check_lines(*state, &line, 1);
    }
}

/* Also bounds the time: a quadratic pass over any of these would not end in time. */
static void test_huge_lines(void **state)
{
    static const char *const unit[] = {"a", "A1/", "\\\\a\\b", "C:\\x ",  "a.",  "http://",
                                       ".", "/a",  ":",        "&&for %", "\xff"};
    enum { BYTES = 1 << 20 };
    struct arena *arena = arena_new();
    for (size_t u = 0; u < ARRAY_LEN(unit); u++) {
        size_t length = strlen(unit[u]);
        char *bytes = arena_bytes(arena, BYTES);
        for (size_t i = 0; i < BYTES; i++)
            bytes[i] = unit[u][i % length];
        struct str line = {bytes, BYTES};
        check_lines(*state, &line, 1);
    }
    arena_free(arena);
}

enum { LEARNT_LINES = 90 };

struct learning {
    size_t extractor;
    int deal;
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

/* What the extractor makes of all lines after it has learnt from those of all ranks. */
static uint64_t learn_and_make(const struct comm *comm, void *context)
{
    const struct learning *learning = context;
    const struct extractor *extractor = extractor_at(learning->extractor);
    struct arena *arena = arena_new();
    struct choice choice = plugin_default(extractor_list(), extractor->plugin.name, arena);
    int64_t row[LEARNT_LINES];
    struct str text[LEARNT_LINES];
    size_t n = 0, d = extractor->width(choice.params);
    for (int64_t i = 0; i < LEARNT_LINES; i++) {
        int64_t r = learning->deal == 1 ? LEARNT_LINES - 1 - i : i;
        if (!learns_here(comm, learning->deal, r))
            continue;
        text[n] = learnt_line(r, arena);
        row[n++] = r;
    }
    void *state = NULL;
    struct error err;
    struct line_view lines = {.n = n, .row = row, .text = text};
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

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_named),
        cmocka_unit_test(test_odd_lines),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_huge_lines),
        cmocka_unit_test(test_learns_the_same_anywhere),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
