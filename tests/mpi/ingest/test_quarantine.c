#include "known_day.h"

static uint64_t run_quarantine(const struct comm *group, void *context)
{
    struct reading *r = context;
    char path[128];
    snprintf(path, sizeof path, "%s/%s", r->folder->path, r->quarantine);
    if (comm_rank(group) == 0)
        unlink(path);
    comm_barrier(group);
    read_day(group, r);
    struct str text = {"", 0};
    struct error err;
    bool ok = comm_rank(group) != 0 || file_read(path, 1 << 30, r->arena, &text, &err);
    uint64_t digest = ok ? hash64(text, 3) : 0;
    comm_bcast(group, &digest, sizeof digest, 0);
    reading_end(r);
    return digest;
}

/* Each line of the quarantine names a line of the file that starts like its bytes. */
static int64_t check_quarantine(const char *path, struct str text, struct arena *arena)
{
    struct str all;
    struct error err;
    int64_t n = 0;
    if (!file_read(path, 1 << 30, arena, &all, &err))
        return -1;
    int64_t line = 1, last = 0;
    size_t at = 0;
    while (all.n > 0) {
        size_t end = str_find(all, STR("\n"), 0);
        struct json_doc *doc;
        struct str bytes;
        int64_t number = 0, offset = 0;
        if (end == SIZE_MAX || !json_parse((struct str){all.p, end}, "q", false, &doc, &err))
            return -1;
        const struct json *root = json_root(doc);
        if (!json_as_i64(json_get(root, "line"), &number) || !json_as_i64(json_get(root, "offset"), &offset) ||
            !json_as_str(json_get(root, "bytes"), &bytes) || number <= last || bytes.n > 4096)
            return -1;
        for (; line < number; line++)
            at = str_find(text, STR("\n"), at) + 1;
        if ((int64_t)at != offset || !str_starts((struct str){text.p + at, text.n - at}, bytes))
            return -1;
        json_free(doc);
        last = number;
        n++;
        all = (struct str){all.p + end + 1, all.n - end - 1};
    }
    return n;
}

static void test_quarantine(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct known *known = calloc(1, sizeof *known);
    struct buf text = known_text(known, 0, N_RECORDS);
    if (comm_rank(world) == 0) {
        put_file(&folder, "plain", buf_str(&text), PACK_PLAIN);
        put_file(&folder, "packed", buf_str(&text), PACK_MEMBERS);
    }
    comm_barrier(world);
    static const char *const inputs[] = {"{\"files\":\"plain\"," WHERE "}", "{\"files\":\"packed\"," WHERE "}"};
    for (size_t i = 0; i < 2; i++) {
        struct reading r = {.folder = &folder, .input = inputs[i], .quarantine = "bad.jsonl"};
        char path[128];
        assert_same_on_any_ranks(world, run_quarantine, &r);
        snprintf(path, sizeof path, "%s/bad.jsonl", folder.path);
        struct arena *arena = arena_new();
        int64_t n = comm_rank(world) == 0 ? check_quarantine(path, buf_str(&text), arena) : 0;
        arena_free(arena);
        comm_bcast(world, &n, sizeof n, 0);
        assert_all(world, n == known->bad);
    }
    struct reading r = {.folder = &folder, .input = inputs[0], .quarantine = "no/such/folder"};
    read_day(world, &r);
    assert_all(world, !r.ok && r.err.code == ERROR_IO && strstr(r.err.message, "no/such/folder") != NULL);
    reading_end(&r);
    buf_free(&text);
    free(known);
    folder_remove(world, &folder);
}

/* A file of nothing but bad records fills the quarantine up to its bound, the same on any ranks. */
static void test_flood(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    if (comm_rank(world) == 0) {
        struct buf text = {.limit = SIZE_MAX};
        while (text.n < 10u << 20)
            buf_add_str(&text, STR("not json\n"));
        put_file(&folder, "f", buf_str(&text), PACK_PLAIN);
        buf_free(&text);
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"f\"", .quarantine = "q"};
    assert_same_on_any_ranks(world, run_quarantine, &r);
    if (comm_rank(world) == 0) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof path, "%s/q", folder.path);
        assert_int_equal(stat(path, &status), 0);
        assert_in_range(status.st_size, 1 << 20, 16 << 20);
    }
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quarantine),
        cmocka_unit_test(test_flood),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
