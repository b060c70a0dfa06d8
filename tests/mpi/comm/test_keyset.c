#include "mpi_test.h"

#include "comm/keyset.h"

#include "deal.h"

static struct hash128 key_of(uint64_t i)
{
    return i == 0 ? (struct hash128){0, 0} : hash128((struct str){(const char *)&i, sizeof(i)}, 3);
}

/* Adds keys first .. end - 1, dealt in this way; each `copies` times. */
static void add_range(const struct comm *comm, struct keyset *keyset, enum deal deal, int64_t first, int64_t end,
                      int copies)
{
    struct arena *arena = arena_new();
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)(end - first));
    size_t n = deal_rows(comm, deal, (size_t)(end - first), row);
    struct hash128 *hash = ARENA_ARRAY(arena, struct hash128, n);

    for (size_t i = 0; i < n; i++)
        hash[i] = key_of((uint64_t)(first + row[i]));
    for (int k = 0; k < copies; k++)
        keyset_add(comm, keyset, hash, n);
    arena_free(arena);
}

/* Asks for keys first .. end - 1, all of them on every rank: how many are there, and whether just those below limit. */
static bool holds_below(const struct comm *comm, const struct keyset *keyset, int64_t end, int64_t limit)
{
    struct arena *arena = arena_new();
    struct hash128 *hash = ARENA_ARRAY(arena, struct hash128, (size_t)end);
    bool *found = ARENA_ARRAY(arena, bool, (size_t)end), right = true;

    for (int64_t i = 0; i < end; i++)
        hash[i] = key_of((uint64_t)i);
    const size_t used = arena_used(arena);
    keyset_find(comm, keyset, hash, (size_t)end, found, arena);
    right = arena_used(arena) == used;
    for (int64_t i = 0; i < end; i++)
        right = right && found[i] == (i < limit);
    arena_free(arena);
    return right;
}

static void test_empty(void **state)
{
    const struct comm *world = *state;
    struct keyset *keyset = keyset_new(world);

    assert_all(world, keyset_count(world, keyset) == 0);
    keyset_add(world, keyset, NULL, 0);
    assert_all(world, keyset_count(world, keyset) == 0);
    assert_all(world, holds_below(world, keyset, 100, 0));
    struct arena *arena = arena_new();
    keyset_find(world, keyset, NULL, 0, NULL, arena);
    arena_free(arena);
    keyset_free(keyset);
    keyset_free(NULL);
}

static void test_every_deal_and_duplicates(void **state)
{
    const struct comm *world = *state;

    for (int deal = 0; deal < DEAL_COUNT; deal++) {
        struct keyset *keyset = keyset_new(world);
        add_range(world, keyset, (enum deal)deal, 0, 500, 2);
        add_range(world, keyset, DEAL_SCATTERED, 250, 500, 1);
        assert_all(world, keyset_count(world, keyset) == 500);
        assert_all(world, holds_below(world, keyset, 1000, 500));
        keyset_free(keyset);
    }
}

/* Some ranks ask for much more than others, in many rounds; the set is spread evenly. */
static void test_many_rounds(void **state)
{
    const struct comm *world = *state;
    enum { N = 200000 };
    struct keyset *keyset = keyset_new(world);
    struct arena *arena = arena_new();
    size_t n = comm_rank(world) == comm_size(world) - 1 ? N : (size_t)comm_rank(world);
    struct hash128 *hash = ARENA_ARRAY(arena, struct hash128, N);
    bool *found = ARENA_ARRAY(arena, bool, N), right = true;

    add_range(world, keyset, DEAL_ALL_ON_FIRST, 0, N, 1);
    assert_all(world, keyset_count(world, keyset) == N);
    for (size_t i = 0; i < n; i++)
        hash[i] = key_of(i % 2 == 0 ? i : i + N);
    keyset_find(world, keyset, hash, n, found, arena);
    for (size_t i = 0; i < n; i++)
        right = right && found[i] == (i % 2 == 0);
    assert_all(world, right);
    arena_free(arena);
    keyset_free(keyset);
}

static uint64_t digest_of_deal(const struct comm *comm, void *context)
{
    const enum deal *deal = context;
    struct keyset *keyset = keyset_new(comm);
    add_range(comm, keyset, *deal, 0, 3000, *deal == DEAL_SCATTERED ? 2 : 1);
    uint64_t digest = keyset_digest(comm, keyset);
    keyset_free(keyset);
    return digest;
}

static void test_digest(void **state)
{
    const struct comm *world = *state;
    uint64_t first = 0;

    for (int k = 0; k < DEAL_COUNT; k++) {
        enum deal deal = (enum deal)k;
        assert_same_on_any_ranks(world, digest_of_deal, &deal);
        uint64_t digest = digest_of_deal(world, &deal);
        first = k == 0 ? digest : first;
        assert_all(world, digest == first);
    }
    struct keyset *empty = keyset_new(world), *zero = keyset_new(world);
    add_range(world, zero, DEAL_IN_TURN, 0, 1, 1); /* the key 0,0 alone */
    assert_all(world, keyset_digest(world, empty) != keyset_digest(world, zero));
    keyset_free(empty);
    keyset_free(zero);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_every_deal_and_duplicates),
        cmocka_unit_test(test_many_rounds),
        cmocka_unit_test(test_digest),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
