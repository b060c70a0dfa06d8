#include "bytes/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

enum kind {
    KIND_FILE, /* or anything else that is no folder */
    KIND_FOLDER,
    KIND_LINKED, /* a link to a folder */
    KIND_LOST,   /* a link that leads nowhere */
};

struct entry {
    const char *name;
    unsigned char type; /* as readdir says */
};

struct entries {
    struct arena *arena;
    struct entry *item;
    size_t n, capacity;
};

static void add_name(struct names *names, const char *path)
{
    if (names->n == names->capacity) {
        size_t capacity = names->capacity > 0 ? 2 * names->capacity : 64;
        const char **item = ARENA_ARRAY(names->arena, const char *, capacity);
        if (names->n > 0)
            memcpy(item, names->item, names->n * sizeof *item);
        names->item = item;
        names->capacity = capacity;
    }
    names->item[names->n++] = path;
}

static void add_entry(struct entries *entries, const struct dirent *entry)
{
    if (entries->n == entries->capacity) {
        size_t capacity = entries->capacity > 0 ? 2 * entries->capacity : 64;
        struct entry *item = ARENA_ARRAY(entries->arena, struct entry, capacity);
        if (entries->n > 0)
            memcpy(item, entries->item, entries->n * sizeof *item);
        entries->item = item;
        entries->capacity = capacity;
    }
    const char *name = arena_copy(entries->arena, entry->d_name, strlen(entry->d_name) + 1);
    entries->item[entries->n++] = (struct entry){name, entry->d_type};
}

static bool is_absent(int code)
{
    return code == ENOENT || code == ENOTDIR;
}

/* All names of a folder. *absent, if given: whether there is no such folder, which is then no failure. Closing what was
 * only read loses nothing. */
static bool list_folder(const char *path, struct entries *out, bool *absent, struct error *err)
{
    DIR *folder;
    do
        folder = opendir(path[0] != '\0' ? path : ".");
    while (folder == NULL && errno == EINTR);
    if (absent != NULL)
        *absent = folder == NULL && (is_absent(errno) || errno == ELOOP);
    if (folder == NULL)
        return (absent != NULL && *absent) ||
               fail(err, ERROR_IO, "%s: the folder cannot be read: %s. Check its permissions.", path, strerror(errno));
    int problem = 0;
    for (;;) {
        errno = 0; /* readdir tells a failure from the end by it alone */
        const struct dirent *entry = readdir(folder);
        if (entry != NULL)
            add_entry(out, entry);
        else if (errno != EINTR)
            break;
    }
    problem = errno;
    closedir(folder);
    return problem == 0 || fail(err, ERROR_IO,
                                "%s: the folder cannot be listed to its end: %s. Nothing of it was read; try again "
                                "when its file system answers.",
                                path, strerror(problem));
}

/* stat or lstat; 0 or errno. */
static int look(int (*how)(const char *, struct stat *), const char *path, struct stat *out)
{
    int result;
    do
        result = how(path, out);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

static bool no_look(const char *path, int code, struct error *err)
{
    return fail(err, ERROR_IO, "%s: cannot be looked at: %s. Check its permissions and its file system.", path,
                strerror(code));
}

/* Where a link leads. */
static bool follow(const char *path, enum kind *kind, struct error *err)
{
    struct stat status;
    int code = look(stat, path, &status);
    if (code == 0)
        *kind = S_ISDIR(status.st_mode) ? KIND_LINKED : KIND_FILE;
    else if (is_absent(code) || code == ELOOP || code == EACCES || code == ENAMETOOLONG)
        *kind = KIND_LOST;
    else
        return no_look(path, code, err);
    return true;
}

/* What a name is whose folder says that it is of this type. */
static bool settle(const char *path, unsigned char type, enum kind *kind, struct error *err)
{
    struct stat status;
    *kind = type == DT_DIR ? KIND_FOLDER : KIND_FILE;
    if (type != DT_UNKNOWN && type != DT_LNK)
        return true;
    if (type == DT_UNKNOWN) {
        int code = look(lstat, path, &status);
        if (code == ENOENT)
            return true; /* it has gone since: who reads it says so */
        if (code != 0)
            return no_look(path, code, err);
        *kind = S_ISDIR(status.st_mode) ? KIND_FOLDER : KIND_FILE;
        if (!S_ISLNK(status.st_mode))
            return true;
    }
    return follow(path, kind, err);
}

/* Adds the files below a folder. */
static bool walk(const char *folder, struct names *names, struct error *err)
{
    struct names todo = {.arena = names->arena};
    add_name(&todo, folder);
    while (todo.n > 0) {
        const char *path = todo.item[--todo.n];
        struct entries entries = {.arena = names->arena};
        TRY(list_folder(path, &entries, NULL, err));
        size_t n = strlen(path);
        const char *slash = n > 0 && path[n - 1] == '/' ? "" : "/";
        for (size_t i = 0; i < entries.n; i++) {
            enum kind kind;
            if (entries.item[i].name[0] == '.')
                continue;
            const char *below = arena_printf(names->arena, "%s%s%s", path, slash, entries.item[i].name);
            TRY(settle(below, entries.item[i].type, &kind, err));
            if (kind == KIND_FOLDER) {
                add_name(&todo, below);
            } else if (kind == KIND_LINKED) {
                names->link = names->n_links++ == 0 ? below : names->link;
            } else {
                add_name(names, below);
            }
        }
    }
    return true;
}

static bool take(const char *path, unsigned char type, bool only_folder, struct names *names, struct error *err)
{
    enum kind kind;
    TRY(settle(path, type, &kind, err));
    if (kind == KIND_FOLDER || kind == KIND_LINKED)
        return walk(path, names, err);
    if (!only_folder || kind == KIND_LOST)
        add_name(names, path);
    return true;
}

/* A path that need not be there. */
static bool take_if_there(const char *path, bool only_folder, bool *there, struct names *names, struct error *err)
{
    struct stat status;
    int code = look(lstat, path, &status);
    *there = code == 0;
    if (is_absent(code) || code == ENAMETOOLONG)
        return true;
    if (code != 0)
        return no_look(path, code, err);
    unsigned char type = S_ISDIR(status.st_mode) ? DT_DIR : S_ISLNK(status.st_mode) ? DT_LNK : DT_REG;
    return take(path, type, only_folder, names, err);
}

static bool has_wildcard(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr("*?[", p[i]) != NULL)
            return true;
    }
    return false;
}

/* The n bytes without the backslashes that take wildcards their meaning. */
static const char *literal(const char *p, size_t n, struct arena *arena)
{
    char *out = arena_bytes(arena, n + 1);
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\' && i + 1 < n)
            i++;
        out[length++] = p[i];
    }
    out[length] = '\0';
    return out;
}

static bool match(const char *prefix, const char *rest, struct names *names, struct error *err);

/* The names in the folder `prefix` that the first n bytes of `rest` match; n_slashes follow them. */
static bool match_names(const char *prefix, const char *rest, size_t n, size_t n_slashes, struct names *names,
                        struct error *err)
{
    struct arena *arena = names->arena;
    struct entries entries = {.arena = arena};
    const char *pattern = arena_printf(arena, "%.*s", (int)n, rest), *next = rest + n + n_slashes;
    bool absent, ok = true;
    TRY(list_folder(prefix, &entries, &absent, err));
    for (size_t i = 0; i < entries.n && ok; i++) {
        const struct entry *entry = &entries.item[i];
        enum kind kind;
        if (fnmatch(pattern, entry->name, FNM_PERIOD) != 0)
            continue;
        const char *path = arena_printf(arena, "%s%s", prefix, entry->name);
        const char *below = arena_printf(arena, "%s%.*s", path, (int)n_slashes, rest + n);
        if (next[0] == '\0') {
            ok = take(n_slashes > 0 ? below : path, entry->type, n_slashes > 0, names, err);
            continue;
        }
        ok = settle(path, entry->type, &kind, err);
        if (ok && kind == KIND_LOST)
            add_name(names, path); /* what may lie behind it is missed: who reads the list says so */
        else if (ok && kind != KIND_FILE)
            ok = match(below, next, names, err);
    }
    return ok;
}

/* Adds what the pattern `rest` matches below `prefix`, a path that ends in a slash or is empty. */
static bool match(const char *prefix, const char *rest, struct names *names, struct error *err)
{
    size_t n = strcspn(rest, "/"), n_slashes = strspn(rest + n, "/");
    bool last = rest[n + n_slashes] == '\0', there;
    if (has_wildcard(rest, n))
        return match_names(prefix, rest, n, n_slashes, names, err);
    const char *path =
        arena_printf(names->arena, "%s%s%.*s", prefix, literal(rest, n, names->arena), (int)n_slashes, rest + n);
    return last ? take_if_there(path, n_slashes > 0, &there, names, err)
                : match(path, rest + n + n_slashes, names, err);
}

bool walk_add(const char *pattern, struct names *names, struct error *err)
{
    bool there;
    TRY(take_if_there(pattern, false, &there, names, err));
    return there || !has_wildcard(pattern, strlen(pattern)) || match("", pattern, names, err);
}
