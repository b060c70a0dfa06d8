#include "axis_names.h"

/* Coordinates and other names of the results: an axis of such a name would hide them. */
static const char *const reserved[] = {
    "added",    "arm",     "asked", "auc",   "aut",    "backend", "base_rate", "bootstrap", "class",      "cluster",
    "config",   "control", "count", "day",   "digest", "field",   "flag",      "fpr",       "group",      "hash",
    "line",     "metric",  "n",     "name",  "order",  "pick",    "precision", "resample",  "run",        "score",
    "sequence", "size",    "sizes", "stage", "test",   "tests",   "threshold", "tpr",       "validation", "verdict"};
enum { SHOWN_MOST = 40 };

static bool is_reserved(const char *name, const char *key)
{
    if (strcmp(name, "seed") == 0)
        return strcmp(key, "seed") != 0;
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (strcmp(name, reserved[i]) == 0)
            return true;
    return false;
}

/* The end of the key that has one part more than `end`, itself an end of the key; NULL: there is none. */
static const char *longer_end(const char *key, const char *end)
{
    if (end == key)
        return NULL;
    const char *at = end - 1; /* after the dot, or past the end of the key */
    while (at > key && !(at[-1] == '.' && (at < key + 2 || at[-2] != '\\')))
        at--;
    return at;
}

/* `end` with its length, as an end of another key. */
static bool is_end_of(const char *end, const char *key)
{
    size_t n = strlen(end), n_key = strlen(key);
    return n <= n_key && strcmp(key + n_key - n, end) == 0 && (n == n_key || key[n_key - n - 1] == '.');
}

static bool is_unique(const struct axis *axis, size_t n, size_t a, const char *end)
{
    for (size_t b = 0; b < n; b++)
        if (b != a && is_end_of(end, axis[b].key))
            return false;
    return true;
}

void axis_names(struct axis *axis, size_t n, struct arena *arena)
{
    for (size_t a = 0; a < n; a++) {
        const char *end = longer_end(axis[a].key, axis[a].key + strlen(axis[a].key) + 1);
        for (const char *next = end; next && (is_reserved(end, axis[a].key) || !is_unique(axis, n, a, end));) {
            next = longer_end(axis[a].key, end);
            end = next ? next : end;
        }
        axis[a].name = arena_printf(arena, "%s", end);
    }
}

static const char *dump(const struct json *node, struct arena *arena)
{
    struct buf out = {.limit = (size_t)16 << 20};
    json_dump(node, &out);
    const char *text = arena_copy(arena, out.p, out.n + 1);
    buf_free(&out);
    return text;
}

/* A string as it is, a plug-in by its name, a list by its members, anything else as canonical JSON. */
static const char *show(const struct json *node, struct arena *arena)
{
    struct str s;
    if (json_as_str(node, &s) || json_as_str(json_get(node, "name"), &s))
        return arena_copy(arena, s.p, s.n + 1);
    if (json_type(node) != JSON_ARRAY || json_count(node) == 0)
        return dump(node, arena);
    const char *shown = "";
    for (const struct json *item = json_at(node, 0); item; item = json_next(item))
        shown = arena_printf(arena, "%s%s%s", shown, shown[0] ? "+" : "", show(item, arena));
    return shown;
}

/* Whether some value that is shown alike has another member of this key, or none. */
static bool member_differs(const struct json *const *value, const char *const *shown, size_t n, size_t i,
                           const char *key, struct arena *arena)
{
    const struct json *own = json_get(value[i], key);
    for (size_t k = 0; k < n; k++) {
        if (k == i || strcmp(shown[k], shown[i]) != 0)
            continue;
        const struct json *other = json_get(value[k], key);
        if (!other || strcmp(dump(own, arena), dump(other, arena)) != 0)
            return true;
    }
    return false;
}

/* "union" of several unions -> "union(members=iforest,pca)" */
static const char *show_differences(const struct json *const *value, const char *const *shown, size_t n, size_t i,
                                    struct arena *arena)
{
    const char *inside = "";
    size_t members = json_type(value[i]) == JSON_OBJECT ? json_count(value[i]) : 0;
    for (size_t m = 0; m < members; m++) {
        const struct json *member = json_at(value[i], m);
        if (strcmp(json_key(member), "name") != 0 && member_differs(value, shown, n, i, json_key(member), arena))
            inside =
                arena_printf(arena, "%s%s%s=%s", inside, inside[0] ? "," : "", json_key(member), show(member, arena));
    }
    return inside[0] ? arena_printf(arena, "%s(%s)", shown[i], inside) : shown[i];
}

static const char *shorten(const char *text, struct arena *arena)
{
    size_t n = strlen(text), kept = SHOWN_MOST;
    if (n <= SHOWN_MOST)
        return text;
    while (kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80) /* not inside a character */
        kept--;
    return arena_printf(arena, "%.*s...", (int)kept, text);
}

static bool occurs(const char *const *text, size_t n, const char *wanted)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text[i], wanted) == 0)
            return true;
    return false;
}

void axis_values(struct axis *axis, const struct json *values, struct arena *arena)
{
    size_t n = axis->n, i = 0;
    const struct json **value = ARENA_ARRAY(arena, const struct json *, n);
    const char **shown = ARENA_ARRAY(arena, const char *, n);
    for (const struct json *item = json_at(values, 0); item; item = json_next(item), i++) {
        value[i] = item;
        shown[i] = show(item, arena);
    }
    axis->value = ARENA_ARRAY(arena, const char *, n);
    for (i = 0; i < n; i++) {
        bool alike = occurs(shown, i, shown[i]) || occurs(shown + i + 1, n - i - 1, shown[i]);
        const char *text = shorten(alike ? show_differences(value, shown, n, i, arena) : shown[i], arena);
        const char *told = text;
        for (size_t number = 2; occurs(axis->value, i, told); number++)
            told = arena_printf(arena, "%s #%zu", text, number);
        axis->value[i] = told;
    }
}
