/* Unknown keys and the names that were meant. */
#include "json_doc.h"

#define WORD_MOST 63

/* Edits (insert, delete, replace, swap neighbours) that turn a into b; both are at most WORD_MOST bytes. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MOST + 1], n = strlen(b);
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n; j++)
        last[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t replace = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = min_size(replace, min_size(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min_size(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[n];
}

/* Near is at most a third of the word, rounded up, and never all of it. */
const char *nearest_name(const char *word, const char *const *names, size_t n)
{
    size_t length = strlen(word);
    if (length > WORD_MOST)
        return NULL;
    const char *nearest = NULL;
    size_t least = (length + 2) / 3 + 1;
    for (size_t i = 0; i < n; i++) {
        size_t name_length = strlen(names[i]);
        if (name_length > WORD_MOST)
            continue;
        size_t distance = edit_distance(word, names[i]);
        if (distance < least && distance < length) {
            least = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

static bool is_known(const char *key, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return false;
}

static bool fail_at_key(const struct json_doc *doc, const cJSON *member, struct error *err, const char *format, ...)
    PRINTF_LIKE(4, 5);

static bool fail_at_key(const struct json_doc *doc, const cJSON *member, struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    json_fail_v(doc, json_node(member), true, err, format, args);
    va_end(args);
    return false;
}

static bool fail_unknown(const struct json_doc *doc, const cJSON *member, const char *const *keys, size_t n,
                         struct error *err)
{
    const char *near = nearest_name(member->string, keys, n);
    if (near)
        return fail_at_key(doc, member, err, "%s is not known here; did you mean %s?", member->string, near);
    if (n == 0)
        return fail_at_key(doc, member, err, "%s is not known here; nothing can be set", member->string);
    struct buf known = {.limit = 600};
    for (size_t i = 0; i < n; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", keys[i]);
    fail_at_key(doc, member, err, "%.200s is not known here; known are: %s", member->string, known.p ? known.p : "");
    buf_free(&known);
    return false;
}

bool json_known_keys(const struct json_doc *doc, const struct json *object, const char *const *keys, size_t n,
                     struct error *err)
{
    if (json_type(object) != JSON_OBJECT)
        return json_fail(doc, object, err, "an object {...} is expected here");
    for (const cJSON *member = json_raw(object)->child; member; member = member->next) {
        if (!is_known(member->string, keys, n))
            return fail_unknown(doc, member, keys, n, err);
    }
    return true;
}
