/* Days of many files, of one big file, and files that change while they are read, in small. */
#include "day_test.h"

#include <signal.h>
#include <sys/wait.h>

#include <fcntl.h>

enum { FILES = 3000, RECORD = 64 };

static uint64_t run(const struct comm *group, void *context)
{
    struct reading *r = context;
    read_day(group, r);
    uint64_t digest = reading_digest(group, r);
    reading_end(r);
    return digest;
}

/* One record of RECORD bytes, its line of letters: numbers would be masked. */
static void put_record(uint64_t i, char out[RECORD + 1])
{
    char word[41];
    for (int k = 0; k < 40; k++)
        word[k] = (char)('g' + (i % 5000 >> 4 * (k % 4) & 15));
    word[20] = ' '; /* long runs of letters would be masked too */
    word[40] = '\0';
    snprintf(out, RECORD + 1, "{\"command_line\":\"%s\"    }\n", word);
}

static void add_records(uint64_t from, uint64_t to, struct buf *out)
{
    char record[RECORD + 1];
    for (uint64_t i = from; i < to; i++) {
        put_record(i, record);
        buf_add(out, record, RECORD);
    }
}

static void test_many_files(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    int64_t records = 0;
    for (uint64_t f = 0; f < FILES; f++) {
        char name[32];
        struct buf text = {.limit = SIZE_MAX};
        uint64_t n = f % 2 ? 20 : 1;
        add_records((uint64_t)records, (uint64_t)records + n, &text);
        records += (int64_t)n;
        snprintf(name, sizeof name, "part-%05d", (int)f);
        if (comm_rank(world) == 0)
            put_file(&folder, name, buf_str(&text), (enum packing)(f % 3));
        buf_free(&text);
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"part-*\""};
    read_day(world, &r);
    assert_all(world, r.ok && r.stats.files == FILES && r.stats.records == records && r.stats.bad == 0);
    assert_all(world, r.lines.n_events == records && r.lines.n_global == 5000);
    /* the work is shared: nobody keeps much more than the others */
    assert_all(world, (int64_t)r.lines.n * comm_size(world) < 3 * r.lines.n_global);
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    folder_remove(world, &folder);
}

/* A hole of zeros is a record too long; what stands before and behind it is read. */
static void test_sparse_file(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct buf text = {.limit = SIZE_MAX};
    const int64_t hole = 50 << 20;
    add_records(0, 100, &text);
    if (comm_rank(world) == 0) {
        char path[128];
        snprintf(path, sizeof path, "%s/day", folder.path);
        int file = open(path, O_WRONLY | O_CREAT, 0666);
        if (pwrite(file, text.p, text.n, 0) != (ssize_t)text.n || pwrite(file, "\n", 1, hole) != 1 ||
            pwrite(file, text.p, text.n, hole + 1) != (ssize_t)text.n || close(file) != 0)
            abort();
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "{\"files\":\"day\",\"format\":\"jsonl\"}"};
    read_day(world, &r);
    assert_all(world, r.ok && r.stats.records == 200 && r.stats.bad == 1 && r.lines.n_events == 200);
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    buf_free(&text);
    folder_remove(world, &folder);
}

/* Only what the file held when it was listed is read, and all of that. */
static void test_growing_file(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    char path[128];
    struct buf text = {.limit = SIZE_MAX};
    pid_t writer = 0;
    add_records(0, 200000, &text);
    snprintf(path, sizeof path, "%s/day", folder.path);
    if (comm_rank(world) == 0) {
        put_bytes(path, text.p, text.n);
        writer = fork();
        if (writer == 0) {
            int file = open(path, O_WRONLY | O_APPEND);
            while (write(file, text.p, 100 * RECORD) == 100 * RECORD)
                usleep(200);
            _exit(0);
        }
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "{\"files\":\"day\",\"format\":\"jsonl\"}"};
    for (int times = 0; times < 5; times++) {
        read_day(world, &r);
        assert_all(world, r.ok && r.stats.unreadable == 0 && r.stats.bad == 0);
        assert_all(world, r.stats.records >= 200000 && r.stats.records * RECORD == r.stats.bytes);
        assert_all(world, r.lines.n_events == r.stats.records);
        reading_end(&r);
    }
    comm_barrier(world);
    if (writer > 0) {
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
    }
    buf_free(&text);
    folder_remove(world, &folder);
}

/* A gzip file that ends early: what was whole is kept, and it counts as damaged. */
static void test_cut_gzip(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct buf text = {.limit = SIZE_MAX}, packed = {.limit = SIZE_MAX};
    char path[128];
    add_records(0, 50000, &text);
    pack(&packed, text.p, text.n, PACK_GZIP);
    snprintf(path, sizeof path, "%s/day", folder.path);
    if (comm_rank(world) == 0)
        put_bytes(path, packed.p, packed.n / 2);
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "{\"files\":\"day\",\"format\":\"jsonl\"}"};
    read_day(world, &r);
    assert_all(world, r.ok && r.stats.unreadable == 1 && r.stats.bad == 0);
    assert_all(world, r.stats.records > 1000 && r.stats.records < 50000 && r.lines.n_events == r.stats.records);
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    buf_free(&packed);
    buf_free(&text);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {cmocka_unit_test(test_many_files), cmocka_unit_test(test_sparse_file),
                                 cmocka_unit_test(test_growing_file), cmocka_unit_test(test_cut_gzip)};
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
