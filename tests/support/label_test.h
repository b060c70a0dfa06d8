/* What the tests of label backends share: the stand-in server as a child process, a folder to write in, lines of known
 * truth, a sink that keeps answers. Include it first, as mpi_test.h, and for the same reason. */
#ifndef LABEL_TEST_H
#define LABEL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "label/backend.h"
#include "support/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct test_folder {
    char path[64];
};

static inline struct test_folder folder_make(void)
{
    struct test_folder folder = {"/tmp/benomaly-label-XXXXXX"};
    if (!mkdtemp(folder.path))
        abort();
    return folder;
}

static inline void folder_remove(const struct test_folder *folder)
{
    DIR *dir = opendir(folder->path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", folder->path, entry->d_name);
        (void)unlink(path);
    }
    if (dir)
        closedir(dir);
    (void)rmdir(folder->path);
}

static inline void sleep_ms(long ms)
{
    struct timespec pause = {ms / 1000, (ms % 1000) * 1000000};
    (void)nanosleep(&pause, NULL);
}

/* n lines, all different; even ones benign, odd ones malicious. */
static inline struct label_item *items_make(size_t n, struct arena *arena)
{
    struct label_item *item = ARENA_ZARRAY(arena, struct label_item, n);
    for (size_t i = 0; i < n; i++) {
        item[i].text = str_of(arena_printf(arena, "tool --number %zu \"C:\\a b\\%zu\"", i, i));
        item[i].hash = hash128(item[i].text, 7);
        item[i].truth = i % 2 ? TRUTH_MALICIOUS : TRUTH_BENIGN;
    }
    return item;
}

static inline void write_text(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(text.p ? text.p : "", 1, text.n, file) != text.n || fclose(file) != 0)
        abort();
}

static inline void write_truth(const char *path, const struct label_item *item, size_t n)
{
    struct buf text = {.limit = 64 << 20};
    for (size_t i = 0; i < n; i++) {
        buf_add_str(&text, STR("{\"command_line\":"));
        buf_add_json_string(&text, item[i].text);
        buf_printf(&text, ",\"label\":\"%s\"}\n", truth_name(item[i].truth));
    }
    write_text(path, buf_str(&text));
    buf_free(&text);
}

struct standin {
    pid_t pid;
    int port;
    char log[128];
};

static inline const char *standin_program(char path[512])
{
    const char *folder = getenv("BINARY_DIR");
    (void)snprintf(path, 512, "%s/tests/chat_standin", folder ? folder : ".");
    return access(path, X_OK) == 0 ? path : NULL;
}

/* Starts the server on a free port; false if it is not built. more: NULL-terminated further arguments. */
static inline bool standin_start(struct standin *server, const struct test_folder *folder, const char *name,
                                 const struct label_item *item, size_t n, const char *const *more)
{
    char program[512], port_file[128], truth[128];
    const char *args[40] = {"chat_standin", "--port",  "0",   "--max-seconds", "100",      "--port-file",
                            port_file,      "--truth", truth, "--log",         server->log};
    size_t n_args = 11;
    *server = (struct standin){.pid = -1};
    if (!standin_program(program)) {
        print_error("SKIPPED: %s is not built (is BINARY_DIR set?)\n", program);
        return false;
    }
    (void)snprintf(port_file, sizeof port_file, "%s/%s.port", folder->path, name);
    (void)snprintf(truth, sizeof truth, "%s/%s.truth", folder->path, name);
    (void)snprintf(server->log, sizeof server->log, "%s/%s.log", folder->path, name);
    (void)unlink(port_file);
    write_truth(truth, item, n);
    for (; more && *more; more++)
        args[n_args++] = *more;
    server->pid = fork();
    if (server->pid == 0) {
        execv(program, (char *const *)(uintptr_t)args);
        _exit(127);
    }
    for (int i = 0; i < 1500 && server->port == 0; i++) {
        FILE *file = fopen(port_file, "r");
        char text[16] = "";
        if (file) {
            if (fgets(text, sizeof text, file))
                server->port = (int)strtol(text, NULL, 10);
            (void)fclose(file);
        }
        sleep_ms(10);
    }
    return server->port != 0;
}

static inline void standin_stop(struct standin *server)
{
    if (server->pid > 0) {
        (void)kill(server->pid, SIGTERM);
        (void)waitpid(server->pid, NULL, 0);
    }
    server->pid = -1;
}

static inline struct str read_text(const char *path, struct arena *arena)
{
    struct str text = {0};
    struct error err;
    if (file_exists(path) && !file_read(path, 64 << 20, arena, &text, &err))
        abort();
    return text;
}

static inline size_t count_text(struct str text, const char *part)
{
    size_t n = 0;
    for (size_t at = str_find(text, str_of(part), 0); at != SIZE_MAX;
         at = str_find(text, str_of(part), at + strlen(part)))
        n++;
    return n;
}

/* A labeler from JSON text. */
static inline bool labeler_make(const char *json, struct arena *arena, struct labeler *out, struct error *err)
{
    struct json_doc *doc = NULL;
    if (!json_parse(str_of(json), "labeler", false, &doc, err))
        return false;
    bool ok = labeler_parse(doc, json_root(doc), arena, out, err);
    json_free(doc);
    return ok;
}

struct answers {
    size_t n, n_put, n_twice, n_sync;
    enum verdict verdict[40000];
    double confidence[40000];
};

static inline bool answers_put(void *context, size_t i, enum verdict verdict, double confidence, struct error *err)
{
    struct answers *answers = context;
    (void)err;
    answers->n_put++;
    answers->n_twice += answers->verdict[i] != VERDICT_NONE;
    answers->verdict[i] = verdict;
    answers->confidence[i] = confidence;
    return true;
}

static inline bool answers_sync(void *context, struct error *err)
{
    (void)err;
    ((struct answers *)context)->n_sync++;
    return true;
}

/* Asks the labeler's only backend. */
static inline bool ask(const struct labeler *labeler, const struct label_item *item, size_t n, struct answers *answers,
                       struct label_sink *sink, struct error *err)
{
    const struct backend *backend = (const struct backend *)labeler->backend[0].plugin;
    memset(answers, 0, sizeof *answers);
    *sink = (struct label_sink){.put = answers_put, .sync = answers_sync, .context = answers};
    return backend->answer(labeler, labeler->backend[0].params, item, n, sink, err);
}

static inline bool is_right(const struct label_item *item, enum verdict verdict)
{
    return verdict == (item->truth == TRUTH_BENIGN ? VERDICT_BENIGN : VERDICT_MALICIOUS);
}

#endif
