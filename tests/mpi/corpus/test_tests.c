#include "made_corpus.h"

enum { N = 1000 };

/* Line i: malicious, benign or of unknown truth; seen 1 + i % 3 times. */
static const char *label_of(int64_t i)
{
    return i % 7 == 0 ? "malicious" : i % 7 == 1 ? NULL : "benign";
}

static void write_test(const struct comm *comm, const struct folder *folder)
{
    struct buf text = {.limit = SIZE_MAX};
    for (int64_t copy = 0; copy < 3; copy++)
        for (int64_t i = 0; i < N; i++)
            if (copy <= i % 3)
                add_record(&text, i, copy == 0 ? i % 2 == 0 : i % 2 == 1, label_of(i));
    flush_file(comm, folder, "test.jsonl", &text);
}

static bool read_it(const struct comm *comm, const struct folder *folder, const struct keyset *without,
                    struct arena *arena, struct set *out, struct error *err)
{
    static const char *const files[] = {"test.jsonl"};
    const struct input plain = {.files = files, .n_files = 1, .part_of = 1, .part_to = 1};
    struct input input = input_with_format(&plain, "jsonl");
    const struct test_set test = {.name = "expert", .from = {1, &input}};
    const struct ingest_options options = made_options(folder);
    struct ingest_stats stats;
    *err = (struct error){0};
    return test_read(comm, &test, &options, without, arena, out, &stats, err) && stats.files == 1;
}

/* The hashes of every step-th line from `first` on, dealt in turn. */
static struct keyset *keys_of(const struct comm *comm, int64_t first, int64_t step)
{
    struct keyset *keyset = keyset_new(comm);
    struct hash128 hash[N];
    size_t n = 0;
    for (int64_t i = first; i < N; i += step)
        if (i % comm_size(comm) == comm_rank(comm))
            hash[n++] = hash_of(i);
    keyset_add(comm, keyset, hash, n);
    return keyset;
}

static void known_lines_in_order(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct arena *arena = arena_new();
    struct error err;
    write_test(world, &folder);
    for (int64_t step = 1; step < 4; step++) { /* step 1: nothing is left out */
        struct keyset *without = step == 1 ? NULL : keys_of(world, 1, step);
        struct wanted wanted[N];
        struct set set;
        int64_t n = 0, dropped = 0;
        for (int64_t i = 0; i < N; i++) {
            if (label_of(i) == NULL)
                continue;
            if (without != NULL && i % step == 1)
                dropped++;
            else
                wanted[n++] = (struct wanted){i, 1 + i % 3, i % 2 == 0, i % 7 == 0};
        }
        assert_all(world, read_it(world, &folder, without, arena, &set, &err));
        assert_all(world, set_holds(world, &set, wanted, n));
        assert_all(world, set.dropped == dropped && (dropped > 0) == (step > 1));
        keyset_free(without);
    }
    folder_remove(world, &folder);
    arena_free(arena);
}

static void a_missing_class_is_an_error(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct arena *arena = arena_new();
    struct set set;
    struct error err;
    write_test(world, &folder);
    struct keyset *malicious = keys_of(world, 0, 7);
    assert_all(world, !read_it(world, &folder, malicious, arena, &set, &err) && err.code == ERROR_INPUT);
    assert_all(world, strstr(err.message, "expert") != NULL && strstr(err.message, " 0 malicious") != NULL);
    keyset_free(malicious);
    folder_remove(world, &folder);
    arena_free(arena);
}

static uint64_t digest_of_test(const struct comm *comm, void *context)
{
    struct arena *arena = arena_new();
    struct keyset *without = keys_of(comm, 0, 5);
    struct set set;
    struct error err;
    uint64_t digest = read_it(comm, context, without, arena, &set, &err) ? set.digest : 0;
    keyset_free(without);
    arena_free(arena);
    return digest;
}

static void digests_are_the_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    write_test(world, &folder);
    assert_same_on_any_ranks(world, digest_of_test, &folder);
    assert_all(world, digest_of_test(world, &folder) != 0);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(known_lines_in_order),
        cmocka_unit_test(a_missing_class_is_an_error),
        cmocka_unit_test(digests_are_the_same_on_any_ranks),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
