#include "mpi_test.h"

#include "comm/mail.h"

#include <string.h>

static unsigned char byte_at(int from, size_t i)
{
    return (unsigned char)((size_t)from * 37 + i * 7 + (i >> 20));
}

static void send_made(const struct comm *comm, size_t bytes, int to)
{
    unsigned char *data = malloc(bytes + 1);
    for (size_t i = 0; i < bytes; i++)
        data[i] = byte_at(comm_rank(comm), i);
    mail_send(comm, data, bytes, to);
    free(data);
}

static bool receive_made(const struct comm *comm, size_t bytes, int from)
{
    struct arena *arena = arena_new();
    size_t n;
    const unsigned char *data = mail_receive(comm, &n, from, arena);
    bool right = n == bytes && data != NULL;
    for (size_t i = 0; i < n && right; i++)
        right = data[i] == byte_at(from, i);
    arena_free(arena);
    return right;
}

/* Rank 0 and every other one write to each other; the rest does something else meanwhile. */
static void test_there_and_back(void **state)
{
    const struct comm *world = *state;
    static const size_t sizes[] = {0, 1, 1000, (32 << 20), (65 << 20) + 13}; /* the last: more than two messages */
    const int rank = comm_rank(world);
    bool right = true;

    for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
        for (int other = 1; other < comm_size(world); other++) {
            if (rank == 0) {
                send_made(world, sizes[k], other);
                right = receive_made(world, sizes[k] / 2, other) && right;
            } else if (rank == other) {
                right = receive_made(world, sizes[k], 0) && right;
                send_made(world, sizes[k] / 2, 0);
            }
        }
    assert_all(world, right);
}

/* Messages keep their order, and those of one sender do not mix with another's. */
static void test_order(void **state)
{
    const struct comm *world = *state;
    enum { N = 50 };
    const int rank = comm_rank(world), size = comm_size(world);
    struct arena *arena = arena_new();
    bool right = true;

    for (int64_t i = 0; i < N && rank > 0; i++)
        mail_send(world, &(int64_t){rank * N + i}, sizeof(i), 0);
    for (int from = size - 1; from > 0 && rank == 0; from--)
        for (int64_t i = 0; i < N; i++) {
            size_t n;
            const int64_t *got = mail_receive(world, &n, from, arena);
            right = right && n == sizeof(*got) && *got == from * N + i;
        }
    arena_free(arena);
    assert_all(world, right);
}

static void test_counts_its_bytes(void **state)
{
    const struct comm *world = *state;
    const int64_t before = comm_bytes_sent(world);

    if (comm_size(world) < 2)
        skip();
    if (comm_rank(world) == 0)
        send_made(world, 1000, 1);
    else if (comm_rank(world) == 1)
        receive_made(world, 1000, 0);
    assert_all(world, comm_rank(world) > 0 || comm_bytes_sent(world) - before >= 1000);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_counts_its_bytes),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
