/* memfd_create */
#define _GNU_SOURCE

#include "evtx_child.h"

#ifdef HAVE_EVTX

#include "evtx_block.h"
#include "evtx_xml.h"

#include <libevtx/features.h>
#undef LIBEVTX_HAVE_BFIO /* its header belongs to another package */
#include <libevtx.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    LONGEST = 4 << 20,                  /* of a record's XML: templates may repeat what 64 KiB hold */
    LEAST_SECONDS = 20,                 /* of processor time, */
    BYTES_A_SECOND = 1 << 20,           /* and one more for so many bytes */
    MORE_MEMORY = 1 << 30,              /* than the parent's copy has */
    BIGGEST_FILE = EVTX_BLOCK_BYTES * 2 /* that may be written: a header and a block */
};

struct child {
    int file, pipe, one; /* one: a log in memory of the block that is read */
    struct evtx_block block;
    char one_path[32];
    char *xml; /* [LONGEST] */
    struct buf line;
};

static void write_all(int pipe, const void *bytes, size_t n)
{
    for (const char *p = bytes; n > 0;) {
        ssize_t done = write(pipe, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            _exit(EXIT_FAILURE);
        p += done;
        n -= (size_t)done;
    }
}

static void say(const struct child *child, enum evtx_says says, uint32_t n)
{
    struct evtx_frame frame = {says, n};
    write_all(child->pipe, &frame, sizeof frame);
}

/* Bytes of the file at `at`, fewer than n at its end. */
static size_t read_at(int file, void *bytes, size_t n, int64_t at)
{
    size_t have = 0;
    while (have < n) {
        ssize_t got = pread(file, (char *)bytes + have, n - have, (off_t)at + (off_t)have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    return have;
}

static bool say_record(struct child *child, libevtx_record_t *record)
{
    if (libevtx_record_get_utf8_xml_string(record, (uint8_t *)child->xml, LONGEST, NULL) != 1)
        return false;
    child->line.n = 0;
    child->line.full = false;
    if (!evtx_line((struct str){child->xml, strnlen(child->xml, LONGEST)}, &child->line))
        return false;
    say(child, EVTX_TEXT, (uint32_t)child->line.n);
    write_all(child->pipe, child->line.p, child->line.n);
    return true;
}

static uint32_t say_records(struct child *child, libevtx_file_t *log)
{
    uint32_t said = 0;
    int n = 0;
    if (libevtx_file_get_number_of_records(log, &n, NULL) != 1)
        return 0;
    for (int i = 0; i < n; i++) {
        libevtx_record_t *record = NULL;
        if (libevtx_file_get_record_by_index(log, i, &record, NULL) == 1 && say_record(child, record))
            said++;
        if (record != NULL)
            libevtx_record_free(&record, NULL);
    }
    return said;
}

/* Says the records of the block; returns how many could be read. */
static uint32_t say_block(struct child *child)
{
    libevtx_file_t *log = NULL;
    uint32_t said = 0;
    if (pwrite(child->one, child->block.p, EVTX_BLOCK_BYTES, EVTX_HEADER_BYTES) != EVTX_BLOCK_BYTES ||
        libevtx_file_initialize(&log, NULL) != 1)
        return 0;
    if (libevtx_file_open(log, child->one_path, libevtx_get_access_flags_read(), NULL) == 1) {
        said = say_records(child, log);
        libevtx_file_close(log, NULL);
    }
    libevtx_file_free(&log, NULL);
    return said;
}

static void say_blocks(struct child *child, struct evtx_extent extent, int64_t size, uint32_t first)
{
    for (uint32_t i = first; i < extent.blocks; i++) {
        int64_t at = EVTX_HEADER_BYTES + (int64_t)i * EVTX_BLOCK_BYTES;
        say(child, EVTX_BLOCK_BEGINS, i);
        size_t n = at < size ? (size_t)min_i64(size - at, EVTX_BLOCK_BYTES) : 0;
        n = read_at(child->file, child->block.p, n, at);
        if (n == 0) {
            say(child, EVTX_BLOCKS_LOST, extent.blocks - i);
            return;
        }
        memset(child->block.p + n, 0, EVTX_BLOCK_BYTES - n);
        evtx_block_survey(&child->block, extent.all);
        if (child->block.records == UINT32_MAX) {
            if (!extent.all)
                say(child, EVTX_BLOCKS_LOST, 1);
            continue;
        }
        uint32_t said = say_block(child);
        if (said < child->block.records)
            say(child, EVTX_LOST, child->block.records - said);
        else if (child->block.unsound)
            say(child, EVTX_UNSOUND, 1);
    }
}

static void limit(unsigned resource, uint64_t most)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return;
    if (now.rlim_max == RLIM_INFINITY || most < now.rlim_max)
        now.rlim_cur = now.rlim_max = (rlim_t)most;
    else
        now.rlim_cur = now.rlim_max;
    setrlimit(resource, &now);
}

static void limit_all(int64_t size)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, BIGGEST_FILE);
    limit(RLIMIT_CPU, LEAST_SECONDS + (uint64_t)size / BYTES_A_SECOND);
#ifndef __SANITIZE_ADDRESS__
    /* Not of the sanitizer's shadow, which is terabytes. */
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (statm != NULL && fscanf(statm, "%lu", &pages) == 1 && pages > 0)
        limit(RLIMIT_AS, (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) + MORE_MEMORY);
    if (statm != NULL)
        fclose(statm);
#endif
}

/* Descriptors of the parent are not the child's business: a connection must not stay open because a file is read. */
static void close_others(int file, int pipe)
{
    DIR *list = opendir("/proc/self/fd");
    if (list == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
        int fd = atoi(entry->d_name);
        if (fd > STDERR_FILENO && fd != file && fd != pipe && fd != dirfd(list))
            close(fd);
    }
    closedir(list);
}

static void silence(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++) {
#ifdef __SANITIZE_ADDRESS__
        if (fd == STDERR_FILENO)
            continue;
#endif
        if (fd != null)
            dup2(null, fd);
    }
}

static void forget_signals(void)
{
    sigset_t none;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void evtx_child(int file, int64_t size, uint32_t first, int pipe)
{
    static struct child child;
    unsigned char header[EVTX_HEADER_BYTES];
    forget_signals();
    silence();
    close_others(file, pipe);
    limit_all(size);
    child.file = file;
    child.pipe = pipe;
    child.line.limit = 8 * (size_t)LONGEST;
    child.xml = malloc(LONGEST);
    child.one = memfd_create("evtx", MFD_CLOEXEC);
    memset(header, 0, sizeof header);
    if (child.xml == NULL || child.one < 0 || read_at(file, header, sizeof header, 0) == 0)
        _exit(EXIT_FAILURE);
    struct evtx_extent extent = evtx_extent(header, size);
    evtx_one_block(header);
    if (pwrite(child.one, header, sizeof header, 0) != (ssize_t)sizeof header)
        _exit(EXIT_FAILURE);
    snprintf(child.one_path, sizeof child.one_path, "/proc/self/fd/%d", child.one);
    say_blocks(&child, extent, size, first);
    say(&child, EVTX_END, 0);
    _exit(EXIT_SUCCESS);
}

#endif
