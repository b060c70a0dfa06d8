/* A run is made by one process at a time: flock on runs/ID.lock; where the file system has no flock, a file that names
 * its owner. The lock's file goes with the lock. */
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100 };

static bool no_flock(int code)
{
    return code == ENOLCK || code == ENOTSUP || code == EOPNOTSUPP || code == EINVAL || code == ENOSYS;
}

static void say_no_flock(const char *path)
{
    static bool said;
    if (!said)
        log_rank(LOG_WARN,
                 "%s: no locks on this file system; files named .owner stand in for them: remove one by hand if its "
                 "process died on another host",
                 path);
    said = true;
}

/* Whether the process that the file names still lives; on another host it counts as living. */
static bool owner_lives(const char *path)
{
    char text[300] = "", host[256] = "", own[256] = "";
    long pid = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno != ENOENT;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    gethostname(own, sizeof own - 1);
    if (n <= 0 || sscanf(text, "%ld %255s", &pid, host) != 2)
        return true; /* it is just being written */
    return strcmp(host, own) != 0 || kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

static bool take_owner_file(const char *path, struct run_lock *lock, enum lock_state *state, struct error *err)
{
    char text[300], host[256] = "";
    char *owner = malloc(strlen(path) + 7);
    ASSERT(owner != NULL);
    sprintf(owner, "%s.owner", path);
    say_no_flock(path);
    gethostname(host, sizeof host - 1);
    *state = LOCK_HELD_ELSEWHERE;
    for (int i = 0; i < 2; i++) {
        int fd = open(owner, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0) {
            int n = snprintf(text, sizeof text, "%ld %s", (long)getpid(), host);
            bool ok = write(fd, text, (size_t)n) == n;
            close(fd);
            if (!ok) {
                unlink(owner);
                free(owner);
                return fail(err, ERROR_IO, "%s: cannot be written: %s", path, strerror(errno));
            }
            *state = LOCK_TAKEN;
            lock->owner = owner;
            return true;
        }
        if (errno != EEXIST || owner_lives(owner))
            break;
        unlink(owner);
    }
    free(owner);
    return true;
}

static void lock_forget(struct run_lock *lock)
{
    close(lock->fd);
    free(lock->path);
    free(lock->owner);
    *lock = (struct run_lock){.fd = -1};
}

bool run_lock_take(const char *path, struct run_lock *lock, enum lock_state *state, struct error *err)
{
    *lock = (struct run_lock){.fd = -1};
    for (int i = 0; i < TRIES; i++) {
        struct stat here, there;
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return fail(err, ERROR_IO, "%s: the lock cannot be made: %s", path, strerror(errno));
        lock->fd = fd;
        lock->path = strdup(path);
        ASSERT(lock->path != NULL);
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            int code = errno;
            *state = LOCK_HELD_ELSEWHERE;
            bool ok = code == EWOULDBLOCK || (no_flock(code) && take_owner_file(path, lock, state, err)) ||
                      fail(err, ERROR_IO, "%s: cannot be locked: %s", path, strerror(code));
            if (ok && *state == LOCK_TAKEN)
                return true;
            lock_forget(lock);
            return ok;
        }
        *state = LOCK_TAKEN;
        /* its last owner may have removed the file between our opening and our locking */
        if (fstat(fd, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino &&
            here.st_dev == there.st_dev)
            return true;
        lock_forget(lock);
    }
    return fail(err, ERROR_IO, "%s: the lock is taken away again and again", path);
}

void run_lock_free(struct run_lock *lock)
{
    if (lock->fd < 0)
        return;
    unlink(lock->path);
    if (lock->owner)
        unlink(lock->owner);
    lock_forget(lock);
}
