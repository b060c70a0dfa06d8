#include "../ingest/day_test.h"

#include "../../../src/generate/sink.h"

struct plan_of_chunks {
    const char *path;
    int64_t n_chunks;
    size_t limit;
};

static void chunk_text(const void *context, int64_t chunk, struct buf *out)
{
    (void)context;
    for (uint64_t i = 0; i < rng_below(4, 1, (uint64_t)chunk, 3000); i++)
        buf_printf(out, "{\"command_line\":\"c%d %d\"}\n", (int)chunk, (int)(i % 7));
}

static uint64_t run(const struct comm *group, void *context)
{
    const struct plan_of_chunks *plan = context;
    int64_t bytes;
    struct error err;
    struct arena *arena = arena_new();
    struct str content = {"", 0};
    bool ok = sink_write(group, plan->path, plan->n_chunks, plan->limit, chunk_text, NULL, &bytes, &err);
    if (ok && comm_rank(group) == 0)
        ok = file_read(plan->path, 1 << 30, arena, &content, &err) && (int64_t)content.n == bytes;
    uint64_t digest = ok ? hash64(content, 1) : 0;
    arena_free(arena);
    comm_bcast(group, &digest, sizeof digest, 0);
    return digest;
}

static void test_same_bytes(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    char path[128];
    snprintf(path, sizeof path, "%s/out.jsonl.zst", folder.path);
    static const int64_t sizes[] = {0, 1, 4, 11};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct plan_of_chunks plan = {path, sizes[i], 1 << 20};
        assert_same_on_any_ranks(world, run, &plan);
        uint64_t digest = run(world, &plan);
        assert_all(world, digest != 0);
        int64_t records = 0;
        for (int64_t c = 0; c < sizes[i]; c++)
            records += (int64_t)rng_below(4, 1, (uint64_t)c, 3000);
        /* Read back: all records, in order. */
        struct reading r = {.folder = &folder, .input = "\"out.jsonl.zst\""};
        read_day(world, &r);
        assert_all(world, r.ok && r.stats.records == records && r.stats.bad == 0 && r.stats.unreadable == 0);
        reading_end(&r);
    }
    folder_remove(world, &folder);
}

static void test_failures(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    int64_t bytes;
    struct error err = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/no/out.zst", folder.path);
    bool ok = sink_write(world, path, 3, 1 << 20, chunk_text, NULL, &bytes, &err);
    assert_all(world, !ok && err.code == ERROR_IO && strstr(err.message, path) != NULL);
    snprintf(path, sizeof path, "%s/out.zst", folder.path);
    ok = sink_write(world, path, 3, 100, chunk_text, NULL, &bytes, &err);
    assert_all(world, !ok && err.code == ERROR_BUDGET);
    /* Nothing is left behind. */
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"*\""};
    read_day(world, &r);
    assert_all(world, !r.ok);
    reading_end(&r);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_failures)};
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
