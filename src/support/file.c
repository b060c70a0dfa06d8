#include "support/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static bool fail_io(struct error *err, const char *action, const char *path)
{
    int code = errno;
    return fail(err, ERROR_IO, "%s: cannot %s: %s", path, action, strerror(code));
}

static bool read_all(int fd, const char *path, struct buf *content, struct error *err)
{
    char chunk[1 << 16];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof(chunk));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_io(err, "read", path);
        if (n == 0)
            return true;
        buf_add(content, chunk, (size_t)n);
        if (content->full)
            return fail(err, ERROR_IO, "%s: larger than the %zu bytes allowed here", path, content->limit);
    }
}

bool file_read(const char *path, size_t limit, struct arena *arena, struct str *out, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_io(err, "open", path);
    struct buf content = {.limit = limit};
    bool ok = read_all(fd, path, &content, err);
    if (ok)
        *out = (struct str){arena_copy(arena, content.p, content.n), content.n};
    buf_free(&content);
    close(fd);
    return ok;
}

/* Syncs and closes fd. */
static bool sync_close(int fd, const char *path, struct error *err)
{
    bool ok = fsync(fd) == 0 || errno == EINVAL || fail_io(err, "sync", path); /* EINVAL: a kind that needs no sync */
    if (close(fd) != 0 && ok)
        ok = fail_io(err, "close", path);
    return ok;
}

/* The folder that holds path, into folder[PATH_MAX]. */
static bool folder_of(const char *path, char folder[PATH_MAX], struct error *err)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
    if (n >= PATH_MAX)
        return fail(err, ERROR_IO, "%s: the path is too long", path);
    memcpy(folder, slash ? path : ".", slash ? n : 1);
    folder[slash ? n : 1] = '\0';
    return true;
}

bool file_sync_folder(const char *path, struct error *err)
{
    char folder[PATH_MAX];
    TRY(folder_of(path, folder, err));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_io(err, "open", folder);
    return sync_close(fd, folder, err);
}

bool file_make_folder(const char *path, struct error *err)
{
    char folder[PATH_MAX];
    return folder_of(path, folder, err) && file_make_dirs(folder, err);
}

bool file_commit(const char *temp, const char *path, struct error *err)
{
    int fd = open(temp, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_io(err, "open", temp);
    TRY(sync_close(fd, temp, err));
    if (rename(temp, path) != 0) {
        int code = errno;
        return fail(err, ERROR_IO, "%s: cannot rename to %s: %s", temp, path, strerror(code));
    }
    return file_sync_folder(path, err);
}

static bool write_all(int fd, struct str content, const char *path, struct error *err)
{
    for (size_t done = 0; done < content.n;) {
        ssize_t n = write(fd, content.p + done, min_size(content.n - done, (size_t)1 << 30));
        if (n < 0 && errno != EINTR)
            return fail_io(err, "write", path);
        if (n > 0)
            done += (size_t)n;
    }
    return true;
}

bool file_replace(const char *path, struct str content, struct error *err)
{
    char temp[PATH_MAX];
    int n = snprintf(temp, sizeof(temp), "%s.tmp.%ld", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof(temp))
        return fail(err, ERROR_IO, "%s: the path is too long", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail_io(err, "create", temp);
    bool ok = write_all(fd, content, temp, err);
    if (close(fd) != 0 && ok)
        ok = fail_io(err, "close", temp);
    ok = ok && file_commit(temp, path, err);
    if (!ok)
        unlink(temp);
    return ok;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_make_dirs(const char *path, struct error *err)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof(part))
        return fail(err, ERROR_IO, "%s: the path of a folder must have 1..%d bytes", path, PATH_MAX - 1);
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char kept = part[i];
        part[i] = '\0';
        /* another process may make it between the look and the attempt */
        if (!is_folder(part) && mkdir(part, 0777) != 0 && !(errno == EEXIST && is_folder(part)))
            return fail_io(err, "make the folder", part);
        part[i] = kept;
    }
    return true;
}

bool file_remove(const char *path, struct error *err)
{
    return unlink(path) == 0 || errno == ENOENT || fail_io(err, "remove", path);
}
