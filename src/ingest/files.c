#include "comm/agree.h"
#include "segments.h"
#include "support/sort.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A growing list of paths; its own old arrays stay in the arena. */
struct paths {
    struct arena *arena;
    const char **item;
    size_t n, capacity;
};

static void add(struct paths *paths, const char *path)
{
    if (paths->n == paths->capacity) {
        size_t capacity = paths->capacity > 0 ? 2 * paths->capacity : 64;
        const char **item = ARENA_ARRAY(paths->arena, const char *, capacity);
        if (paths->n > 0)
            memcpy(item, paths->item, paths->n * sizeof *item);
        paths->item = item;
        paths->capacity = capacity;
    }
    paths->item[paths->n++] = path;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_link(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

/* Adds the files below a folder. */
static bool walk(const char *folder, struct paths *files, struct error *err)
{
    struct paths todo = {.arena = files->arena};
    add(&todo, folder);
    while (todo.n > 0) {
        const char *path = todo.item[--todo.n];
        DIR *open_folder = opendir(path);
        if (open_folder == NULL)
            return fail(err, ERROR_IO, "%s: the folder cannot be read: %s. Check its permissions.", path,
                        strerror(errno));
        size_t n = strlen(path);
        const char *slash = n > 0 && path[n - 1] == '/' ? "" : "/";
        for (struct dirent *entry = readdir(open_folder); entry != NULL; entry = readdir(open_folder)) {
            if (entry->d_name[0] == '.')
                continue;
            const char *below = arena_printf(files->arena, "%s%s%s", path, slash, entry->d_name);
            if (!is_folder(below))
                add(files, below);
            else if (!is_link(below))
                add(&todo, below);
        }
        closedir(open_folder);
    }
    return true;
}

static bool add_match(const char *path, struct paths *files, struct error *err)
{
    if (is_folder(path))
        return walk(path, files, err);
    add(files, path);
    return true;
}

/* Adds the files that one path, folder or glob stands for. */
static bool expand(const char *pattern, const char *data_dir, struct paths *files, struct error *err)
{
    struct stat status;
    bool absolute = pattern[0] == '/' || data_dir == NULL || data_dir[0] == '\0';
    const char *path = absolute ? pattern : arena_printf(files->arena, "%s/%s", data_dir, pattern);
    size_t before = files->n;
    if (lstat(path, &status) == 0) {
        TRY(add_match(path, files, err));
    } else if (strpbrk(path, "*?[") != NULL) {
        glob_t matches = {.gl_pathc = 0};
        bool ok = true;
        if (glob(path, GLOB_NOSORT, NULL, &matches) == 0) {
            for (size_t i = 0; i < matches.gl_pathc && ok; i++) {
                const char *match = arena_copy(files->arena, matches.gl_pathv[i], strlen(matches.gl_pathv[i]) + 1);
                ok = add_match(match, files, err);
            }
        }
        globfree(&matches);
        TRY(ok);
    }
    if (files->n > before)
        return true;
    return fail(
        err, ERROR_CONFIG,
        "input \"%s\" matches no file (data folder: %s). Correct the pattern, or set \"data\" to the folder that "
        "holds the data.",
        pattern, data_dir != NULL && data_dir[0] != '\0' ? data_dir : "the working folder");
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Rank 0: what the others are told, a sequence of records {head, path with its zero}. */
struct head {
    int64_t size;
    uint64_t input, name, path_bytes;
    int64_t kind;
};

static size_t name_of(const char *path, const char *data_dir)
{
    size_t n = data_dir != NULL ? strlen(data_dir) : 0;
    return n > 0 && strncmp(path, data_dir, n) == 0 && path[n] == '/' ? n + 1 : 0;
}

static void describe(struct paths *files, size_t input, const char *data_dir, struct buf *out)
{
    sort_stable(files->item, files->n, sizeof *files->item, by_bytes, files->arena);
    for (size_t i = 0; i < files->n; i++) {
        const char *path = files->item[i];
        if (i > 0 && strcmp(path, files->item[i - 1]) == 0)
            continue;
        enum source_kind kind;
        struct head head = {0, input, name_of(path, data_dir), strlen(path) + 1, 0};
        source_probe(path, &kind, &head.size); /* a file that cannot be looked at is listed with no bytes */
        head.kind = kind;
        buf_add(out, &head, sizeof head);
        buf_add(out, path, head.path_bytes);
    }
}

static bool list_here(const struct input *inputs, size_t n_inputs, const char *data_dir, struct arena *arena,
                      struct buf *out, struct error *err)
{
    for (size_t i = 0; i < n_inputs; i++) {
        struct paths files = {.arena = arena};
        for (size_t k = 0; k < inputs[i].n_files; k++)
            TRY(expand(inputs[i].files[k], data_dir, &files, err));
        describe(&files, i, data_dir, out);
    }
    return true;
}

static void read_list(const char *bytes, size_t n, struct arena *arena, struct file_list *out)
{
    struct head head;
    out->n = 0;
    for (size_t at = 0; at < n; at += sizeof head + head.path_bytes) {
        memcpy(&head, bytes + at, sizeof head);
        out->n++;
    }
    out->file = ARENA_ARRAY(arena, struct file, out->n);
    size_t i = 0;
    for (size_t at = 0; at < n; at += sizeof head + head.path_bytes) {
        memcpy(&head, bytes + at, sizeof head);
        out->file[i++] = (struct file){
            .path = bytes + at + sizeof head,
            .name = head.name,
            .input = head.input,
            .size = head.size,
            .kind = (enum source_kind)head.kind,
        };
    }
}

bool files_list(const struct comm *comm, const struct input *inputs, size_t n_inputs, const char *data_dir,
                struct arena *arena, struct file_list *out, struct error *err)
{
    struct buf list = {.limit = SIZE_MAX};
    bool ok = comm_rank(comm) != 0 || list_here(inputs, n_inputs, data_dir, arena, &list, err);
    if (!agree(comm, ok, err)) {
        buf_free(&list);
        return false;
    }
    size_t n = list.n;
    const char *mine = list.n > 0 ? arena_copy(arena, list.p, list.n) : "";
    buf_free(&list);
    const char *bytes = comm_bcast_new(comm, mine, &n, 0, arena);
    read_list(bytes, n, arena, out);
    return true;
}
