#include "scan/scan.h"

#include "scan_private.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* 64 bits from bit `at` on. */
static inline uint64_t bits_at(const uint64_t *bits, size_t at)
{
    return bits[at / 64] >> (at % 64) | bits[at / 64 + 1] << 1 << (63 - at % 64);
}

/* Whether p[from, to) holds a backslash. Two words are looked at wherever they lie: a branch on that is mispredicted.
 */
static inline bool has_backslash(const struct scan_index *index, size_t from, size_t to)
{
    uint64_t found = 0;
    for (; to - from >= 64; from += 64)
        found |= bits_at(index->backslash, from);
    return (found | (bits_at(index->backslash, from) & ((UINT64_C(1) << (to - from)) - 1))) != 0;
}

static size_t bucket_of(const char *name, size_t n)
{
    return n > 0 ? (n + 8 * (unsigned char)name[0]) % SCAN_NAME_BUCKETS : 0;
}

void scan_names_start(struct scan_names *list, const struct str *name, size_t n)
{
    ASSERT(n <= SCAN_MAX_NAMES);
    list->name = name;
    list->n = n;
    memset(list->first, 0, sizeof list->first);
    for (size_t j = n; j-- > 0;) {
        if (scan_escaped(name[j])) /* no raw key is its name: the complete parser finds it */
            continue;
        uint8_t *first = &list->first[bucket_of(name[j].p, name[j].n)];
        list->next[j] = *first;
        *first = (uint8_t)(j + 1);
    }
}

/* False: no name is the key as it stands. */
static inline bool set_fields(struct str key, const struct scan_names *list, struct scan_field value,
                              struct scan_field *out)
{
    bool found = false;
    for (size_t j = list->first[bucket_of(key.p, key.n)]; j > 0; j = list->next[j - 1]) {
        if (list->name[j - 1].n == key.n && scan_same(list->name[j - 1].p, key.p, key.n)) {
            out[j - 1] = value;
            found = true;
        }
    }
    return found;
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
            value = (struct scan_field){SCAN_STRING, {p + at + 1, to - at - 1}};
            k += 2;
            at = to + 1;
        } else {
            size_t length =
                scan_is_digit(p[at]) || p[at] == '-' ? scan_number(p + at, n - at) : scan_literal(p + at, n - at);
            if (length == 0)
                return false;
            value = (struct scan_field){SCAN_OTHER, {p + at, length}};
            at += length;
        }
        if (!set_fields(key, names, value, out) && has_backslash(index, from, from + key.n))
            return false;
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
        out[j] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
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
    struct str raw = field->raw;
    *out = raw;
    if (!scan_escaped(raw))
        return true;
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
