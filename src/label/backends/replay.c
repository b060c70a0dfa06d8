/* Verdicts given earlier, from a file of JSON lines. A line is looked up by its raw text; of several records of one
 * text the first counts. */
#include "label/backend.h"
#include "label/verdict.h"
#include "support/memory.h"
#include "support/table.h"
#include "telemetry/textfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct replay {
    const char *file, *command_field, *verdict_field;
    double min_confidence;
};

static const struct param_spec params[] = {
    PARAM_FILE(struct replay, file, "JSON lines with verdicts, plain or compressed"),
    PARAM_STRING(struct replay, command_field, "command_line", "the field with the command line"),
    PARAM_STRING(struct replay, verdict_field, "verdict", "the field with benign, malicious or abstain"),
    PARAM_REAL(struct replay, min_confidence, 0, 0, 1,
               "answers of a lower or unstated \"confidence\" are left out; 0: none"),
    PARAM_END};

enum { FILE_LIMIT = 1 << 30 };

struct record {
    enum verdict verdict;
    double confidence;
};

struct book {
    struct table *table; /* hash of the text -> verdict + 4 * index of the confidence */
    double *confidence;
    size_t n;
};

static bool read_record(const struct replay *replay, const struct json *node, struct str *text, struct record *out,
                        const char **reason)
{
    struct str verdict;
    *reason = "is not a JSON object";
    if (json_type(node) != JSON_OBJECT)
        return false;
    *reason = "has no command line text; see the parameter command_field";
    TRY(json_as_str(json_get(node, replay->command_field), text));
    *reason = "has no verdict text; see the parameter verdict_field";
    TRY(json_as_str(json_get(node, replay->verdict_field), &verdict));
    *reason = "has a verdict that is not benign, malicious or abstain";
    TRY(verdict_from_name(verdict, &out->verdict));
    out->confidence = CONFIDENCE_UNSTATED;
    const struct json *confidence = json_get(node, "confidence");
    if (!confidence || json_type(confidence) == JSON_NULL)
        return true;
    *reason = "has a confidence that is not a number from 0 to 1";
    return json_as_f64(confidence, &out->confidence) && out->confidence >= 0 && out->confidence <= 1;
}

static bool add_line(const struct replay *replay, const char *path, size_t number, struct str line, struct book *book,
                     struct error *err)
{
    struct json_doc *doc = NULL;
    struct error inner = {0};
    if (!json_parse(line, "line", false, &doc, &inner))
        return fail(err, ERROR_INPUT, "%s:%zu: is not valid JSON (%s)", path, number, inner.message);
    struct str text = {0};
    struct record record = {0};
    const char *reason;
    bool ok = read_record(replay, json_root(doc), &text, &record, &reason);
    bool wanted = replay->min_confidence <= 0 || record.confidence >= replay->min_confidence;
    if (ok && wanted) {
        bool is_new;
        uint64_t *slot = table_put(book->table, hash128(text, 0), &is_new);
        if (is_new) {
            *slot = (uint64_t)record.verdict + 4 * book->n;
            book->confidence[book->n++] = record.confidence;
        }
    }
    json_free(doc);
    return ok || fail(err, ERROR_INPUT, "%s:%zu: %s", path, number, reason);
}

static bool is_blank(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r')
            return false;
    return true;
}

static bool add_lines(const struct replay *replay, const char *path, struct str text, struct book *book,
                      struct error *err)
{
    size_t number = 0;
    for (size_t at = 0; at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        struct str line = {text.p + at, end ? (size_t)(end - text.p) - at : text.n - at};
        at += line.n + 1;
        number++;
        if (!is_blank(line))
            TRY(add_line(replay, path, number, line, book, err));
    }
    return true;
}

static size_t count_lines(struct str text)
{
    size_t n = 1;
    for (const char *p = text.p, *end = text.p + text.n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    return n;
}

static bool answer_from(const struct book *book, const struct label_item *item, size_t n, struct label_sink *sink,
                        struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t *slot = table_get(book->table, hash128(item[i].text, 0));
        if (!slot)
            continue;
        sink->asked++;
        TRY(sink->put(sink->context, i, (enum verdict)(*slot % 4), book->confidence[*slot / 4], err));
    }
    return true;
}

/* The book that was read last for these parameters: a sweep asks once a day. */
static struct {
    char *key;
    struct arena *arena;
    struct book book;
} kept;

static void forget(void)
{
    if (!kept.key)
        return;
    table_free(kept.book.table);
    arena_free(kept.arena);
    free(kept.key);
    memset(&kept, 0, sizeof kept);
}

/* What a book follows from: the parameters, and the file as it stands. */
static bool book_key(const struct replay *replay, const char *path, struct arena *arena, const char **key,
                     struct error *err)
{
    struct stat file;
    if (!replay->file[0])
        return fail(err, ERROR_CONFIG, "label backend replay: set \"file\" to a file with verdicts");
    if (stat(path, &file) != 0)
        return fail(err, ERROR_INPUT, "%s: cannot read the verdicts: %s", path, strerror(errno));
    *key = arena_printf(arena, "%s\n%s\n%s\n%.17g\n%ju %ju %jd %jd.%09ld", path, replay->command_field,
                        replay->verdict_field, replay->min_confidence, (uintmax_t)file.st_dev, (uintmax_t)file.st_ino,
                        (intmax_t)file.st_size, (intmax_t)file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
    return true;
}

static bool read_book(const struct replay *replay, const char *path, const char *key, struct error *err)
{
    struct arena *arena = arena_new();
    struct str text;
    bool ok = textfile_read(path, FILE_LIMIT, arena, &text, err);
    if (ok) {
        size_t lines = count_lines(text);
        struct book book = {table_new(lines), arena_alloc(arena, lines, sizeof(double)), 0};
        ok = add_lines(replay, path, text, &book, err);
        if (ok) {
            forget();
            kept.key = heap_strdup(key);
            kept.arena = arena;
            kept.book = book;
            return true;
        }
        table_free(book.table);
    }
    arena_free(arena);
    return ok;
}

static bool answer(const struct labeler *labeler, const void *untyped, const struct label_item *item, size_t n,
                   struct label_sink *sink, struct error *err)
{
    const struct replay *replay = untyped;
    struct arena *arena = arena_new();
    const char *path = label_path(labeler, replay->file, arena), *key;
    bool ok = book_key(replay, path, arena, &key, err) &&
              ((kept.key && strcmp(kept.key, key) == 0) || read_book(replay, path, key, err)) &&
              answer_from(&kept.book, item, n, sink, err);
    arena_free(arena);
    return ok;
}

static bool check(const struct labeler *labeler, const void *untyped, struct error *err)
{
    const struct replay *replay = untyped;
    struct arena *arena = arena_new();
    const char *path = label_path(labeler, replay->file, arena), *key;
    bool ok =
        book_key(replay, path, arena, &key, err) &&
        (access(path, R_OK) == 0 || fail(err, ERROR_INPUT, "%s: cannot read the verdicts: %s", path, strerror(errno)));
    arena_free(arena);
    return ok;
}

const struct backend backend_replay = {
    .plugin = {"replay", "verdicts given earlier, from a file", params, sizeof(struct replay)},
    .check = check,
    .answer = answer,
};
