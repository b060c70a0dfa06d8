/* Files are listed once, looked at once by all ranks together, and known by their names, whatever those are. */
#include "day_test.h"

#include "ingest/catalog.h"

static struct input input_of(const char *const *files, size_t n)
{
    return (struct input){.files = files, .n_files = n, .format = "jsonl", .part_of = 1, .part_to = 1};
}

static void put_line(const struct comm *world, const struct folder *folder, const char *name, const char *text)
{
    comm_barrier(world);
    if (comm_rank(world) == 0)
        put_file(folder, name, str_of(text), PACK_PLAIN);
    comm_barrier(world);
}

struct listing {
    const struct folder *folder;
    size_t n;
};

static uint64_t list(const struct comm *group, void *context)
{
    struct listing *listing = context;
    static const char *const files[] = {"*"};
    struct arena *arena = arena_new();
    struct input input = input_of(files, 1);
    struct catalog catalog;
    struct error err;
    uint64_t digest = 0;
    if (catalog_of_input(group, NULL, &input, listing->folder->path, arena, &catalog, &err)) {
        listing->n = catalog.n;
        for (size_t i = 0; i < catalog.n; i++) {
            const struct catalog_file *file = &catalog.file[i];
            const int64_t numbers[] = {(int64_t)file->device, (int64_t)file->inode, file->size,
                                       file->mtime_ns,        file->ctime_ns,       file->problem};
            digest = hash64(str_of(file->path + file->name), digest);
            digest = hash64((struct str){(const char *)numbers, sizeof numbers}, digest);
        }
    }
    arena_free(arena);
    return digest;
}

static void test_all_ranks_know_all(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct listing listing = {&folder, 0};
    for (int i = 0; i < 17 && comm_rank(world) == 0; i++) {
        char name[16];
        snprintf(name, sizeof name, "%02d", i);
        put_file(&folder, name, (struct str){"{\"command_line\":\"x\"}\n", (size_t)i}, PACK_PLAIN);
    }
    comm_barrier(world);
    assert_all(world, list(world, &listing) != 0 && listing.n == 17);
    assert_same_on_any_ranks(world, list, &listing);
    folder_remove(world, &folder);
}

/* A sweep knows its days as they were when it was planned. */
static void test_what_is_remembered_is_not_listed_again(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    static const char *const all[] = {"*"}, *const some[] = {"a*"};
    struct arena *arena = arena_new();
    struct listings *listings = listings_new(arena);
    struct input input = input_of(all, 1), narrow = input_of(some, 1);
    struct catalog first, again, other, anew;
    struct error err;
    put_line(world, &folder, "a", "{\"command_line\":\"a\"}\n");
    put_line(world, &folder, "b", "{\"command_line\":\"b\"}\n");
    assert_all(world, catalog_of_input(world, listings, &input, folder.path, arena, &first, &err));
    put_line(world, &folder, "aa", "{\"command_line\":\"aa\"}\n");
    assert_all(world, catalog_of_input(world, listings, &input, folder.path, arena, &again, &err));
    assert_all(world, first.n == 2 && again.n == 2 && again.file == first.file);
    assert_all(world, catalog_of_input(world, listings, &narrow, folder.path, arena, &other, &err) && other.n == 2);
    assert_all(world, catalog_of_input(world, NULL, &input, folder.path, arena, &anew, &err) && anew.n == 3);

    /* what grew is read as far as it was listed, what has gone is named */
    struct lines lines;
    struct ingest_stats stats;
    struct ingest_options options = {.data_dir = folder.path, .listings = listings};
    params_default(ingest_params, &options);
    params_default(normalize_params, &options.normalize);
    put_line(world, &folder, "a", "{\"command_line\":\"a\"}\n{\"command_line\":\"more\"}\n");
    assert_all(world, day_read(world, &input, 1, &options, arena, &lines, &stats, &err));
    assert_all(world, stats.files == 2 && stats.records == 2 && stats.unreadable == 0);
    comm_barrier(world);
    if (comm_rank(world) == 0) {
        char path[128];
        snprintf(path, sizeof path, "%s/b", folder.path);
        unlink(path);
    }
    comm_barrier(world);
    assert_all(world, day_read(world, &input, 1, &options, arena, &lines, &stats, &err));
    assert_all(world, stats.files == 2 && stats.records == 1 && stats.unreadable == 1);
    arena_free(arena);
    folder_remove(world, &folder);
}

static void test_names_are_bytes(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    put_line(world, &folder, "-", "{\"command_line\":\"dash\"}\nbad\n");
    put_line(world, &folder, "two\nlines", "{\"command_line\":\"newline\"}\nbad\n");
    put_line(world, &folder, "not\xFFutf8", "{\"command_line\":\"bytes\"}\nbad\n");
    struct reading r = {.folder = &folder, .input = "[\"-\",\"two*\",\"not*\"]", .quarantine = ".bad"};
    read_day(world, &r);
    assert_all(world,
               r.ok && r.stats.files == 3 && r.stats.records == 3 && r.stats.bad == 3 && r.stats.unreadable == 0);
    if (comm_rank(world) == 0) {
        char path[128];
        struct str text;
        struct error err;
        struct json_doc *doc;
        snprintf(path, sizeof path, "%s/.bad", folder.path);
        assert_true(file_read(path, 1 << 20, r.arena, &text, &err));
        for (size_t at = 0, end, n = 0; at < text.n || n != 3; at = end + 1, n++) {
            end = str_find(text, STR("\n"), at);
            assert_true(end != SIZE_MAX && n < 3);
            assert_true(json_parse((struct str){text.p + at, end - at}, "quarantine", false, &doc, &err));
            json_free(doc);
        }
    }
    reading_end(&r);
    folder_remove(world, &folder);
}

/* Links that lead nowhere or in a circle, sockets and folders with no files: each is told. */
static void test_what_is_no_file_is_unreadable(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    put_line(world, &folder, "a", "{\"command_line\":\"a\"}\n");
    put_line(world, &folder, "empty", "");
    if (comm_rank(world) == 0) {
        char path[128];
        snprintf(path, sizeof path, "%s/lost", folder.path);
        assert_int_equal(symlink("nowhere", path), 0);
        snprintf(path, sizeof path, "%s/loop", folder.path);
        assert_int_equal(symlink("loop", path), 0);
        snprintf(path, sizeof path, "%s/pipe", folder.path);
        assert_int_equal(mkfifo(path, 0600), 0);
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"*\"", .quarantine = ".bad"};
    read_day(world, &r);
    assert_all(world,
               r.ok && r.stats.files == 5 && r.stats.records == 1 && r.stats.unreadable == 3 && r.stats.bad == 0);
    if (comm_rank(world) == 0) {
        static const char *const told[] = {
            "\"lost\",\"line\":1,\"offset\":0,\"reason\":\"cannot be opened: No such file or directory\"",
            "\"loop\",\"line\":1,\"offset\":0,\"reason\":\"cannot be opened: Too many levels of symbolic links\"",
            "\"pipe\",\"line\":1,\"offset\":0,\"reason\":\"cannot be opened: not a regular file\""};
        char path[128];
        struct str text;
        struct error err;
        snprintf(path, sizeof path, "%s/.bad", folder.path);
        assert_true(file_read(path, 1 << 20, r.arena, &text, &err));
        for (size_t i = 0; i < ARRAY_LEN(told); i++)
            assert_true(str_find(text, str_of(told[i]), 0) != SIZE_MAX);
    }
    reading_end(&r);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_ranks_know_all), cmocka_unit_test(test_what_is_remembered_is_not_listed_again),
        cmocka_unit_test(test_names_are_bytes), cmocka_unit_test(test_what_is_no_file_is_unreadable)};
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
