#include "resolve.h"

#include "comm/agree.h"
#include "scan/sniff.h"
#include "support/log.h"

/* The first bytes of a file, in the arena; nothing if it cannot be read. No more is read than is looked at. */
static struct str read_head(const struct file *file, struct arena *arena, bool *whole)
{
    enum { HEAD_BYTES = SNIFF_BYTES + 4 }; /* one byte more than is looked at, and a byte order mark */
    struct source source = {.file = -1};
    char *p = arena_bytes(arena, HEAD_BYTES);
    size_t n = 0, got = 1;
    bool ok = source_open(&source, file->path, file->kind, 0, INT64_MAX,
                          file->problem != 0 ? -file->problem : file->size, arena);
    for (; ok && got > 0 && n < HEAD_BYTES; n += got)
        got = source_read(&source, p + n, HEAD_BYTES - n);
    source_close(&source);
    source_free(&source);
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
        n -= 3;
    }
    *whole = got == 0 && n <= SNIFF_BYTES;
    return (struct str){p, min_size(n, SNIFF_BYTES)};
}

static void warn_if_other(const struct input *input, const char *path, struct str head, bool whole)
{
    struct error why;
    if (!sniff_readable(path, head, &why)) {
        log_job(LOG_WARN, "%s", why.message);
        return;
    }
    struct sniff_count count = sniff_read(&input->fields, layout_find(input->format), head, whole);
    bool useless = count.bad > 0 && count.events + count.filtered == 0;
    bool twice = count.events > 0 && str_find(head, STR("\\\\\\\\"), 0) != SIZE_MAX; /* a path escaped once more */
    if (!useless && !twice)
        return;
    struct field_map open = {.n_filters = 0};
    const struct layout *other = sniff_format(&open, head, whole), *own = layout_find(input->format);
    if (other != NULL && twice && other->escaped_again && !own->escaped_again)
        log_job(LOG_WARN,
                "%s is read as %s, but looks like %s, whose values are escaped once more: what is read has backslashes "
                "too many. Set \"format\": \"%s\" (or \"auto\")",
                path, input->format, other->plugin.name, other->plugin.name);
    else if (other != NULL && useless)
        log_job(LOG_WARN, "%s is read as %s, but looks like %s: set \"format\": \"%s\" (or \"auto\")", path,
                input->format, other->plugin.name, other->plugin.name);
}

static const char *chosen(const struct input *input, const struct layout *layout, const char *path, struct str head,
                          bool whole)
{
    bool some = sniff_read(&input->fields, layout, head, whole).events > 0;
    log_job(some ? LOG_INFO : LOG_WARN, "%s is read as %s%s", path, layout->plugin.name,
            some ? "" : ", though no process creation with a command line is among its first records");
    return layout->plugin.name;
}

/* Rank 0. */
static bool look(const struct input *input, size_t index, const struct file_list *files, const char **format,
                 struct error *err)
{
    bool open = strcmp(input->format, INPUT_AUTO) == 0, ok = true, done = false;
    *format = open ? "jsonl" : input->format;
    for (size_t f = 0; f < files->n && ok && !done; f++) {
        const struct file *file = &files->file[f];
        if (file->input != index || file->size == 0)
            continue;
        struct arena *arena = arena_new();
        bool whole;
        struct str head = read_head(file, arena, &whole);
        done = head.n > 0;
        if (done && open) {
            ok = sniff_readable(file->path, head, err);
            const struct layout *layout = ok ? sniff_format(&input->fields, head, whole) : NULL;
            ok = ok && (layout != NULL || sniff_fail(&input->fields, file->path, head, whole, err));
            if (layout != NULL)
                *format = chosen(input, layout, file->path, head, whole);
        } else if (done) {
            warn_if_other(input, file->path, head, whole);
        }
        arena_free(arena);
    }
    return ok;
}

bool input_resolve(const struct comm *comm, const struct input *inputs, size_t n_inputs, const struct file_list *files,
                   struct arena *arena, const struct input **out, struct error *err)
{
    const struct plugin_list *list = layout_list();
    struct input *resolved = ARENA_ARRAY(arena, struct input, n_inputs);
    int64_t *choice = ARENA_ZARRAY(arena, int64_t, n_inputs);
    bool ok = true;
    for (size_t i = 0; i < n_inputs && ok && comm_rank(comm) == 0; i++) {
        const char *format = NULL;
        ok = look(&inputs[i], i, files, &format, err);
        while (ok && strcmp(list->item[choice[i]]->name, format) != 0)
            choice[i]++;
    }
    TRY(agree(comm, ok, err));
    comm_bcast(comm, choice, n_inputs * sizeof *choice, 0);
    for (size_t i = 0; i < n_inputs; i++)
        resolved[i] = input_with_format(&inputs[i], list->item[choice[i]]->name);
    *out = resolved;
    return true;
}
