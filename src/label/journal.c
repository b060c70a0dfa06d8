#include "journal.h"

#include "support/append.h"
#include "support/clock.h"
#include "support/file.h"
#include "support/index.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 30, LINE_LIMIT = 1024, MODEL_LIMIT = 200 };

static const char file_name[] = "the label journal";

struct journal {
    struct append_file file;
    const char *path;
    struct arena *arena;
    struct key_index index; /* key -> place in answer[] */
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
    key_index_number(&journal->index, key, &is_new);
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

/* *torn: bytes from *end_of_lines on are a line without an end. */
static bool load(struct journal *journal, size_t *end_of_lines, bool *torn, struct error *err)
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
    *end_of_lines = at;
    *torn = ok && at < text.n;
    arena_free(scratch);
    return ok;
}

static struct journal *journal_new(const char *path)
{
    struct arena *arena = arena_new();
    struct journal *journal = ARENA_ZARRAY(arena, struct journal, 1);
    *journal = (struct journal){.file.fd = -1, .arena = arena};
    journal->path = arena_printf(arena, "%s", path);
    return journal;
}

bool journal_open(const char *path, struct journal **out, struct error *err)
{
    struct journal *journal = journal_new(path);
    size_t end;
    bool torn = false;
    bool ok = append_open(journal->path, file_name, true, &journal->file, err) && load(journal, &end, &torn, err);
    if (!ok || (torn && !append_cut(&journal->file, end, err))) {
        journal_close(journal);
        return false;
    }
    *out = journal;
    return true;
}

bool journal_check(const char *path, struct error *err)
{
    struct journal *journal = journal_new(path);
    size_t end;
    bool torn; /* another process may be at it */
    bool ok = append_check(journal->path, file_name, err) && load(journal, &end, &torn, err);
    journal_close(journal);
    return ok;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    append_close(&journal->file);
    key_index_free(&journal->index);
    arena_free(journal->arena);
}

bool journal_get(const struct journal *journal, struct hash128 key, struct journal_answer *out)
{
    size_t place = key_index_look(&journal->index, key);
    if (place == KEY_UNKNOWN)
        return false;
    *out = journal->answer[place];
    return true;
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
    bool ok = append_write(&journal->file, buf_str(&line), err);
    buf_free(&line);
    if (ok)
        remember(journal, key, *answer, model);
    return ok;
}

bool journal_sync(struct journal *journal, struct error *err)
{
    return append_sync(&journal->file, err);
}

size_t journal_count(const struct journal *journal)
{
    return journal->n;
}
