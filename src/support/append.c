#include "support/append.h"

#include "support/file.h"
#include "support/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static bool lacks_locks(int code)
{
    return code == ENOLCK || code == ENOSYS || code == ENOTSUP || code == EOPNOTSUPP || code == EINVAL;
}

static bool lock(const struct append_file *file, bool wait, struct error *err)
{
    static bool said;
    if (flock(file->fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (lacks_locks(errno)) {
        if (!said)
            log_job(LOG_WARN, "%s: %s is not locked, since its file system has no locks (%s): let no other run use it",
                    file->path, file->what, strerror(errno));
        said = true;
        return true;
    }
    if (errno == EWOULDBLOCK && !wait)
        return fail(err, ERROR_IO,
                    "%s: %s is in use by another run; wait for it to end, or give this run a file of its own",
                    file->path, file->what);
    if (errno == EWOULDBLOCK) {
        log_job(LOG_WARN, "%s: %s is in use by another run; waiting for it", file->path, file->what);
        int locked;
        do {
            locked = flock(file->fd, LOCK_EX);
        } while (locked != 0 && errno == EINTR);
        if (locked == 0)
            return true;
    }
    return fail(err, ERROR_IO, "%s: cannot lock %s: %s", file->path, file->what, strerror(errno));
}

static bool open_file(const char *path, const char *what, struct append_file *out, struct error *err)
{
    *out = (struct append_file){.fd = -1, .path = path, .what = what};
    TRY(file_make_folder(path, err));
    out->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return out->fd >= 0 || fail(err, ERROR_IO, "%s: cannot open %s: %s", path, what, strerror(errno));
}

bool append_check(const char *path, const char *what, struct error *err)
{
    struct append_file file;
    bool ok = open_file(path, what, &file, err);
    append_close(&file);
    return ok;
}

bool append_open(const char *path, const char *what, bool wait, struct append_file *out, struct error *err)
{
    bool present = file_exists(path);
    TRY(open_file(path, what, out, err));
    if (lock(out, wait, err) && (present || file_sync_folder(path, err)))
        return true;
    append_close(out);
    return false;
}

void append_close(struct append_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

bool append_write(struct append_file *file, struct str bytes, struct error *err)
{
    off_t before = lseek(file->fd, 0, SEEK_END);
    ssize_t written;
    do {
        written = write(file->fd, bytes.p, bytes.n);
    } while (written < 0 && errno == EINTR);
    if (written == (ssize_t)bytes.n) {
        file->unsynced = true;
        return true;
    }
    const char *why = written < 0 ? strerror(errno) : "the disk is full";
    bool mended = written <= 0 || (before >= 0 && ftruncate(file->fd, before) == 0);
    return fail(err, ERROR_IO, "%s: cannot add to %s: %s%s", file->path, file->what, why,
                mended ? "" : " (its end is torn; it is dropped at the next start)");
}

bool append_cut(struct append_file *file, size_t size, struct error *err)
{
    return ftruncate(file->fd, (off_t)size) == 0 ||
           fail(err, ERROR_IO, "%s: cannot cut the torn end: %s", file->path, strerror(errno));
}

bool append_sync(struct append_file *file, struct error *err)
{
    if (!file->unsynced)
        return true;
    if (fdatasync(file->fd) != 0)
        return fail(err, ERROR_IO, "%s: cannot sync %s: %s", file->path, file->what, strerror(errno));
    file->unsynced = false;
    return true;
}
