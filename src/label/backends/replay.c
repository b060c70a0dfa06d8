/* Verdicts given earlier, from a file of JSON lines. A line is looked up by its raw text; of several records of one
 * text the first counts. A file is read once and kept until it changes: a sweep asks day after day. */
#include "bytes/textfile.h"
#include "label/backend.h"
#include "support/ascii.h"
#include "support/index.h"
#include "verdict.h"

#include <errno.h>
#include <sys/stat.h>

struct replay {
    const char *file, *command_field, *verdict_field;
    double min_confidence;
    int64_t shown_characters;
};

static const struct param_spec params[] = {
    PARAM_FILE(struct replay, file, "JSON lines with verdicts, plain or compressed"),
    PARAM_STRING(struct replay, command_field, "command_line", "the field with the command line"),
    PARAM_STRING(struct replay, verdict_field, "verdict", "the field with benign, malicious or abstain"),
    PARAM_REAL(struct replay, min_confidence, 0, 0, 1,
               "answers of a lower or unstated \"confidence\" are left out; 0: none"),
    PARAM_INT(struct replay, shown_characters, 0, 0, 1 << 20,
              "verdicts on longer lines are left out, if whoever judged saw only a part of those; 0: none"),
    PARAM_END};

enum { FILE_LIMIT = 1 << 30 };

struct record {
    enum verdict verdict;
    double confidence;
};

/* What a book is made from. */
struct origin {
    const char *path, *command_field, *verdict_field;
    double min_confidence;
    struct stat file;
};

struct book {
    struct book *next;
    struct origin origin;
    struct arena *arena;    /* of all but the index */
    struct key_index index; /* hash of the text -> record */
    struct record *record;
};

static struct book *books; /* of this process */

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
        size_t place = key_index_number(&book->index, hash128(text, 0), &is_new);
        if (is_new)
            book->record[place] = record;
    }
    json_free(doc);
    return ok || fail(err, ERROR_INPUT, "%s:%zu: %s", path, number, reason);
}

static bool is_blank(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (!ascii_blank(line.p[i]))
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

/* Whoever judged the line saw all of it. */
static bool was_shown(const struct replay *replay, struct str text)
{
    int64_t characters = 0;
    for (size_t i = 0; i < text.n; i++)
        characters += ((unsigned char)text.p[i] & 0xc0) != 0x80; /* not a continuation byte of UTF-8 */
    return replay->shown_characters == 0 || characters <= replay->shown_characters;
}

static bool answer_from(const struct replay *replay, const struct book *book, const struct label_item *item, size_t n,
                        struct label_sink *sink, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t place = key_index_look(&book->index, hash128(item[i].text, 0));
        if (place == KEY_UNKNOWN || !was_shown(replay, item[i].text))
            continue;
        sink->asked++;
        const struct record *record = &book->record[place];
        TRY(sink->put(sink->context, i, record->verdict, record->confidence, err));
    }
    return true;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static bool same_reading(const struct origin *a, const struct origin *b)
{
    return strcmp(a->path, b->path) == 0 && strcmp(a->command_field, b->command_field) == 0 &&
           strcmp(a->verdict_field, b->verdict_field) == 0 && a->min_confidence == b->min_confidence;
}

static void book_free(struct book *book)
{
    key_index_free(&book->index);
    arena_free(book->arena);
}

static bool book_read(const struct replay *replay, const struct origin *origin, struct book **out, struct error *err)
{
    struct arena *arena = arena_new(), *scratch = arena_new();
    struct book *book = ARENA_ZARRAY(arena, struct book, 1);
    struct str text;
    bool ok = textfile_read(origin->path, FILE_LIMIT, scratch, &text, err);
    *book = (struct book){.arena = arena, .origin = *origin};
    if (ok) {
        book->origin.path = arena_printf(arena, "%s", origin->path);
        book->origin.command_field = arena_printf(arena, "%s", origin->command_field);
        book->origin.verdict_field = arena_printf(arena, "%s", origin->verdict_field);
        book->record = ARENA_ARRAY(arena, struct record, count_lines(text));
        ok = add_lines(replay, origin->path, text, book, err);
    }
    arena_free(scratch);
    if (!ok)
        book_free(book);
    *out = book;
    return ok;
}

static bool find_file(const struct labeler *labeler, const struct replay *replay, struct arena *arena,
                      struct origin *out, struct error *err)
{
    if (!replay->file[0])
        return fail(err, ERROR_CONFIG, "label backend replay: set \"file\" to a file with verdicts");
    *out = (struct origin){.path = label_path(labeler, replay->file, arena),
                           .command_field = replay->command_field,
                           .verdict_field = replay->verdict_field,
                           .min_confidence = replay->min_confidence};
    return stat(out->path, &out->file) == 0 ||
           fail(err, ERROR_INPUT, "%s: cannot read the verdicts: %s", out->path, strerror(errno));
}

/* The book that is kept, or a new one in its place. */
static bool book_get(const struct labeler *labeler, const struct replay *replay, const struct book **out,
                     struct error *err)
{
    struct arena *arena = arena_new();
    struct origin origin;
    struct book **place = &books, *fresh = NULL;
    bool ok = find_file(labeler, replay, arena, &origin, err);
    while (ok && *place && !same_reading(&(*place)->origin, &origin))
        place = &(*place)->next;
    if (ok && (!*place || !same_file(&(*place)->origin.file, &origin.file)))
        ok = book_read(replay, &origin, &fresh, err);
    if (ok && fresh) {
        struct book *old = *place;
        fresh->next = old ? old->next : NULL;
        *place = fresh;
        if (old)
            book_free(old);
    }
    if (ok)
        *out = *place;
    arena_free(arena);
    return ok;
}

static bool check(const struct labeler *labeler, const void *untyped, struct error *err)
{
    const struct book *book;
    return book_get(labeler, untyped, &book, err);
}

static bool answer(const struct labeler *labeler, const void *untyped, const struct label_item *item, size_t n,
                   struct label_sink *sink, struct error *err)
{
    const struct book *book;
    return book_get(labeler, untyped, &book, err) && answer_from(untyped, book, item, n, sink, err);
}

/* The file's size stands for its content. */
static bool identity(const struct labeler *labeler, const void *untyped, struct arena *arena, const char **out,
                     struct error *err)
{
    struct origin origin;
    TRY(find_file(labeler, untyped, arena, &origin, err));
    *out = arena_printf(arena, "replay\n%" PRId64, (int64_t)origin.file.st_size);
    return true;
}

const struct backend backend_replay = {
    .plugin = {"replay", "verdicts given earlier, from a file", params, sizeof(struct replay)},
    .identity = identity,
    .check = check,
    .answer = answer,
};
