#include "scan/scan.h"

#include "scan_private.h"
#include "support/ascii.h"

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

static inline size_t skip_spaces(const char *p, size_t at)
{
    while (p[at] == ' ')
        at++;
    return at;
}

/* The last brace stops every skip. */
bool scan_walk(const char *p, size_t from, size_t to, const struct scan_index *index, size_t *quote,
               const struct scan_names *names, struct scan_field *out)
{
    const uint32_t *q = index->quote + *quote;
    size_t at = skip_spaces(p, from + 1);
    if (p[at] == '}')
        return at == to - 1;
    for (;;) {
        size_t key = at + 1, end = q[1];
        if (q[0] != at || end >= to)
            return false;
        q += 2;
        at = end + 1;
        if (p[at] != ':') {
            at = skip_spaces(p, at);
            if (p[at] != ':')
                return false;
        }
        at++;
        if (p[at] == ' ')
            at = skip_spaces(p, at);
        struct scan_field value;
        if (p[at] == '"') {
            size_t close = q[1];
            if (q[0] != at || close >= to)
                return false;
            value = (struct scan_field){SCAN_STRING, {p + at + 1, close - at - 1}};
            q += 2;
            at = close + 1;
        } else {
            size_t length =
                ascii_digit(p[at]) || p[at] == '-' ? scan_number(p + at, to - at) : scan_literal(p + at, to - at);
            if (length == 0)
                return false;
            value = (struct scan_field){SCAN_OTHER, {p + at, length}};
            at += length;
        }
        if (!set_fields((struct str){p + key, end - key}, names, value, out) &&
            scan_any_bit(index->backslash, key, end))
            return false;
        if (p[at] == ' ')
            at = skip_spaces(p, at);
        if (p[at] == '}') {
            *quote = (size_t)(q - index->quote);
            return at == to - 1;
        }
        if (p[at] != ',')
            return false;
        at++;
        if (p[at] == ' ')
            at = skip_spaces(p, at);
    }
}

/* A short record alone. */
static bool walk_record(struct str record, const struct scan_names *names, struct scan_field *out)
{
    enum { BLOCKS = SCAN_MAX_BYTES / SCAN_BLOCK, WORDS = BLOCKS / 64 };
    uint32_t quotes[SCAN_MAX_QUOTES + SCAN_BLOCK], newlines[SCAN_BLOCK];
    uint64_t backslash[BLOCKS + 2], doubt[WORDS + 2], high[WORDS + 2];
    struct scan_index index = {.quote = quotes,
                               .newline = newlines,
                               .backslash = backslash,
                               .doubt = doubt,
                               .high = high,
                               .max_quotes = SCAN_MAX_QUOTES};
    size_t quote = 0;
    if (record.n > SCAN_MAX_BYTES)
        return false;
    scan_index(record.p, record.n, &index);
    return index.n == record.n && index.n_newlines == 0 && scan_index_sound(&index, record.p, 0, record.n) &&
           scan_walk(record.p, 0, record.n, &index, &quote, names, out);
}

bool scan_record(struct str record, const struct scan_names *names, struct scan_field *out, const char **reason)
{
    while (record.n > 0 && ascii_blank(record.p[record.n - 1]))
        record.n--;
    for (size_t j = 0; j < names->n; j++)
        out[j] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
    if (record.n >= 2 && record.p[0] == '{' && record.p[record.n - 1] == '}' && walk_record(record, names, out))
        return true;
    return scan_full(record, names->name, names->n, out, reason);
}

bool scan_object(struct str record, const struct str *names, size_t n, struct scan_field *out, const char **reason)
{
    struct scan_names list;
    scan_names_start(&list, names, n);
    return scan_record(record, &list, out, reason);
}

/* Copies up to the first backslash of p[n], eight bytes a step, the last of them too many; returns how many count. */
static inline size_t copy_plain(const char *p, size_t n, char *out)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
    size_t i = 0;
    for (; n - i >= 8; i += 8) {
        uint64_t x;
        memcpy(&x, p + i, sizeof x);
        memcpy(out + i, &x, sizeof x);
        x ^= ones * '\\';
        x = (x - ones) & ~x & high; /* the first byte that is marked is a backslash */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        if (x != 0)
            return i + (size_t)__builtin_ctzll(x) / 8;
#else
        if (x != 0)
            break;
#endif
    }
    for (; i < n && p[i] != '\\'; i++)
        out[i] = p[i];
    return i;
}

bool scan_unescape(const struct scan_field *field, struct arena *arena, struct str *out)
{
    struct str raw = field->raw;
    *out = raw;
    if (!scan_escaped(raw))
        return true;
    char *text = arena_bytes(arena, raw.n + 8);
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        size_t plain = copy_plain(raw.p + i, raw.n - i, text + n);
        i += plain;
        n += plain;
        if (i == raw.n)
            break;
        if (raw.n - i >= 2 && (raw.p[i + 1] == '\\' || raw.p[i + 1] == '"')) { /* nearly all */
            text[n++] = raw.p[i + 1];
            i += 2;
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
