/* Runs a function in a child process and keeps how it ended and what it wrote to stderr. */
#ifndef TEST_SUPPORT_CHILD_H
#define TEST_SUPPORT_CHILD_H

#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct child_end {
    int status; /* as from waitpid */
    char text[16384];
    size_t n;
};

static inline struct child_end run_child(void (*body)(void))
{
    struct child_end end = {.status = -1};
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    pid_t pid = fork();
    if (pid < 0)
        abort();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        body();
        _exit(0);
    }
    close(ends[1]);
    ssize_t got;
    while (end.n < sizeof(end.text) - 1 && (got = read(ends[0], end.text + end.n, sizeof(end.text) - 1 - end.n)) > 0)
        end.n += (size_t)got;
    close(ends[0]);
    waitpid(pid, &end.status, 0);
    return end;
}

#endif
