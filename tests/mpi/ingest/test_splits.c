/* A file reads the same wherever it is cut, in every layout, and on any number of ranks. */
#include "day_test.h"

#include "comm/reduce.h"
#include "scan/layout.h"

#include <dirent.h>
#include <stdlib.h>

/* What must not depend on where files are cut: counts, and lines with how often they came. */
struct answer {
    uint64_t lines;
    int64_t numbers[6 + N_FILTERED];
};

static struct answer read_in(const struct comm *comm, struct reading *r)
{
    struct answer answer = {0};
    read_day(comm, r);
    for (size_t i = 0; i < r->lines.n && r->ok; i++) {
        uint64_t h = hash_mix(r->lines.hash[i].lo ^ hash_mix((uint64_t)r->lines.count[i]));
        for (int64_t k = r->lines.user_at != NULL ? (int64_t)r->lines.user_at[i] : 0;
             r->lines.user_at != NULL && k < (int64_t)r->lines.user_at[i + 1]; k++)
            h = hash_mix(h ^ r->lines.user_hash[k] ^ (uint64_t)r->lines.user_count[k]);
        answer.lines += h;
    }
    int64_t sum = (int64_t)answer.lines;
    reduce_sum_i64(comm, &sum, 1);
    answer.lines = (uint64_t)sum;
    const struct ingest_stats *s = &r->stats;
    int64_t numbers[] = {r->ok, s->records, s->bad, s->blank, s->unreadable, r->ok ? r->lines.n_global : 0};
    memcpy(answer.numbers, numbers, sizeof numbers);
    memcpy(answer.numbers + 6, s->filtered, sizeof s->filtered);
    return answer;
}

/* Where a place in a file leads for the first difference. */
static void complain(const struct comm *world, const char *what, int64_t segment, const struct answer *a,
                     const struct answer *b)
{
    if (comm_rank(world) != 0)
        return;
    print_error("%s, pieces of %d bytes: lines %s;", what, (int)segment, a->lines == b->lines ? "alike" : "differ");
    for (size_t i = 0; i < ARRAY_LEN(a->numbers); i++)
        print_error(" %d/%d", (int)a->numbers[i], (int)b->numbers[i]);
    print_error("\n");
}

static void check_pieces(const struct comm *world, const char *what, struct reading *r, const int64_t *segment,
                         size_t n)
{
    struct answer first = {0};
    for (size_t i = 0; i < n; i++) {
        r->segment_bytes = segment[i];
        struct answer answer = read_in(world, r);
        if (i == 0)
            first = answer;
        bool same = memcmp(&answer, &first, sizeof answer) == 0;
        if (!same)
            complain(world, what, segment[i], &first, &answer);
        assert_all(world, same);
        reading_end(r);
    }
}

static uint64_t digest_on(const struct comm *group, void *context)
{
    struct reading *r = context;
    struct answer answer = read_in(group, r);
    uint64_t digest = hash_mix(reading_digest(group, r) ^ answer.lines);
    reading_end(r);
    return digest;
}

/* The folder's sample once, without a line break at its end. */
static bool add_sample(const char *folder, struct buf *out)
{
    char path[600];
    bool found = false;
    DIR *open_folder = opendir(folder);
    for (struct dirent *entry; open_folder != NULL && (entry = readdir(open_folder)) != NULL;) {
        struct arena *arena = arena_new();
        struct str text;
        struct error err;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strncmp(entry->d_name, "sample.", 7) == 0 && file_read(path, 1 << 20, arena, &text, &err)) {
            buf_add_str(out, text);
            found = true;
        }
        arena_free(arena);
    }
    if (open_folder != NULL)
        closedir(open_folder);
    return found;
}

static const char *layout_of(const char *folder)
{
    static const char *const names[][2] = {
        {"auditd_ausearch", "auditd"}, {"csv_defender", "csv"}, {"csv_evtxecmd", "csv"},     {"csv_splunk", "csv"},
        {"csv_timeline", "csv"},       {"ecs_export", "ecs"},   {"osquery_batch", "osquery"}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i][0], folder) == 0)
            return names[i][1];
    }
    return layout_find(folder) != NULL ? folder : NULL;
}

/* Every sample, again and again, cut into small and big pieces. */
static void test_samples(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    const char *source = getenv("SOURCE_DIR");
    char path[600], input[400];
    assert_all(world, source != NULL);
    snprintf(path, sizeof path, "%s/tests/data", source);
    struct dirent **entry;
    int n = scandir(path, &entry, NULL, alphasort), n_samples = 0;
    for (int i = 0; i < n; i++) {
        struct buf text = {.limit = SIZE_MAX};
        const char *layout = layout_of(entry[i]->d_name);
        snprintf(path, sizeof path, "%s/tests/data/%s", source, entry[i]->d_name);
        size_t size = layout != NULL && strcmp(layout, "auditd") == 0 ? 900000 : 12000;
        if (layout != NULL && add_sample(path, &text)) {
            while (text.n < size) {
                buf_add_str(&text, STR("\n"));
                add_sample(path, &text);
            }
            comm_barrier(world);
            if (comm_rank(world) == 0)
                put_file(&folder, "f", buf_str(&text), PACK_PLAIN);
            comm_barrier(world);
            snprintf(input, sizeof input, "{\"files\":\"f\",\"format\":\"%s\"}", layout);
            struct reading r = {.folder = &folder, .input = input, .groups = true};
            static const int64_t small[] = {1 << 20, 5000, 1000, 211, 64}, big[] = {1 << 20, 300001, 70000, 19997};
            check_pieces(world, entry[i]->d_name, &r, size > 100000 ? big : small, size > 100000 ? 4 : 5);
            r.segment_bytes = 3001;
            if (size < 100000)
                assert_same_on_any_ranks(world, digest_on, &r);
            n_samples++;
        }
        buf_free(&text);
        free(entry[i]);
    }
    free(entry);
    assert_all(world, n_samples >= 20);
    folder_remove(world, &folder);
}

/* Rows and objects of all shapes, most of them right, or half of them wrong, in all ways or in one. */
static void add_odd(const char *layout, uint64_t seed, struct buf *out)
{
    static const char *const csv[] = {
        "h,%d x,u\n", "\"h\",\"a \"\"%d\"\"\n, b\",u\r\n", "\"\",\"\n\n%d\",\"\"\n", "h,\"%d \xC3\xA4\",\"u\nu\"\n",
        "\n", "host,command_line,user\n",
        /* wrong ones */
        "h,\"stray %d,u\n", "h,\"%d\" text,u\n", "h,%d \"x\",u\n", "\"h\n\",%d\n", "\"h\",\"%d\n\",\"u\",\"v\"\n",
        "\xFF,%d,u\n",
        "h,\"%d and very very very very very\nvery very very very very very very much longer "
        "than the limit for records\nof three lines\",u\n"};
    static const char *const json[] = {"{\"command_line\":\"%d a\",\"user\":\"u\"}\n",
                                       "{\n \"command_line\": \"%d {\",\n \"x\": {\n}\n}\n",
                                       "[{\"command_line\":\"%d b\"},\n",
                                       "{\"command_line\":\"%d\"}]\n",
                                       "\n",
                                       "{\"command_line\":\"%d\"}{\"command_line\":\"y\"}\n",
                                       "{\"command_line\":\"%d\n",
                                       "{\"a\":{\"command_line\":\"%d\"\n",
                                       "rubbish %d\n",
                                       "  {\"command_line\":\"%d\"}\n",
                                       "}\n",
                                       "\xFF{%d\n",
                                       "{\"command_line\":\"%d and very very very very very very very very very very "
                                       "very much longer than the limit for records\"}\n"};
#define XML_EVENT                                                                                                      \
    "<Event><System><EventID>4688</EventID></System><EventData><Data Name='CommandLine'>%d</Data></EventData></Event>"
    static const char *const xml[] = {
        XML_EVENT "\n", XML_EVENT, "Jan 1 h x: " XML_EVENT " \t\r\n", "</Events><Events>", "\n",
        "<Event>\n<System>\n<EventID>4688</EventID></System> <EventData>\n"
        "<Data Name='CommandLine'>%d\n</Data></EventData>\n</Event>\n",
        /* wrong ones */
        "<Event>%d\n", "Jan 1 h x: <Event><a>%d", "</Event>", "rubbish %d\n<Ev", "rubbish <x>", "\xFF%d</Event> \n",
        "a head that is longer than all that are looked at to find out where a record may "
        "start, which is two hundred and forty bytes: .................................."
        ".......................................................................%d<Event>"};
    bool is_csv = strcmp(layout, "csv") == 0;
    const char *const *shapes = is_csv ? csv : strcmp(layout, "windows_xml") == 0 ? xml : json;
    if (is_csv)
        buf_add_str(out, STR("host,command_line,user\n"));
    for (uint64_t i = 0; i < 250; i++) {
        bool wrong = seed % 3 > 0 && rng_u64(seed, 1, i) % 2 == 0;
        size_t only = seed % 3 == 2 ? 6 + (size_t)seed / 3 % 7 : SIZE_MAX, n = wrong ? 13 : 6;
        char line[500];
        const char *shape = shapes[wrong && only < n ? only : rng_below(seed, 2, i, n)], *number = strstr(shape, "%d");
        int before = number != NULL ? (int)(number - shape) : (int)strlen(shape);
        if (number != NULL)
            snprintf(line, sizeof line, "%.*sw%c%c%s", before, shape, (char)('a' + rng_below(seed, 3, i, 26)),
                     (char)('a' + rng_below(seed, 4, i, 26)), number + 2);
        else
            snprintf(line, sizeof line, "%s", shape);
        buf_add_str(out, str_of(line));
    }
}

static void test_odd(void **state)
{
    const struct comm *world = *state;
    static const char *const layouts[] = {"csv", "json", "jsonl", "windows_xml"};
    struct folder folder = folder_make(world);
    char input[100], what[100];
    for (uint64_t seed = 0; seed < 42; seed++) {
        for (size_t l = 0; l < ARRAY_LEN(layouts); l++) {
            struct buf text = {.limit = SIZE_MAX};
            add_odd(layouts[l], seed, &text);
            comm_barrier(world);
            if (comm_rank(world) == 0)
                put_file(&folder, "f", buf_str(&text), PACK_PLAIN);
            comm_barrier(world);
            snprintf(input, sizeof input, "{\"files\":\"f\",\"format\":\"%s\"}", layouts[l]);
            snprintf(what, sizeof what, "%s, seed %d", layouts[l], (int)seed);
            struct reading r = {
                .folder = &folder, .input = input, .groups = true, .max_record_bytes = l == 3 ? 200 : 100};
            static const int64_t segment[] = {1 << 20, 2000, 331, 97, 64};
            check_pieces(world, what, &r, segment, ARRAY_LEN(segment));
            buf_free(&text);
        }
    }
    folder_remove(world, &folder);
}

/* All records on one line, one after the other. */
static void test_one_line(void **state)
{
    const struct comm *world = *state;
    static const char *const shape[][3] = {
        {"windows_xml",
         "<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID></System>"
         "<EventData><Data Name='CommandLine'>w",
         "</Data></EventData></Event>"},
        {"json", "{\"command_line\":\"w", "\"}"},
    };
    struct folder folder = folder_make(world);
    for (size_t l = 0; l < ARRAY_LEN(shape); l++) {
        struct buf text = {.limit = SIZE_MAX};
        char input[100];
        for (uint64_t i = 0; i < 300; i++) {
            buf_printf(&text, "%s%c%c%s", shape[l][1], (char)('a' + i / 26), (char)('a' + i % 26), shape[l][2]);
            if (i % 70 == 69)
                buf_add_str(&text, STR("  \n "));
        }
        comm_barrier(world);
        if (comm_rank(world) == 0)
            put_file(&folder, "f", buf_str(&text), PACK_PLAIN);
        comm_barrier(world);
        snprintf(input, sizeof input, "{\"files\":\"f\",\"format\":\"%s\"}", shape[l][0]);
        struct reading r = {.folder = &folder, .input = input};
        static const int64_t segment[] = {1 << 20, 3000, 331, 97, 64};
        check_pieces(world, shape[l][0], &r, segment, ARRAY_LEN(segment));
        buf_free(&text);
    }
    folder_remove(world, &folder);
}

/* Records of many events, mixed, near and far, on two hosts, with ids that come again. */
static void add_audit(uint64_t seed, struct buf *out)
{
    static const char *const shape[] = {
        "type=SYSCALL msg=audit(1.0:%d): success=yes auid=%d exe=\"/bin/x\"\n",
        "type=EXECVE msg=audit(1.0:%d): argc=2 a0=\"a%d\"\n",
        "type=EXECVE msg=audit(1.0:%d): a1=\"%d\"\n",
        "type=EXECVE msg=audit(1.0:%d): argc=2 a0=\"b%d\" a1=\"c\"\n",
        "node=n type=EXECVE msg=audit(1.0:%d): argc=1 a0=\"%d\"\n",
        "type=PROCTITLE msg=audit(1.0:%d): proctitle=%d\n",
        "type=CWD msg=audit(1.0:%d): cwd=\"%d\"\n",
        "type=SYSCALL msg=audit(1.0:%d): success=no auid=%d\n",
        "type=USER_LOGIN msg=audit(1.0:%d): pid=%d\n",
        "rubbish %d %d\n",
    };
    for (uint64_t i = 0; i < 12000; i++) {
        uint64_t spread = rng_below(seed, 1, i, 3) == 0 ? 3000 : 30;
        int id = (int)(i / 20 + rng_below(seed, 2, i, spread));
        size_t k = (size_t)rng_below(seed, 3, i, 40);
        char line[300];
        const char *from = shape[k < 36 ? k % 7 : k - 30];
        const char *first = strstr(from, "%d"), *second = strstr(first + 2, "%d");
        snprintf(line, sizeof line, "%.*s%d%.*s%d%s", (int)(first - from), from, id, (int)(second - first - 2),
                 first + 2, (int)rng_below(seed, 4, i, 50), second + 2);
        buf_add_str(out, str_of(line));
        if (rng_below(seed, 5, i, 400) == 0) {
            buf_printf(out, "type=PATH msg=audit(1.0:%d): name=\"", id);
            for (int b = 0; b < 1000; b++)
                buf_add_str(out, STR("0123456789"));
            buf_add_str(out, STR("\"\n"));
        }
    }
}

static void test_audit(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct buf text = {.limit = SIZE_MAX};
        add_audit(seed, &text);
        comm_barrier(world);
        if (comm_rank(world) == 0)
            put_file(&folder, "f", buf_str(&text), PACK_PLAIN);
        comm_barrier(world);
        struct reading r = {.folder = &folder, .input = "{\"files\":\"f\",\"format\":\"auditd\"}", .groups = true};
        static const int64_t segment[] = {1 << 22, 400009, 100003, 25013};
        check_pieces(world, "audit log", &r, segment, ARRAY_LEN(segment));
        r.segment_bytes = 100003;
        assert_same_on_any_ranks(world, digest_on, &r);
        buf_free(&text);
    }
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_audit),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
