#include "plan_test.h"

#include "../../../src/experiment/digest_cache.h"
#include "../../../src/experiment/digests.h"

#include <pthread.h>
#include <stdatomic.h>

/* A file of several chunks: the same digest for any number of ranks. */
static uint64_t digest_big(const struct comm *comm, void *context)
{
    struct digests *digests = digests_new(NULL, true);
    const char *path = context;
    struct sha256 digest;
    struct error err;
    bool known, ok = digests_find(comm, digests, &path, 1, &digest, &known, &err);
    digests_free(digests);
    return ok && known ? hash64((struct str){(char *)digest.byte, sizeof digest.byte}, 0) : 0;
}

static void chunks_are_dealt_to_ranks(void **state)
{
    struct folder folder = folder_make(*state);
    char *path = arena_printf(folder.arena, "%s/big", folder.path);
    size_t n = 2 * (size_t)DIGEST_CHUNK + 12345;
    char *bytes = arena_alloc(folder.arena, n + 1, 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)('a' + hash_mix(i) % 26);
    bytes[n] = '\0';
    folder_write(&folder, "big", bytes, 100);
    assert_all(folder.comm, digest_big(folder.comm, path) != 0);
    assert_same_on_any_ranks(folder.comm, digest_big, path);
    /* what the header says of it */
    struct sha256 part[4];
    for (size_t c = 0; c < 3; c++)
        part[c] = sha256_of((struct str){bytes + c * DIGEST_CHUNK, c < 2 ? (size_t)DIGEST_CHUNK : 12345});
    for (size_t b = 0; b < 8; b++)
        part[3].byte[b] = (uint8_t)((uint64_t)n >> 8 * b);
    struct sha256 expected = sha256_of((struct str){(char *)part, 3 * sizeof *part + 8});
    assert_all(folder.comm,
               digest_big(folder.comm, path) == hash64((struct str){(char *)expected.byte, sizeof expected.byte}, 0));
    folder_remove(&folder);
}

struct writer {
    const char *path;
    atomic_bool stop;
};

static void *append_all_the_time(void *context)
{
    struct writer *writer = context;
    while (!atomic_load(&writer->stop)) {
        FILE *file = fopen(writer->path, "a");
        if (file) {
            fputs("more\n", file);
            fclose(file);
        }
        usleep(500);
    }
    return NULL;
}

static void a_file_that_changes_all_the_time_is_an_error(void **state)
{
    struct folder folder = folder_make(*state);
    struct writer writer = {.path = arena_printf(folder.arena, "%s/growing", folder.path)};
    size_t n = 6 * (size_t)DIGEST_CHUNK;
    char *bytes = arena_alloc(folder.arena, n + 1, 1);
    memset(bytes, 'x', n);
    bytes[n] = '\0';
    folder_write(&folder, "growing", bytes, 100);
    pthread_t thread;
    bool writes = comm_rank(folder.comm) == 0;
    assert_true(!writes || pthread_create(&thread, NULL, append_all_the_time, &writer) == 0);
    comm_barrier(folder.comm);
    struct digests *digests = digests_new(NULL, true);
    struct sha256 digest;
    struct error err = {.message = ""};
    bool known, ok = digests_find(folder.comm, digests, &writer.path, 1, &digest, &known, &err);
    comm_barrier(folder.comm);
    atomic_store(&writer.stop, true);
    assert_true(!writes || pthread_join(thread, NULL) == 0);
    assert_all(folder.comm, !ok && strstr(err.message, "growing: changes while it is read") != NULL);
    ok = digests_find(folder.comm, digests, &writer.path, 1, &digest, &known, &err);
    assert_all(folder.comm, ok && known);
    digests_free(digests);
    folder_remove(&folder);
}

static void torn_and_foreign_caches_are_begun_anew(void **state)
{
    const struct comm *comm = *state;
    if (comm_rank(comm) != 0)
        return;
    struct arena *arena = arena_new();
    const char *path = arena_printf(arena, "/tmp/digest_cache_%d", (int)getpid());
    struct file_state state_a = {1, 2, 3, -4, 5}, state_b = {1, 2, 3, -4, 6};
    struct sha256 a = sha256_of(STR("a")), b = sha256_of(STR("b")), out;
    struct error err;
    struct str text;
    struct digest_cache *cache = digest_cache_open(path);
    digest_cache_add(cache, &state_a, &a, 1);
    assert_true(digest_cache_find(cache, &state_a, &out) && !digest_cache_find(cache, &state_b, &out));
    digest_cache_close(cache);
    cache = digest_cache_open(path);
    assert_true(digest_cache_find(cache, &state_a, &out));
    assert_memory_equal(&out, &a, sizeof a);
    digest_cache_close(cache);
    assert_true(file_read(path, 1 << 20, arena, &text, &err));
    for (size_t cut = 0; cut <= text.n; cut++) { /* torn anywhere, or one byte changed */
        for (int changed = 0; changed < 2; changed++) {
            char *damaged = arena_copy(arena, text.p, text.n);
            if (changed && cut < text.n)
                damaged[cut] = damaged[cut] == '7' ? '8' : '7';
            bool whole = cut == text.n;
            assert_true(file_replace(path, (struct str){damaged, changed ? text.n : cut}, &err));
            cache = digest_cache_open(path);
            assert_int_equal(digest_cache_find(cache, &state_a, &out), whole);
            digest_cache_add(cache, &state_b, &b, 1);
            digest_cache_close(cache);
            cache = digest_cache_open(path);
            assert_true(digest_cache_find(cache, &state_b, &out));
            assert_memory_equal(&out, &b, sizeof b);
            assert_int_equal(digest_cache_find(cache, &state_a, &out), whole);
            digest_cache_close(cache);
        }
    }
    unlink(path);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_dealt_to_ranks),
        cmocka_unit_test(a_file_that_changes_all_the_time_is_an_error),
        cmocka_unit_test(torn_and_foreign_caches_are_begun_anew),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
