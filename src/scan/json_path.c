#include "json_path.h"

#include "forms.h"
#include "support/ascii.h"

enum { MAX_DEPTH = 12 }; /* deeper parts of a path are one key */

/* An alternative of a wanted value that ends at an entry. */
struct leaf {
    size_t value;
    const struct leaf *next;
};

/* A key that is looked for in one object: its value is wanted, or what is inside it. */
struct entry {
    struct leaf *leaf;
    struct node *child;
};

struct node {
    size_t n, capacity;
    struct str *name;
    struct entry *entry;
};

struct json_paths {
    struct node *root;
    size_t n_wanted, n_values;
    size_t *first;           /* [n_wanted + 1]: alternatives of wanted i are values first[i] .. first[i + 1] - 1 */
    struct json_found *name; /* [n_values] */
};

bool json_paths_flat(const struct str *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < wanted[i].n; k++) {
            if (wanted[i].p[k] == '.' || wanted[i].p[k] == '|' || wanted[i].p[k] == '[')
                return false;
        }
    }
    return true;
}

static struct entry *entry_of(struct node *node, struct str name, struct arena *arena)
{
    for (size_t i = 0; i < node->n; i++) {
        if (str_equal(node->name[i], name))
            return &node->entry[i];
    }
    if (node->n == node->capacity) {
        size_t capacity = node->capacity > 0 ? 2 * node->capacity : 16;
        struct str *names = ARENA_ARRAY(arena, struct str, capacity);
        struct entry *entries = ARENA_ARRAY(arena, struct entry, capacity);
        for (size_t i = 0; i < node->n; i++) {
            names[i] = node->name[i];
            entries[i] = node->entry[i];
        }
        node->name = names;
        node->entry = entries;
        node->capacity = capacity;
    }
    node->name[node->n] = name;
    node->entry[node->n] = (struct entry){NULL, NULL};
    return &node->entry[node->n++];
}

/* At each level the rest of the path is a key, or its first part is the key of what holds the rest. */
static void add_path(struct node *node, struct str path, size_t value, struct arena *arena)
{
    for (size_t depth = 0;; depth++) {
        struct entry *whole = entry_of(node, path, arena);
        struct leaf *leaf = ARENA_ARRAY(arena, struct leaf, 1);
        *leaf = (struct leaf){value, whole->leaf};
        whole->leaf = leaf;
        const char *dot = path.n > 0 ? memchr(path.p, '.', path.n) : NULL;
        if (dot == NULL || depth == MAX_DEPTH)
            return;
        size_t n = (size_t)(dot - path.p);
        struct entry *first = entry_of(node, (struct str){path.p, n}, arena);
        if (first->child == NULL)
            first->child = arena_zalloc(arena, 1, sizeof *first->child);
        node = first->child;
        path = (struct str){dot + 1, path.n - n - 1};
    }
}

static size_t count_alternatives(const struct str *wanted, size_t n)
{
    size_t count = n;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < wanted[i].n; k++)
            count += wanted[i].p[k] == '|';
    }
    return count;
}

static struct json_found name_of(struct str path)
{
    bool vector = path.n > 2 && path.p[path.n - 2] == '[' && path.p[path.n - 1] == ']';
    return (struct json_found){path, vector};
}

struct json_paths *json_paths_new(const struct str *wanted, size_t n, struct arena *arena)
{
    struct json_paths *paths = arena_zalloc(arena, 1, sizeof *paths);
    paths->root = arena_zalloc(arena, 1, sizeof *paths->root);
    paths->n_wanted = n;
    paths->first = ARENA_ARRAY(arena, size_t, n + 1);
    paths->name = ARENA_ARRAY(arena, struct json_found, count_alternatives(wanted, n));
    for (size_t i = 0; i < n; i++) {
        struct str rest = wanted[i];
        paths->first[i] = paths->n_values;
        for (;;) {
            const char *bar = rest.n > 0 ? memchr(rest.p, '|', rest.n) : NULL;
            size_t length = bar != NULL ? (size_t)(bar - rest.p) : rest.n;
            struct json_found *name = &paths->name[paths->n_values];
            *name = name_of((struct str){rest.p, length});
            add_path(paths->root, (struct str){rest.p, length - (name->vector ? 2 : 0)}, paths->n_values++, arena);
            if (bar == NULL)
                break;
            rest = (struct str){bar + 1, rest.n - length - 1};
        }
    }
    paths->first[n] = paths->n_values;
    return paths;
}

size_t json_blanks(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && ascii_blank(p[i]))
        i++;
    return i;
}

static size_t string_length(const char *p, size_t n)
{
    size_t i = 1;
    while (i < n && p[i] != '"')
        i += p[i] == '\\' ? 2 : 1;
    return min_size(i + 1, n);
}

size_t json_value_length(const char *p, size_t n)
{
    size_t depth = 0, i = 0;
    while (i < n) {
        char c = p[i];
        if (c == '"') {
            i += string_length(p + i, n - i);
        } else {
            if (depth == 0 && (c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t'))
                return i;
            depth += c == '{' || c == '[';
            depth -= c == '}' || c == ']';
            i++;
        }
        if (depth == 0 && (c == '"' || c == '}' || c == ']'))
            return i;
    }
    return i;
}

static void found(const struct entry *entry, struct scan_field field, struct scan_field *values)
{
    for (const struct leaf *leaf = entry->leaf; leaf != NULL; leaf = leaf->next)
        values[leaf->value] = field;
}

static void search(const struct node *node, struct str text, struct arena *scratch, struct scan_field *values);

struct scan_field json_field(struct str raw)
{
    if (raw.n < 2 || raw.p[0] != '"')
        return (struct scan_field){SCAN_OTHER, raw};
    return (struct scan_field){SCAN_STRING, {raw.p + 1, raw.n - 2}};
}

static void take_element(const struct node *node, struct str element, int64_t place, struct arena *scratch,
                         struct scan_field *values)
{
    static const struct str pair[] = {{"Name", 4}, {"@Name", 5}, {"text", 4}, {"#text", 5}};
    struct scan_field f[ARRAY_LEN(pair)] = {{SCAN_ABSENT, {NULL, 0}}};
    const char *reason;
    bool is_pair = element.p[0] == '{' && scan_object(element, pair, ARRAY_LEN(pair), f, &reason);
    struct scan_field key = f[0].type == SCAN_STRING ? f[0] : f[1];
    struct scan_field value = f[2].type != SCAN_ABSENT ? f[2] : f[3];
    for (size_t i = 0; i < node->n; i++) {
        int64_t number;
        bool here = str_to_i64(node->name[i], &number) && number == place;
        bool named = is_pair && key.type == SCAN_STRING && str_equal(key.raw, node->name[i]);
        if (here)
            found(&node->entry[i], json_field(element), values);
        if (here && node->entry[i].child != NULL)
            search(node->entry[i].child, element, scratch, values);
        if (named)
            found(&node->entry[i], value, values);
    }
}

struct str json_element(struct str list, size_t *at)
{
    *at += *at == 0;
    while (*at < list.n) {
        *at += json_blanks(list.p + *at, list.n - *at);
        size_t start = *at, n = json_value_length(list.p + start, list.n - start);
        *at += n > 0 ? n : 1; /* or the comma, or the end */
        if (n > 0)
            return (struct str){list.p + start, n};
    }
    return (struct str){"", 0};
}

struct scan_field json_scalar(struct scan_field field)
{
    if (field.type != SCAN_OTHER || field.raw.p[0] != '[')
        return field;
    size_t at = 0;
    struct str only = json_element(field.raw, &at);
    bool one = only.n > 0 && only.p[0] != '[' && json_element(field.raw, &at).n == 0;
    return one ? json_field(only) : field;
}

static void search_array(const struct node *node, struct str text, struct arena *scratch, struct scan_field *values)
{
    int64_t place = 0;
    size_t at = 0;
    for (struct str element = json_element(text, &at); element.n > 0; element = json_element(text, &at))
        take_element(node, element, place++, scratch, values);
    for (size_t i = 0; i < node->n; i++) {
        if (str_equal(node->name[i], STR("#")))
            found(&node->entry[i], (struct scan_field){SCAN_OTHER, str_of(arena_printf(scratch, "%" PRId64, place))},
                  values);
    }
}

/* What a path goes into: an object or list, or a text that holds an object, which is checked as a record is. */
static void enter(const struct node *node, const struct scan_field *field, struct arena *scratch,
                  struct scan_field *values)
{
    struct str text = field->raw;
    bool holds = field->type == SCAN_STRING && text.n > 1 && text.p[0] == '{';
    if (node != NULL && (field->type == SCAN_OTHER || (holds && scan_unescape(field, scratch, &text))))
        search(node, text, scratch, values);
}

/* text: an object or array known to be valid. The depth is that of the path. */
static void search(const struct node *node, struct str text, struct arena *scratch, struct scan_field *values)
{
    const char *reason;
    if (text.n == 0 || (text.p[0] != '{' && text.p[0] != '['))
        return;
    if (text.p[0] == '[') {
        search_array(node, text, scratch, values);
        return;
    }
    struct scan_field *f = ARENA_ARRAY(scratch, struct scan_field, node->n);
    if (!scan_object(text, node->name, node->n, f, &reason))
        return;
    for (size_t i = 0; i < node->n; i++)
        enter(node->entry[i].child, &f[i], scratch, values);
    for (size_t i = 0; i < node->n; i++) { /* a key with dots counts more than the parts */
        if (f[i].type != SCAN_ABSENT)
            found(&node->entry[i], f[i], values);
    }
}

static bool says(const struct scan_field *field)
{
    if (field->type == SCAN_STRING)
        return !is_nothing(field->raw);
    return field->type == SCAN_OTHER && field->raw.p[0] != '{' && !str_equal(field->raw, STR("null"));
}

bool json_says(const struct scan_field *field)
{
    if (field->type != SCAN_OTHER || field->raw.p[0] != '[')
        return says(field);
    size_t at = 0;
    for (struct str element = json_element(field->raw, &at); element.n > 0; element = json_element(field->raw, &at)) {
        struct scan_field member = json_field(element);
        if (says(&member))
            return true;
    }
    return false;
}

bool json_paths_find(const struct json_paths *paths, struct str record, struct arena *scratch, struct scan_field *out,
                     struct json_found *found_as, const char **reason)
{
    /* The record as a whole is checked once, with nothing wanted but what is at its top. */
    const struct node *root = paths->root;
    struct scan_field *top = ARENA_ARRAY(scratch, struct scan_field, root->n);
    if (!scan_object(record, root->name, root->n, top, reason))
        return false;
    struct scan_field *values = ARENA_ARRAY(scratch, struct scan_field, paths->n_values);
    for (size_t i = 0; i < paths->n_values; i++)
        values[i] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
    for (size_t i = 0; i < root->n; i++)
        enter(root->entry[i].child, &top[i], scratch, values);
    for (size_t i = 0; i < root->n; i++) {
        if (top[i].type != SCAN_ABSENT)
            found(&root->entry[i], top[i], values);
    }
    for (size_t i = 0; i < paths->n_wanted; i++) {
        out[i] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
        found_as[i] = (struct json_found){{"", 0}, false};
        for (size_t k = paths->first[i]; k < paths->first[i + 1]; k++) {
            if (values[k].type == SCAN_ABSENT || (out[i].type != SCAN_ABSENT && !json_says(&values[k])))
                continue;
            out[i] = values[k];
            found_as[i] = paths->name[k];
            if (json_says(&out[i]))
                break;
        }
    }
    return true;
}
