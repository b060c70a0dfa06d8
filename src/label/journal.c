#include "label/journal.h"

#include "label/verdict.h"
#include "support/clock.h"
#include "support/file.h"
#include "support/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { FILE_LIMIT = 1 << 30, LINE_LIMIT = 1024, MODEL_LIMIT = 200 };

struct journal {
    int fd;
    bool unsynced;
    char *path;
    struct arena *arena;
    struct table *index; /* key -> place in answer[] */
    struct journal_answer *answer;
    size_t n, capacity;
};

struct hash128 journal_key(struct str text, const char *identity)
{
    struct hash128 line = hash128(text, 0);
    struct hash128 both[2] = {line, hash128(str_of(identity), text.n)};
    return hash128((struct str){(const char *)both, sizeof both}, 0);
}

static const char *intern_model(const struct journal *journal, struct str model)
{
    if (journal->n > 0) {
        const char *last = journal->answer[journal->n - 1].model;
        if (str_equal(model, str_of(last)))
            return last;
    }
    return arena_printf(journal->arena, "%.*s", STR_ARG(model));
}

static void remember(struct journal *journal, struct hash128 key, struct journal_answer answer, struct str model)
{
    bool is_new;
    uint64_t *slot = table_put(journal->index, key, &is_new);
    if (!is_new)
        return;
    if (journal->n == journal->capacity) {
        size_t capacity = journal->capacity ? 2 * journal->capacity : 256;
        struct journal_answer *grown = ARENA_ARRAY(journal->arena, struct journal_answer, capacity);
        if (journal->n > 0)
            memcpy(grown, journal->answer, journal->n * sizeof *grown);
        journal->answer = grown;
        journal->capacity = capacity;
    }
    answer.model = intern_model(journal, model);
    *slot = journal->n;
    journal->answer[journal->n++] = answer;
}

static bool read_answer(const struct json *node, struct hash128 *key, struct journal_answer *answer, struct str *model)
{
    struct str hex, verdict;
    TRY(json_as_str(json_get(node, "key"), &hex) && hash128_from_hex(hex, key));
    TRY(json_as_str(json_get(node, "verdict"), &verdict) && verdict_from_name(verdict, &answer->verdict));
    TRY(json_as_str(json_get(node, "model"), model));
    answer->confidence = CONFIDENCE_UNSTATED;
    const struct json *confidence = json_get(node, "confidence");
    if (!confidence || json_type(confidence) == JSON_NULL)
        return true;
    return json_as_f64(confidence, &answer->confidence) && answer->confidence >= 0 && answer->confidence <= 1;
}

static bool load_line(struct journal *journal, size_t number, struct str line, struct error *err)
{
    struct json_doc *doc = NULL;
    struct error inner = {0};
    struct hash128 key;
    struct journal_answer answer = {0};
    struct str model;
    bool ok = json_parse(line, "line", false, &doc, &inner) && read_answer(json_root(doc), &key, &answer, &model);
    if (ok)
        remember(journal, key, answer, model);
    json_free(doc);
    return ok || fail(err, ERROR_INPUT,
                      "%s:%zu: is not a journal line; remove this line, or name another file as the journal",
                      journal->path, number);
}

static bool load(struct journal *journal, struct error *err)
{
    struct arena *scratch = arena_new();
    struct str text;
    bool ok = file_read(journal->path, FILE_LIMIT, scratch, &text, err);
    size_t at = 0, number = 0;
    while (ok && at < text.n) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        if (!end)
            break;
        struct str line = {text.p + at, (size_t)(end - text.p) - at};
        ok = load_line(journal, ++number, line, err);
        at += line.n + 1;
    }
    if (ok && at < text.n && ftruncate(journal->fd, (off_t)at) != 0)
        ok = fail(err, ERROR_IO, "%s: cannot cut the torn last line: %s", journal->path, strerror(errno));
    arena_free(scratch);
    return ok;
}

static bool sync_folder(const char *folder, struct error *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        (void)fail(err, ERROR_IO, "%s: cannot sync the folder: %s", folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool open_locked(struct journal *journal, struct error *err)
{
    const char *slash = strrchr(journal->path, '/');
    const char *folder = ".";
    if (slash)
        folder = slash == journal->path
                     ? "/"
                     : arena_printf(journal->arena, "%.*s", (int)(slash - journal->path), journal->path);
    TRY(file_make_dirs(folder, err));
    bool present = file_exists(journal->path);
    journal->fd = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal->fd < 0)
        return fail(err, ERROR_IO, "%s: cannot open the label journal: %s", journal->path, strerror(errno));
    if (flock(journal->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return fail(
                err, ERROR_IO,
                "%s: the label journal is in use by another run; wait for it to end, or give this run its own journal",
                journal->path);
        return fail(err, ERROR_IO, "%s: cannot lock the label journal: %s", journal->path, strerror(errno));
    }
    return present || sync_folder(folder, err);
}

bool journal_open(const char *path, struct journal **out, struct error *err)
{
    struct arena *arena = arena_new();
    struct journal *journal = ARENA_ZARRAY(arena, struct journal, 1);
    *journal = (struct journal){.fd = -1, .arena = arena, .index = table_new(1024)};
    journal->path = arena_printf(arena, "%s", path);
    if (!open_locked(journal, err) || !load(journal, err)) {
        journal_close(journal);
        return false;
    }
    *out = journal;
    return true;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->fd >= 0)
        close(journal->fd);
    table_free(journal->index);
    arena_free(journal->arena);
}

bool journal_get(const struct journal *journal, struct hash128 key, struct journal_answer *out)
{
    const uint64_t *slot = table_get(journal->index, key);
    if (!slot)
        return false;
    *out = journal->answer[*slot];
    return true;
}

static bool append(struct journal *journal, struct str line, struct error *err)
{
    off_t before = lseek(journal->fd, 0, SEEK_END);
    ssize_t written;
    do {
        written = write(journal->fd, line.p, line.n);
    } while (written < 0 && errno == EINTR);
    if (written == (ssize_t)line.n)
        return true;
    const char *why = written < 0 ? strerror(errno) : "the disk is full";
    bool mended = written <= 0 || (before >= 0 && ftruncate(journal->fd, before) == 0);
    return fail(err, ERROR_IO, "%s: cannot add to the label journal: %s%s", journal->path, why,
                mended ? "" : " (its last line is torn; it is dropped at the next start)");
}

bool journal_add(struct journal *journal, struct hash128 key, const struct journal_answer *answer, struct error *err)
{
    char hex[33], now[32];
    hash128_hex(key, hex);
    clock_utc(now);
    struct str model = str_of(answer->model);
    model.n = min_size(model.n, MODEL_LIMIT);
    struct buf line = {.limit = LINE_LIMIT * 4};
    buf_printf(&line, "{\"key\":\"%s\",\"verdict\":\"%s\",\"confidence\":", hex, verdict_name(answer->verdict));
    if (answer->confidence == CONFIDENCE_UNSTATED)
        buf_add_str(&line, STR("null"));
    else
        buf_printf(&line, "%.17g", answer->confidence);
    buf_add_str(&line, STR(",\"model\":"));
    buf_add_json_string(&line, model);
    buf_printf(&line, ",\"time\":\"%s\"}\n", now);
    ASSERT(!line.full);
    bool ok = append(journal, buf_str(&line), err);
    buf_free(&line);
    if (ok) {
        journal->unsynced = true;
        remember(journal, key, *answer, model);
    }
    return ok;
}

bool journal_sync(struct journal *journal, struct error *err)
{
    if (!journal->unsynced)
        return true;
    if (fdatasync(journal->fd) != 0)
        return fail(err, ERROR_IO, "%s: cannot sync the label journal: %s", journal->path, strerror(errno));
    journal->unsynced = false;
    return true;
}

size_t journal_count(const struct journal *journal)
{
    return journal->n;
}
