#include "mpi_test.h"

#include "comm/exchange.h"
#include "support/rng.h"

#include <string.h>

/* Record i of rank r: who sent it, its index and filler that depends on both. */
static void fill_record(char *record, size_t bytes, int rank, size_t i)
{
    for (size_t b = 0; b < bytes; b++)
        record[b] = (char)(unsigned char)((size_t)rank * 31 + i * 7 + b + (i >> 8));
    if (bytes >= 12) {
        int32_t r = rank;
        uint64_t index = i;
        memcpy(record, &r, sizeof(r));
        memcpy(record + 4, &index, sizeof(index));
    }
}

struct layout {
    size_t (*count)(int rank, int size);
    int (*dest)(int rank, size_t i, int size);
    size_t record_bytes;
};

/* What arrived is exactly what every rank sent here, by sender and in sending order. */
static bool arrived(const struct comm *comm, const struct layout *layout, const struct exchange *x, char *expected)
{
    const char *record = x->records;
    int size = comm_size(comm);
    size_t n = 0;

    for (int r = 0; r < size; r++) {
        int64_t from_r = 0;
        for (size_t i = 0; i < layout->count(r, size); i++) {
            if (layout->dest(r, i, size) != comm_rank(comm))
                continue;
            fill_record(expected, layout->record_bytes, r, i);
            if (n >= x->n || memcmp(expected, record + n * layout->record_bytes, layout->record_bytes) != 0)
                return false;
            n++;
            from_r++;
        }
        if (x->received[r] != from_r)
            return false;
    }
    return n == x->n;
}

static bool round_trip(const struct comm *comm, const struct layout *layout)
{
    struct arena *arena = arena_new();
    int rank = comm_rank(comm), size = comm_size(comm);
    size_t n = layout->count(rank, size), bytes = layout->record_bytes;
    char *records = arena_alloc(arena, n, bytes), *expected = arena_alloc(arena, 1, bytes);
    int *dest = ARENA_ARRAY(arena, int, n);
    int64_t *reply = ARENA_ARRAY(arena, int64_t, n), *answer, total = 0;
    struct exchange x;
    bool right;

    for (size_t i = 0; i < n; i++) {
        fill_record(records + i * bytes, bytes, rank, i);
        dest[i] = layout->dest(rank, i, size);
    }
    exchange_records(comm, records, bytes, n, dest, arena, &x);
    right = x.n_sent == n && arrived(comm, layout, &x, expected);
    for (int r = 0; r < size; r++)
        total += x.sent[r];
    right = right && total == (int64_t)n;

    /* each answer names the rank that gave it and the sum of the record's bytes */
    answer = ARENA_ARRAY(arena, int64_t, x.n);
    for (size_t j = 0; j < x.n; j++) {
        const char *record = x.records;
        answer[j] = (int64_t)rank << 32;
        for (size_t b = 0; b < bytes; b++)
            answer[j] += (unsigned char)record[j * bytes + b];
    }
    exchange_reply(comm, &x, answer, sizeof(*answer), reply, arena);
    for (size_t i = 0; i < n; i++) {
        int64_t want = (int64_t)dest[i] << 32;
        for (size_t b = 0; b < bytes; b++)
            want += (unsigned char)records[i * bytes + b];
        right = right && reply[i] == want;
    }
    arena_free(arena);
    return right;
}

static size_t count_none(int rank, int size)
{
    (void)rank;
    (void)size;
    return 0;
}

static size_t count_uneven(int rank, int size)
{
    return (size_t)(rank * 37 % 5) * 50 * (size_t)size;
}

static size_t count_on_last(int rank, int size)
{
    return rank == size - 1 ? 1000 : 0;
}

static size_t count_huge_on_first(int rank, int size)
{
    (void)size;
    return rank == 0 ? 5 : 1; /* of 16 MiB and a bit: more than one message */
}

static int dest_mixed(int rank, size_t i, int size)
{
    return exchange_owner(rng_u64(5, (uint64_t)rank, i), size);
}

static int dest_last(int rank, size_t i, int size)
{
    (void)rank;
    (void)i;
    return size - 1;
}

static int dest_self(int rank, size_t i, int size)
{
    (void)i;
    (void)size;
    return rank;
}

static void test_round_trips(void **state)
{
    const struct comm *world = *state;
    static const size_t record_bytes[] = {1, 12, 100};
    size_t (*const count[])(int, int) = {count_none, count_uneven, count_on_last};
    int (*const dest[])(int, size_t, int) = {dest_mixed, dest_last, dest_self};

    for (size_t b = 0; b < ARRAY_LEN(record_bytes); b++) {
        for (size_t c = 0; c < ARRAY_LEN(count); c++) {
            for (size_t d = 0; d < ARRAY_LEN(dest); d++) {
                struct layout layout = {count[c], dest[d], record_bytes[b]};
                assert_all(world, round_trip(world, &layout));
            }
        }
    }
}

static void test_more_than_one_message(void **state)
{
    const struct comm *world = *state;
    struct layout layout = {count_huge_on_first, dest_last, (16 << 20) + 5};

    assert_all(world, round_trip(world, &layout));
}

/* Text i of rank r: its length varies from nothing to `most`, its bytes depend on both. */
static struct str make_text(int rank, size_t i, size_t most, struct arena *arena)
{
    size_t n = i % 7 == 3 ? 0 : (size_t)rng_below(11, (uint64_t)rank, i, most + 1);
    char *p = arena_bytes(arena, n);

    for (size_t k = 0; k < n; k++)
        p[k] = (char)((size_t)rank * 131 + i * 17 + k + (k >> 9));
    return (struct str){p, n};
}

/* Texts arrive whole, beside the records that tell who sent them. */
static bool texts_arrive(const struct comm *comm, size_t (*count)(int, int), int (*dest)(int, size_t, int), size_t most)
{
    struct arena *arena = arena_new();
    int rank = comm_rank(comm), size = comm_size(comm);
    size_t n = count(rank, size), arrived;
    struct str *text = ARENA_ARRAY(arena, struct str, n);
    uint64_t(*who)[2] = arena_alloc(arena, n, sizeof(*who));
    int *to = ARENA_ARRAY(arena, int, n);
    struct exchange x;

    for (size_t i = 0; i < n; i++) {
        text[i] = make_text(rank, i, most, arena);
        who[i][0] = (uint64_t)rank;
        who[i][1] = i;
        to[i] = dest(rank, i, size);
    }
    exchange_records(comm, who, sizeof(*who), n, to, arena, &x);
    const struct str *got = exchange_texts(comm, text, n, to, arena, &arrived);
    const uint64_t(*from)[2] = (const uint64_t(*)[2])x.records;
    bool right = arrived == x.n;
    for (size_t i = 0; i < x.n && right; i++) {
        struct arena_mark mark = arena_mark(arena);
        right = str_equal(got[i], make_text((int)from[i][0], from[i][1], most, arena));
        arena_release(arena, mark);
    }
    arena_free(arena);
    return right;
}

static void test_texts(void **state)
{
    const struct comm *world = *state;
    static const size_t most[] = {0, 1, 300};
    size_t (*const count[])(int, int) = {count_none, count_uneven, count_on_last};
    int (*const dest[])(int, size_t, int) = {dest_mixed, dest_last, dest_self};

    for (size_t m = 0; m < ARRAY_LEN(most); m++) {
        for (size_t c = 0; c < ARRAY_LEN(count); c++) {
            for (size_t d = 0; d < ARRAY_LEN(dest); d++)
                assert_all(world, texts_arrive(world, count[c], dest[d], most[m]));
        }
    }
}

/* Several rounds, cut inside texts. */
static void test_texts_in_rounds(void **state)
{
    const struct comm *world = *state;

    assert_all(world, texts_arrive(world, count_huge_on_first, dest_last, 30 << 20));
    assert_all(world, texts_arrive(world, count_huge_on_first, dest_mixed, 20 << 20));
    assert_all(world, texts_arrive(world, count_on_last, dest_mixed, 100000));
}

static void test_owner(void **state)
{
    const struct comm *world = *state;
    int size = comm_size(world);
    int64_t count = 0;

    assert_all(world, exchange_owner(0, size) == 0 && exchange_owner(UINT64_MAX, size) == size - 1);
    for (uint64_t i = 0; i < 10000; i++)
        count += exchange_owner(rng_u64(1, 2, i), size) == comm_rank(world);
    assert_all(world, count > 9000 / size && count < 11000 / size);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_more_than_one_message),
        cmocka_unit_test(test_texts),       cmocka_unit_test(test_texts_in_rounds),
        cmocka_unit_test(test_owner),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
