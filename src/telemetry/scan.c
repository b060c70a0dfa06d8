#include "telemetry/scan.h"

#include "scan_private.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Whether p[from, to) holds a backslash. */
static bool has_backslash(const struct scan_index *index, size_t from, size_t to)
{
    if (!index->any_backslash || from == to)
        return false;
    size_t first = from / SCAN_BLOCK, last = (to - 1) / SCAN_BLOCK;
    uint64_t head = index->backslash[first] & (~UINT64_C(0) << (from % SCAN_BLOCK));
    uint64_t tail_mask = ~UINT64_C(0) >> (SCAN_BLOCK - 1 - (to - 1) % SCAN_BLOCK);
    if (first == last)
        return (head & tail_mask) != 0;
    for (size_t i = first + 1; i < last; i++)
        head |= index->backslash[i];
    return (head | (index->backslash[last] & tail_mask)) != 0;
}

/* By length: most keys are then compared with one name or none. */
void scan_names_start(struct scan_names *list, const struct str *name, size_t n)
{
    ASSERT(n <= SCAN_MAX_NAMES);
    list->name = name;
    list->n = n;
    memset(list->first, 0, sizeof list->first);
    for (size_t j = n; j-- > 0;) {
        uint8_t *first = &list->first[name[j].n % SCAN_NAME_LENGTHS];
        list->next[j] = *first;
        *first = (uint8_t)(j + 1);
    }
}

/* memcmp without a call for the lengths that names have: two loads that overlap. */
static inline bool same_bytes(const char *a, const char *b, size_t n)
{
    if (n >= 8 && n <= 16) {
        uint64_t head[2], tail[2];
        memcpy(&head[0], a, 8);
        memcpy(&head[1], b, 8);
        memcpy(&tail[0], a + n - 8, 8);
        memcpy(&tail[1], b + n - 8, 8);
        return head[0] == head[1] && tail[0] == tail[1];
    }
    if (n >= 4 && n < 8) {
        uint32_t head[2], tail[2];
        memcpy(&head[0], a, 4);
        memcpy(&head[1], b, 4);
        memcpy(&tail[0], a + n - 4, 4);
        memcpy(&tail[1], b + n - 4, 4);
        return head[0] == head[1] && tail[0] == tail[1];
    }
    return memcmp(a, b, n) == 0;
}

static inline void set_fields(struct str key, const struct scan_names *list, struct scan_field value,
                              struct scan_field *out)
{
    for (size_t j = list->first[key.n % SCAN_NAME_LENGTHS]; j > 0; j = list->next[j - 1]) {
        if (list->name[j - 1].n == key.n && same_bytes(list->name[j - 1].p, key.p, key.n))
            out[j - 1] = value;
    }
}

/* Walks the common shape: an object of strings, numbers and literals with no blanks but spaces. False: not that shape,
 * or not valid; out is then undefined. p[n - 1] is '}', which stops every skip. */
static bool walk(const char *p, size_t n, const struct scan_index *index, const struct scan_names *names,
                 struct scan_field *out)
{
    size_t at = 1, k = 0;
    while (p[at] == ' ')
        at++;
    if (p[at] == '}')
        return at == n - 1;
    for (;;) {
        if (k + 1 >= index->n_quotes || index->quote[k] != at)
            return false;
        size_t from = at + 1, to = index->quote[k + 1];
        if (has_backslash(index, from, to))
            return false;
        struct str key = {p + from, to - from};
        k += 2;
        at = to + 1;
        while (p[at] == ' ')
            at++;
        if (p[at] != ':')
            return false;
        at++;
        while (p[at] == ' ')
            at++;
        struct scan_field value;
        if (p[at] == '"') {
            if (k + 1 >= index->n_quotes || index->quote[k] != at)
                return false;
            to = index->quote[k + 1];
            value = (struct scan_field){SCAN_STRING, has_backslash(index, at + 1, to), {p + at + 1, to - at - 1}};
            k += 2;
            at = to + 1;
        } else {
            size_t length =
                scan_is_digit(p[at]) || p[at] == '-' ? scan_number(p + at, n - at) : scan_literal(p + at, n - at);
            if (length == 0)
                return false;
            value = (struct scan_field){SCAN_OTHER, false, {p + at, length}};
            at += length;
        }
        set_fields(key, names, value, out);
        while (p[at] == ' ')
            at++;
        if (p[at] == '}')
            return at == n - 1;
        if (p[at] != ',')
            return false;
        at++;
        while (p[at] == ' ')
            at++;
    }
}

bool scan_record(struct str record, const struct scan_names *names, struct scan_field *out, const char **reason)
{
    while (record.n > 0 && is_blank(record.p[record.n - 1]))
        record.n--;
    for (size_t j = 0; j < names->n; j++)
        out[j] = (struct scan_field){SCAN_ABSENT, false, {NULL, 0}};
    struct scan_index index;
    if (record.n >= 2 && record.p[0] == '{' && record.p[record.n - 1] == '}' &&
        scan_index(record.p, record.n, &index) && walk(record.p, record.n, &index, names, out))
        return true;
    return scan_full(record, names->name, names->n, out, reason);
}

bool scan_object(struct str record, const struct str *names, size_t n, struct scan_field *out, const char **reason)
{
    struct scan_names list;
    scan_names_start(&list, names, n);
    return scan_record(record, &list, out, reason);
}

bool scan_unescape(const struct scan_field *field, struct arena *arena, struct str *out)
{
    *out = field->raw;
    if (!field->escaped)
        return true;
    struct str raw = field->raw;
    char *text = arena_bytes(arena, raw.n + 4);
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        if (raw.p[i] != '\\') {
            text[n++] = raw.p[i++];
            continue;
        }
        if (scan_escape(raw.p + i, raw.n - i) == 0)
            return false;
        size_t written;
        i += scan_decode(raw.p + i, raw.n - i, text + n, &written);
        n += written;
    }
    *out = (struct str){text, n};
    return true;
}
