/* What tests of clients share: the stand-in server as a child process, a folder to write in, files. Include it first,
 * as mpi_test.h, and for the same reason. */
#ifndef STANDIN_TEST_H
#define STANDIN_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

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

static inline void write_text(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(text.p ? text.p : "", 1, text.n, file) != text.n || fclose(file) != 0)
        abort();
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
static inline bool standin_run(struct standin *server, const struct test_folder *folder, const char *name,
                               const char *const *more)
{
    char program[512], port_file[128];
    const char *args[40] = {"chat_standin", "--port",  "0",     "--max-seconds", "100",
                            "--port-file",  port_file, "--log", server->log};
    size_t n_args = 9;
    *server = (struct standin){.pid = -1};
    if (!standin_program(program)) {
        print_error("SKIPPED: %s is not built (is BINARY_DIR set?)\n", program);
        return false;
    }
    (void)snprintf(port_file, sizeof port_file, "%s/%s.port", folder->path, name);
    (void)snprintf(server->log, sizeof server->log, "%s/%s.log", folder->path, name);
    (void)unlink(port_file);
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

#endif
