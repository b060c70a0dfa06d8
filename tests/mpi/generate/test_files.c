#include "mpi_test.h"

#include "generate/generate.h"
#include "ingest/day.h"
#include "support/file.h"
#include "support/hash.h"

#include <sys/stat.h>
#include <unistd.h>

static const char *const file_names[] = {"synthetic-day-01.jsonl.zst", "synthetic-day-02.jsonl.zst",
                                         "synthetic-malicious.jsonl.zst", "synthetic-test.jsonl.zst", "SYNTHETIC.json"};

static struct generate small(void)
{
    struct generate params;
    params_default(generate_params, &params);
    params.days = 2;
    params.lines_per_day = 40000; /* three chunks, the last one short */
    params.rare_share = 0.02;
    params.attack_share = 0.01;
    params.malicious_lines = 500;
    params.test_benign = 200;
    params.test_malicious = 100;
    return params;
}

/* A fresh folder, the same on every rank. */
static const char *fresh_folder(const struct comm *comm, struct arena *arena)
{
    char name[] = "/tmp/generate-test-XXXXXX";
    bool ok = comm_rank(comm) != 0 || mkdtemp(name) != NULL;
    assert_all(comm, ok);
    comm_bcast(comm, name, sizeof(name), 0);
    return arena_copy(arena, name, sizeof(name));
}

static const char *path_in(const char *dir, const char *name, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", dir, name);
}

/* Hash of all files' names and bytes; 0 if one is missing. */
static uint64_t hash_folder(const char *dir, struct arena *arena)
{
    uint64_t hash = 1;
    for (size_t i = 0; i < ARRAY_LEN(file_names); i++) {
        struct str content;
        struct error err;
        if (!file_read(path_in(dir, file_names[i], arena), 1 << 28, arena, &content, &err))
            return 0;
        hash = hash64(content, hash);
    }
    return hash;
}

static void remove_folder(const struct comm *comm, const char *dir, struct arena *arena)
{
    comm_barrier(comm);
    if (comm_rank(comm) == 0) {
        for (size_t i = 0; i < ARRAY_LEN(file_names); i++)
            unlink(path_in(dir, file_names[i], arena));
        rmdir(dir);
    }
    comm_barrier(comm);
}

static uint64_t bytes_made(const struct comm *group, void *context)
{
    struct arena *arena = arena_new();
    const struct generate *params = context;
    const char *dir = fresh_folder(group, arena);
    struct error err;
    bool made = false;
    bool ok = generate_files(group, params, dir, &made, &err);
    uint64_t hash = ok && made ? hash_folder(dir, arena) : 0;
    remove_folder(group, dir, arena);
    arena_free(arena);
    return hash;
}

static void test_same_bytes_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct generate params = small();
    uint64_t hash = bytes_made(world, &params);
    assert_all(world, hash != 0);
    assert_same_on_any_ranks(world, bytes_made, &params);
    params.seed = 2;
    assert_all(world, bytes_made(world, &params) != hash);
}

static void test_finished_folder_is_left_alone(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    const char *dir = fresh_folder(world, arena);
    struct generate params = small();
    struct error err = {0};
    bool made = false, again = true;
    assert_all(world, generate_files(world, &params, dir, &made, &err) && made);
    uint64_t hash = hash_folder(dir, arena);
    assert_all(world, generate_files(world, &params, dir, &again, &err) && !again);
    params.rare_share = 0.03;
    assert_all(world, !generate_files(world, &params, dir, &made, &err));
    assert_all(world, err.code == ERROR_INPUT && strstr(err.message, "remove the folder or choose another") != NULL);
    assert_all(world, strstr(err.message, "SYNTHETIC.json") != NULL);
    assert_all(world, hash_folder(dir, arena) == hash);
    remove_folder(world, dir, arena);
    arena_free(arena);
}

static void test_half_made_folder_is_completed(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    const char *dir = fresh_folder(world, arena);
    const char *stale = path_in(dir, "synthetic-day-03.jsonl.zst", arena);
    struct generate params = small();
    struct error err;
    bool made = false;
    assert_all(world, generate_files(world, &params, dir, &made, &err));
    uint64_t hash = hash_folder(dir, arena);
    comm_barrier(world);
    bool ok = true;
    if (comm_rank(world) == 0) {
        ok = unlink(path_in(dir, "SYNTHETIC.json", arena)) == 0;
        ok = ok && truncate(path_in(dir, file_names[1], arena), 1000) == 0;
        ok = ok && file_replace(stale, STR("of a longer run"), &err);
    }
    assert_all(world, ok);
    assert_all(world, generate_files(world, &params, dir, &made, &err) && made);
    assert_all(world, hash_folder(dir, arena) == hash && !file_exists(stale));
    remove_folder(world, dir, arena);
    arena_free(arena);
}

static void test_folder_that_cannot_be_made(void **state)
{
    const struct comm *world = *state;
    struct generate params = small();
    struct error err;
    bool made = true;
    assert_all(world, !generate_files(world, &params, "/dev/null/nowhere", &made, &err) && !made);
    assert_all(world, err.code == ERROR_IO);
}

/* The reader finds every record, and every one says that it is synthetic. */
static void test_days_can_be_read(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    const char *dir = fresh_folder(world, arena);
    struct generate params = small();
    struct error err;
    bool made;
    assert_all(world, generate_files(world, &params, dir, &made, &err));
    struct json_doc *doc;
    struct input input;
    const char *text = "\"synthetic-day-*.jsonl.zst\"";
    assert_all(world, json_parse(str_of(text), "input", false, &doc, &err));
    assert_all(world, input_parse(doc, json_root(doc), arena, &input, &err));
    struct ingest_options options = {0};
    params_default(ingest_params, &options);
    params_default(normalize_params, &options.normalize);
    options.data_dir = dir;
    struct lines lines;
    struct ingest_stats stats;
    assert_all(world, day_read(world, &input, 1, &options, arena, &lines, &stats, &err));
    int64_t n = params.days * params.lines_per_day, malicious = 0;
    assert_all(world, stats.files == 2 && stats.records == n && stats.synthetic == n && stats.bad == 0);
    assert_all(world, lines.n_events == n);
    for (size_t i = 0; i < lines.n; i++)
        malicious += lines.truth[i] == TRUTH_MALICIOUS ? lines.count[i] : 0;
    reduce_sum_i64(world, &malicious, 1);
    assert_all(world, malicious > n / 100 * 8 / 10 && malicious < n / 100 * 12 / 10);
    json_free(doc);
    remove_folder(world, dir, arena);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes_on_any_ranks),
        cmocka_unit_test(test_finished_folder_is_left_alone),
        cmocka_unit_test(test_half_made_folder_is_completed),
        cmocka_unit_test(test_folder_that_cannot_be_made),
        cmocka_unit_test(test_days_can_be_read),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
