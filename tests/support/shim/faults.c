/* Preloaded: makes the system calls of reading fail on demand, and counts them. Calls count that touch what lies in the
 * folder FAULTS_FOLDER (a prefix of paths as the program writes them). A program arms it by faults_arm, found by dlsym,
 * or from outside by FAULTS_CALL=read FAULTS_AT=3 FAULTS_HOW=EIO (ENOMEM, EMFILE, EACCES, EINTR, short). With
 * FAULTS_COUNT=FILE each process appends a line "open 3 read 5 ..." at its end. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum call { OPEN, READ, PREAD, LSEEK, FSTAT, STAT, LSTAT, OPENDIR, READDIR, N_CALLS };
static const char *const names[N_CALLS] = {"open", "read",  "pread",   "lseek",  "fstat",
                                           "stat", "lstat", "opendir", "readdir"};
enum { SHORT = -1, MOST_FILES = 1 << 16, MOST_FOLDERS = 64 };

static struct {
    const char *folder;
    bool ready;
    bool armed, fired;
    enum call call;
    long left;
    int how;
    long count[N_CALLS];
    bool file[MOST_FILES];
    DIR *open[MOST_FOLDERS];
} faults;

static int how_of(const char *name)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {{"EIO", EIO},       {"ENOMEM", ENOMEM}, {"EMFILE", EMFILE},
                 {"EACCES", EACCES}, {"EINTR", EINTR},   {"short", SHORT}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(codes[i].name, name) == 0)
            return codes[i].code;
    }
    abort();
}

/* The at-th call of this name from now on fails; at 0: none. */
void faults_arm(const char *call, long at, const char *how);
void faults_arm(const char *call, long at, const char *how)
{
    faults.armed = at > 0;
    faults.fired = false;
    faults.left = at;
    for (faults.call = 0; at > 0 && strcmp(names[faults.call], call) != 0; faults.call++)
        ;
    faults.how = at > 0 ? how_of(how) : 0;
}

bool faults_fired(void);
bool faults_fired(void)
{
    return faults.fired;
}

static void write_counts(void)
{
    char line[512];
    int n = 0;
    for (int c = 0; c < N_CALLS; c++)
        n += snprintf(line + n, sizeof line - (size_t)n, "%s%s %ld", c > 0 ? " " : "", names[c], faults.count[c]);
    line[n++] = '\n';
    FILE *file = fopen(getenv("FAULTS_COUNT"), "a");
    if (file != NULL) {
        fwrite(line, 1, (size_t)n, file);
        fclose(file);
    }
}

static void start(void)
{
    faults.ready = true;
    faults.folder = getenv("FAULTS_FOLDER");
    if (getenv("FAULTS_CALL") != NULL)
        faults_arm(getenv("FAULTS_CALL"), atol(getenv("FAULTS_AT")), getenv("FAULTS_HOW"));
    if (getenv("FAULTS_COUNT") != NULL)
        atexit(write_counts);
}

static bool touches(const char *path)
{
    if (!faults.ready)
        start();
    return faults.folder != NULL && path != NULL && strncmp(path, faults.folder, strlen(faults.folder)) == 0;
}

/* Whether this call is to fail, or to come short. Sets errno. */
static bool strikes(enum call call, bool touching)
{
    if (!touching)
        return false;
    faults.count[call]++;
    if (!faults.armed || faults.call != call || --faults.left != 0)
        return false;
    faults.armed = false;
    faults.fired = true;
    errno = faults.how > 0 ? faults.how : errno;
    return true;
}

/* The system's function behind this one, as `real`. */
#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (real == NULL)                                                                                                  \
        *(void **)&real = dlsym(RTLD_NEXT, #name);

typedef int open_call(const char *, int, ...);

static int open_as(const char *symbol, const char *path, int flags, mode_t mode)
{
    open_call *real;
    *(void **)&real = dlsym(RTLD_NEXT, symbol);
    bool touching = touches(path);
    if (strikes(OPEN, touching) && faults.how != SHORT)
        return -1;
    int file = real(path, flags, mode);
    if (file >= 0 && file < MOST_FILES)
        faults.file[file] = touching;
    return file;
}

#define OPEN_CALL(name)                                                                                                \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        va_list list;                                                                                                  \
        va_start(list, flags);                                                                                         \
        mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                                                      \
        va_end(list);                                                                                                  \
        return open_as(#name, path, flags, mode);                                                                      \
    }
OPEN_CALL(open)
OPEN_CALL(open64)
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open_as("open", path, flags, 0);
}
int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
    return open_as("open64", path, flags, 0);
}

static bool ours(int file)
{
    return file >= 0 && file < MOST_FILES && faults.file[file];
}

int close(int file)
{
    REAL(close)
    if (file >= 0 && file < MOST_FILES)
        faults.file[file] = false;
    return real(file);
}

static ssize_t real_read(int file, void *p, size_t n)
{
    REAL(read)
    return real(file, p, n);
}

static ssize_t read_as(int file, void *p, size_t n)
{
    if (strikes(READ, ours(file))) {
        if (faults.how != SHORT)
            return -1;
        n = n > 1 ? n / 2 : n;
        n = n > 7 ? 7 : n;
    }
    return real_read(file, p, n);
}

ssize_t read(int file, void *p, size_t n)
{
    return read_as(file, p, n);
}
ssize_t __read_chk(int file, void *p, size_t n, size_t room);
ssize_t __read_chk(int file, void *p, size_t n, size_t room)
{
    return n <= room ? read_as(file, p, n) : (abort(), 0);
}

static ssize_t pread_as(int file, void *p, size_t n, off_t at)
{
    REAL(pread)
    if (strikes(PREAD, ours(file))) {
        if (faults.how != SHORT)
            return -1;
        n = n > 1 ? 1 : n;
    }
    return real(file, p, n, at);
}

#define PREAD_CALL(name)                                                                                               \
    ssize_t name(int file, void *p, size_t n, off_t at)                                                                \
    {                                                                                                                  \
        return pread_as(file, p, n, at);                                                                               \
    }
PREAD_CALL(pread)
PREAD_CALL(pread64)
#define PREAD_CHECKED(name)                                                                                            \
    ssize_t name(int file, void *p, size_t n, off_t at, size_t room);                                                  \
    ssize_t name(int file, void *p, size_t n, off_t at, size_t room)                                                   \
    {                                                                                                                  \
        return n <= room ? pread_as(file, p, n, at) : (abort(), 0);                                                    \
    }
PREAD_CHECKED(__pread_chk)
PREAD_CHECKED(__pread64_chk)

#define LSEEK_CALL(name)                                                                                               \
    off_t name(int file, off_t at, int from)                                                                           \
    {                                                                                                                  \
        REAL(lseek)                                                                                                    \
        return strikes(LSEEK, ours(file)) && faults.how != SHORT ? -1 : real(file, at, from);                          \
    }
LSEEK_CALL(lseek)
LSEEK_CALL(lseek64)

#define FSTAT_CALL(name, type)                                                                                         \
    int name(int file, struct type *out)                                                                               \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        return strikes(FSTAT, ours(file)) && faults.how != SHORT ? -1 : real(file, out);                               \
    }
FSTAT_CALL(fstat, stat)
FSTAT_CALL(fstat64, stat64)

#define STAT_CALL(name, type, call)                                                                                    \
    int name(const char *path, struct type *out)                                                                       \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        return strikes(call, touches(path)) && faults.how != SHORT ? -1 : real(path, out);                             \
    }
STAT_CALL(stat, stat, STAT)
STAT_CALL(stat64, stat64, STAT)
STAT_CALL(lstat, stat, LSTAT)
STAT_CALL(lstat64, stat64, LSTAT)

DIR *opendir(const char *path)
{
    REAL(opendir)
    bool touching = touches(path);
    if (strikes(OPENDIR, touching) && faults.how != SHORT)
        return NULL;
    DIR *folder = real(path);
    for (int i = 0; folder != NULL && touching && i < MOST_FOLDERS; i++) {
        if (faults.open[i] == NULL) {
            faults.open[i] = folder;
            break;
        }
    }
    return folder;
}

static bool our_folder(const DIR *folder)
{
    for (int i = 0; i < MOST_FOLDERS; i++) {
        if (folder != NULL && faults.open[i] == folder)
            return true;
    }
    return false;
}

int closedir(DIR *folder)
{
    REAL(closedir)
    for (int i = 0; i < MOST_FOLDERS; i++) {
        if (faults.open[i] == folder)
            faults.open[i] = NULL;
    }
    return real(folder);
}

/* FAULTS_TYPES=none: a file system that does not tell what a name is. */
#define READDIR_CALL(name, type)                                                                                       \
    struct type *name(DIR *folder)                                                                                     \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        if (strikes(READDIR, our_folder(folder)) && faults.how != SHORT)                                               \
            return NULL;                                                                                               \
        struct type *entry = real(folder);                                                                             \
        if (entry != NULL && our_folder(folder) && getenv("FAULTS_TYPES") != NULL)                                     \
            entry->d_type = DT_UNKNOWN;                                                                                \
        return entry;                                                                                                  \
    }
READDIR_CALL(readdir, dirent)
READDIR_CALL(readdir64, dirent64)
