#include "made_corpus.h"

/* A set of n made lines in dealt blocks; every third is malicious; fields: the number of the line, and an empty text.
 */
static struct set make_set(const struct comm *comm, int64_t n, struct arena *arena)
{
    struct set set = {.plan = plan_dealt(comm, n, SET_BLOCK), .n_fields = 2, .dropped = 7, .digest = 99};
    set.n = plan_count(&set.plan);
    set.text = ARENA_ARRAY(arena, struct str, set.n);
    set.hash = ARENA_ARRAY(arena, struct hash128, set.n);
    set.y = ARENA_ARRAY(arena, uint8_t, set.n);
    set.count = ARENA_ARRAY(arena, int64_t, set.n);
    set.field = ARENA_ARRAY(arena, struct str *, 2);
    set.field[0] = ARENA_ARRAY(arena, struct str, set.n);
    set.field[1] = ARENA_ZARRAY(arena, struct str, set.n);
    for (size_t i = 0; i < set.n; i++) {
        const int64_t row = plan_row(&set.plan, i);
        set.text[i] = line_of(row, false, arena);
        set.hash[i] = hash_of(row);
        set.y[i] = row % 3 == 0;
        set.count[i] = row + 1;
        set.field[0][i] = str_of(arena_printf(arena, "field %" PRId64, row));
    }
    for (int64_t row = 0; row < n; row++)
        set.n_class[row % 3 == 0]++;
    return set;
}

static struct wanted line(int64_t row)
{
    return (struct wanted){row, row + 1, false, row % 3 == 0};
}

static void halves_are_dealt_by_hash(void **state)
{
    const struct comm *world = *state;
    enum { N = 1000 };
    struct arena *arena = arena_new();
    struct set set = make_set(world, N, arena), half[2];
    struct error err;
    uint8_t in[N] = {0}; /* which half has line i, + 1 */
    for (int h = 0; h < 2; h++) {
        int64_t n = 0, seen[N];
        struct wanted wanted[N];
        assert_all(world, set_half(world, &set, h, arena, &half[h], &err));
        memset(seen, 0, sizeof(seen));
        for (size_t i = 0; i < half[h].n; i++)
            seen[half[h].count[i] - 1]++;
        reduce_sum_i64(world, seen, N);
        for (int64_t row = 0; row < N; row++) {
            if (seen[row] == 0)
                continue;
            assert_true(seen[row] == 1 && in[row] == 0); /* the same on every rank */
            in[row] = (uint8_t)(h + 1);
            wanted[n++] = line(row);
        }
        assert_all(world, set_holds(world, &half[h], wanted, n));
        assert_all(world, n > N / 2 - 80 && n < N / 2 + 80);
        bool right = half[h].n_fields == 2;
        for (size_t i = 0; i < half[h].n && right; i++) {
            const char *field = arena_printf(arena, "field %" PRId64, half[h].count[i] - 1);
            right = str_equal(half[h].field[0][i], str_of(field)) && half[h].field[1][i].n == 0;
        }
        assert_all(world, right);
    }
    assert_all(world, half[0].n_class[0] + half[1].n_class[0] == set.n_class[0]);
    assert_all(world, half[0].digest != half[1].digest);
    arena_free(arena);
}

/* The parts of inputs and the halves cut the same hashes: a half of a part is not empty or whole. */
static void halves_do_not_follow_parts(void **state)
{
    const struct comm *world = *state;
    enum { N = 2000 };
    struct arena *arena = arena_new();
    struct set set = make_set(world, N, arena), half;
    struct error err;
    assert_all(world, set_half(world, &set, 1, arena, &half, &err));
    int64_t count[4] = {0}; /* by the highest bit of either half of the hash: any range of either is cut in two */
    for (size_t i = 0; i < half.n; i++) {
        count[half.hash[i].hi >> 63]++;
        count[2 + (half.hash[i].lo >> 63)]++;
    }
    reduce_sum_i64(world, count, 4);
    for (int k = 0; k < 4; k++)
        assert_all(world, count[k] > N / 4 - 100 && count[k] < N / 4 + 100);
    arena_free(arena);
}

static uint64_t digest_of_halves(const struct comm *comm, void *context)
{
    struct arena *arena = arena_new();
    struct set set = make_set(comm, 700, arena), half[2];
    struct error err;
    (void)context;
    bool ok = set_half(comm, &set, 0, arena, &half[0], &err) && set_half(comm, &set, 1, arena, &half[1], &err);
    uint64_t digest = ok ? hash_mix(half[0].digest) ^ half[1].digest : 0;
    arena_free(arena);
    return digest;
}

static void halves_are_the_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    assert_same_on_any_ranks(world, digest_of_halves, NULL);
    assert_all(world, digest_of_halves(world, NULL) != 0);
}

static void a_half_without_a_class_is_an_error(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct set set = make_set(world, 1, arena), half;
    struct error err;
    for (int h = 0; h < 2; h++) {
        assert_all(world, !set_half(world, &set, h, arena, &half, &err) && err.code == ERROR_INPUT);
        assert_all(world, strstr(err.message, h == 0 ? "tune" : "calibrate") != NULL);
    }
    arena_free(arena);
}

/* Every group gets the whole set in its own blocks; ranks of no group get nothing. */
static void every_group_gets_the_set(void **state)
{
    const struct comm *world = *state;
    static const int64_t sizes[] = {0, 1, 63, 64, 65, 1000};
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
        for (int groups = 1; groups <= comm_size(world); groups++)
            for (int idle = 0; idle < 2; idle++) {
                struct arena *arena = arena_new();
                struct set set = make_set(world, sizes[s], arena), moved;
                struct wanted *wanted = ARENA_ARRAY(arena, struct wanted, (size_t)sizes[s]);
                const int group = (comm_rank(world) + 1) % (groups + idle) - idle;
                struct comm *to = comm_split(world, group);
                for (int64_t row = 0; row < sizes[s]; row++)
                    wanted[row] = line(row);
                set_move(world, &set, to, arena, &moved);
                bool right = to == NULL ? moved.n == 0
                                        : set_holds(to, &moved, wanted, sizes[s]) && moved.digest == 99 &&
                                              moved.dropped == 7 && moved.n_fields == 0;
                comm_free(to);
                arena_free(arena);
                assert_all(world, right);
            }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_are_dealt_by_hash),         cmocka_unit_test(halves_do_not_follow_parts),
        cmocka_unit_test(halves_are_the_same_on_any_ranks), cmocka_unit_test(a_half_without_a_class_is_an_error),
        cmocka_unit_test(every_group_gets_the_set),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
