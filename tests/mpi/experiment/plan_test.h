/* A configuration over small files in a folder of its own. */
#ifndef PLAN_TEST_H
#define PLAN_TEST_H

#include "mpi_test.h"

#include "comm/agree.h"
#include "experiment/axes.h"
#include "support/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct folder {
    const struct comm *comm;
    struct arena *arena;
    const char *path;
};

/* Made by rank 0, the same path on all. */
static inline struct folder folder_make(const struct comm *comm)
{
    static const char pattern[] = "/tmp/plan_test_XXXXXX";
    struct folder folder = {comm, arena_new(), NULL};
    char *path = arena_copy(folder.arena, pattern, sizeof pattern);
    bool ok = comm_rank(comm) != 0 || mkdtemp(path) != NULL;
    assert_all(comm, ok);
    comm_bcast(comm, path, sizeof pattern, 0);
    folder.path = path;
    return folder;
}

static inline void folder_remove(struct folder *folder)
{
    comm_barrier(folder->comm);
    if (comm_rank(folder->comm) == 0) {
        char *command = arena_printf(folder->arena, "rm -rf %s", folder->path);
        assert_int_equal(system(command), 0);
    }
    arena_free(folder->arena);
}

/* Writes a file of the folder, last changed `age` seconds ago. Collective. */
static inline void folder_write(const struct folder *folder, const char *name, const char *text, int age)
{
    struct error err;
    bool ok = true;
    if (comm_rank(folder->comm) == 0) {
        const char *path = arena_printf(folder->arena, "%s/%s", folder->path, name);
        struct timespec time[2];
        clock_gettime(CLOCK_REALTIME, &time[0]);
        time[0].tv_sec -= age;
        time[1] = time[0];
        ok = file_replace(path, str_of(text), &err) && utimensat(AT_FDCWD, path, time, 0) == 0;
    }
    assert_all(folder->comm, ok);
}

static inline void folder_fill(const struct folder *folder)
{
    static const char *const names[] = {"a.jsonl", "b.jsonl", "c.jsonl", "m.jsonl", "t.jsonl", "u.jsonl", "v.jsonl"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        folder_write(folder, names[i], arena_printf(folder->arena, "{\"command_line\":\"%s\"}\n", names[i]), 100);
    folder_write(folder, "verdicts.jsonl", "{\"command_line\":\"a\",\"verdict\":\"benign\"}\n", 100);
}

/* The configuration "t.json" of the folder; `more` are further members, each with a comma before it. */
static inline struct json_doc *folder_config(const struct folder *folder, const char *more)
{
    struct json_doc *doc = NULL;
    struct error err = {.message = ""};
    const char *text = arena_printf(
        folder->arena,
        "{\"name\": \"t\", \"data\": \"%s\", \"days\": [\"a.jsonl\", \"b.jsonl\"],\n \"baseline\": {\"benign\": "
        "{\"inputs\": "
        "\"c.jsonl\", \"pick\": \"frequent\", \"count\": 5},\n \"malicious\": {\"inputs\": \"m.jsonl\"}},\n"
        " \"tests\": [{\"name\": \"one\", \"inputs\": [\"t.jsonl\", \"u.jsonl\"]}],\n"
        " \"validation\": {\"inputs\": \"v.jsonl\"},\n \"detector\": \"iforest\",\n"
        " \"label\": [{\"name\": \"replay\", \"file\": \"verdicts.jsonl\"}],\n"
        " \"classifier\": \"logistic\", \"sizes\": [0, 5]%s}",
        folder->path, more);
    bool ok = json_parse(str_of(text), "t.json", true, &doc, &err);
    assert_string_equal(err.message, "");
    assert_true(ok);
    return doc;
}

#endif
