#include "evtx.h"

#include "evtx_child.h"
#include "support/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_DEATHS = 8, PIPE_BYTES = 65536 };

struct evtx {
    int file, pipe;
    pid_t child; /* 0: none */
    int64_t size;
    uint32_t block, text_left; /* the block the child is at; bytes of the record that is being passed on */
    bool cut_line;             /* a part of that record was passed on */
    bool ended;                /* nothing more comes */
    uint32_t deaths;
    int status; /* of the child that died last */
    uint64_t records, records_lost, blocks_lost, blocks_unsound;
    size_t at, have; /* buffer[at .. have - 1] is waiting */
    char buffer[PIPE_BYTES];
    char damage[320];
};

bool evtx_supported(void)
{
#ifdef HAVE_EVTX
    return true;
#else
    return false;
#endif
}

bool evtx_is(const unsigned char *p, size_t n)
{
    return n >= 8 && memcmp(p, "ElfFile", 8) == 0;
}

#ifdef HAVE_EVTX

/* Only the forking thread lives on in the child, and it leaves by _exit: no handler of MPI or HDF5 runs there. */
static bool start_child(struct evtx *evtx)
{
    int ends[2];
    sigset_t all, before;
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    evtx->child = fork();
    if (evtx->child == 0)
        evtx_child(evtx->file, evtx->size, evtx->block, ends[1]);
    int why = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (evtx->child < 0) {
        close(ends[0]);
        evtx->child = 0;
        errno = why;
        return false;
    }
    evtx->pipe = ends[0];
    return true;
}

static const char *open_log(struct evtx *evtx, const char *path)
{
    struct stat status;
    unsigned char head[8];
    evtx->file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (evtx->file < 0 || fstat(evtx->file, &status) != 0)
        return strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    evtx->size = (int64_t)status.st_size;
    ssize_t got = pread(evtx->file, head, sizeof head, 0);
    if (got < 0)
        return strerror(errno);
    if (!evtx_is(head, (size_t)got))
        return "not a Windows event log";
    return start_child(evtx) ? NULL : strerror(errno);
}

struct evtx *evtx_open(const char *path, char *reason, size_t size)
{
    struct evtx *evtx = heap_zalloc(1, sizeof *evtx);
    evtx->file = evtx->pipe = -1;
    const char *why = open_log(evtx, path);
    if (why == NULL)
        return evtx;
    snprintf(reason, size, "cannot be opened: %s", why);
    evtx_close(evtx);
    return NULL;
}

#else

struct evtx *evtx_open(const char *path, char *reason, size_t size)
{
    (void)path;
    snprintf(reason, size,
             "a binary Windows event log, and this program was built without libevtx. Convert it first, for instance "
             "with `evtx_dump -o jsonl FILE`, and read what comes out with \"format\": \"evtx_json\".");
    return NULL;
}

static bool start_child(struct evtx *evtx)
{
    (void)evtx;
    return false;
}

#endif

/* Ends the child if it has not ended, and waits for it: how it ended, 0 if nobody knows. */
static int reap(struct evtx *evtx)
{
    pid_t got = 0;
    int status = 0;
    if (evtx->pipe >= 0)
        close(evtx->pipe);
    evtx->pipe = -1;
    if (evtx->child > 0) {
        kill(evtx->child, SIGKILL);
        do
            got = waitpid(evtx->child, &status, 0);
        while (got < 0 && errno == EINTR);
    }
    evtx->child = 0;
    return got > 0 ? status : 0;
}

PRINTF_LIKE(2, 3) static void add_damage(struct evtx *evtx, const char *format, ...)
{
    size_t n = strlen(evtx->damage);
    if (n > 0)
        n += (size_t)snprintf(evtx->damage + n, sizeof evtx->damage - n, ", ");
    if (n >= sizeof evtx->damage)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(evtx->damage + n, sizeof evtx->damage - n, format, args);
    va_end(args);
}

static void finish(struct evtx *evtx, bool gave_up)
{
    evtx->ended = true;
    if (evtx->records_lost > 0)
        add_damage(evtx, "%" PRIu64 " of %" PRIu64 " records are damaged", evtx->records_lost,
                   evtx->records + evtx->records_lost);
    if (evtx->blocks_lost > 0)
        add_damage(evtx, "%" PRIu64 " block%s of 64 KiB damaged or missing", evtx->blocks_lost,
                   evtx->blocks_lost > 1 ? "s" : "");
    if (evtx->blocks_unsound > 0)
        add_damage(evtx, "%" PRIu64 " block%s of 64 KiB with a wrong checksum", evtx->blocks_unsound,
                   evtx->blocks_unsound > 1 ? "s" : "");
    if (evtx->deaths == 0)
        return;
    bool signal = WIFSIGNALED(evtx->status);
    add_damage(evtx, "the reading process ended with %s %d", signal ? "signal" : "status",
               signal ? WTERMSIG(evtx->status) : WEXITSTATUS(evtx->status));
    if (gave_up)
        add_damage(evtx, "nothing was read behind the first %" PRIu64 " records", evtx->records);
}

/* The child is gone before it said so. If the log was its death, another goes on behind the block where it died. */
static void mourn(struct evtx *evtx)
{
    evtx->status = reap(evtx);
    evtx->deaths++;
    evtx->at = evtx->have = evtx->text_left = 0;
    bool by_log = WIFSIGNALED(evtx->status) && WTERMSIG(evtx->status) != SIGKILL && evtx->deaths < MOST_DEATHS;
    if (by_log) {
        evtx->block++;
        evtx->blocks_lost++;
    }
    if (!by_log || !start_child(evtx))
        finish(evtx, true);
}

/* Makes n <= PIPE_BYTES bytes wait in the buffer; false if the child is gone. */
static bool await(struct evtx *evtx, size_t n)
{
    if (evtx->have - evtx->at >= n)
        return true;
    if (evtx->at > 0)
        memmove(evtx->buffer, evtx->buffer + evtx->at, evtx->have - evtx->at);
    evtx->have -= evtx->at;
    evtx->at = 0;
    while (evtx->have < n) {
        ssize_t got = read(evtx->pipe, evtx->buffer + evtx->have, sizeof evtx->buffer - evtx->have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        evtx->have += (size_t)got;
    }
    return true;
}

/* Takes in what the child says besides text; false if it makes no sense. */
static bool take(struct evtx *evtx, struct evtx_frame frame)
{
    switch (frame.says) {
    case EVTX_BLOCK_BEGINS:
        evtx->block = frame.n;
        return true;
    case EVTX_TEXT:
        evtx->text_left = frame.n;
        return true;
    case EVTX_LOST:
        evtx->records_lost += frame.n;
        return true;
    case EVTX_UNSOUND:
        evtx->blocks_unsound += frame.n;
        return true;
    case EVTX_BLOCKS_LOST:
        evtx->blocks_lost += frame.n;
        return true;
    case EVTX_END:
        reap(evtx);
        finish(evtx, false);
        return true;
    default:
        return false;
    }
}

size_t evtx_read(struct evtx *evtx, char *p, size_t n)
{
    while (!evtx->ended || evtx->cut_line) {
        struct evtx_frame frame;
        if (evtx->cut_line && evtx->text_left == 0) {
            /* The record that the child died over: what was passed on of it stays a line of its own. */
            evtx->cut_line = false;
            *p = '\n';
            return 1;
        }
        if (!await(evtx, evtx->text_left > 0 ? 1 : sizeof frame)) {
            mourn(evtx);
            continue;
        }
        if (evtx->text_left == 0) {
            memcpy(&frame, evtx->buffer + evtx->at, sizeof frame);
            evtx->at += sizeof frame;
            if (!take(evtx, frame))
                mourn(evtx);
            continue;
        }
        size_t got = min_size(min_size(n, evtx->text_left), evtx->have - evtx->at);
        memcpy(p, evtx->buffer + evtx->at, got);
        evtx->at += got;
        evtx->text_left -= (uint32_t)got;
        evtx->cut_line = evtx->text_left > 0;
        evtx->records += evtx->text_left == 0;
        return got;
    }
    return 0;
}

const char *evtx_damage(const struct evtx *evtx)
{
    return evtx->damage[0] != '\0' ? evtx->damage : NULL;
}

void evtx_close(struct evtx *evtx)
{
    if (evtx == NULL)
        return;
    reap(evtx);
    if (evtx->file >= 0)
        close(evtx->file);
    free(evtx);
}
