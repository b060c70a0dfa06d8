#include "audit_line.h"

#include "scan_private.h"
#include "support/ascii.h"
#include "support/utf8.h"

static const char name_separator = '\x1D';

static bool is_space(char c)
{
    return c == ' ' || c == name_separator || c == '\n' || c == '\r' || c == '\t';
}

static struct str skip(struct str s, size_t n)
{
    return (struct str){s.p + n, s.n - n};
}

static size_t word_length(struct str s)
{
    size_t n = 0;
    while (n < s.n && !is_space(s.p[n]))
        n++;
    return n;
}

/* TIME:SERIAL with digits, one dot and one colon; interpreted: a date and a time of day, as the locale has them. */
static bool parse_id(struct str id, struct audit_line *out)
{
    size_t colon = id.n;
    int64_t serial;
    while (colon > 0 && id.p[colon - 1] != ':')
        colon--;
    if (colon < 2 || !str_to_i64(skip(id, colon), &serial) || serial < 0)
        return false;
    out->time = (struct str){id.p, colon - 1};
    for (size_t i = 0; i < out->time.n; i++)
        out->body.interpreted = out->body.interpreted || (!ascii_digit(id.p[i]) && id.p[i] != '.');
    return !out->body.interpreted || (ascii_digit(id.p[colon - 2]) && str_find(out->time, STR(" "), 0) != SIZE_MAX &&
                                      str_find(out->time, STR(":"), 0) != SIZE_MAX && utf8_valid(id.p, id.n));
}

bool audit_line(struct str line, struct audit_line *out)
{
    static const struct str type = {"type=", 5}, node = {"node=", 5}, message = {"msg=audit(", 10};
    *out = (struct audit_line){.node = {"", 0}, .body = {.argc = -1}};
    size_t at = str_find(line, message, 0);
    if (at == SIZE_MAX || !utf8_valid(line.p, at))
        return false;
    struct str head = {line.p, at}, rest = skip(line, at + message.n);
    for (size_t i = 0; i < head.n;) {
        struct str word = {head.p + i, word_length(skip(head, i))};
        if (str_starts(word, type))
            out->type = skip(word, type.n);
        else if (str_starts(word, node))
            out->node = skip(word, node.n);
        i += word.n + 1;
    }
    size_t end = str_find(rest, STR(")"), 0);
    if (out->type.n == 0 || end == SIZE_MAX || end > 64)
        return false;
    out->id = (struct str){rest.p, end};
    rest = skip(rest, end + 1);
    if (str_starts(rest, STR(" :"))) /* interpreted */
        rest = skip(rest, 1);
    if (rest.n > 0 && rest.p[0] == ':')
        rest = skip(rest, 1);
    while (rest.n > 0 && is_space(rest.p[rest.n - 1]))
        rest.n--;
    while (rest.n > 0 && is_space(rest.p[0]))
        rest = skip(rest, 1);
    out->body.rest = rest;
    if (!parse_id(out->id, out))
        return false;
    out->body.arguments = out->body.interpreted && str_equal(out->type, STR("EXECVE"));
    return true;
}

static bool is_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ascii_digit(c) || c == '_' || c == '-' || c == '[' ||
           c == ']';
}

/* Whether text begins with a key that may come behind `last`. */
static bool key_follows(const struct audit_body *body, struct str last, struct str text)
{
    size_t n = 0;
    struct audit_argument before, now;
    while (n < text.n && is_key(text.p[n]))
        n++;
    if (n == 0 || n == text.n || text.p[n] != '=')
        return false;
    if (!body->arguments)
        return true;
    if (!audit_argument((struct str){text.p, n}, &now) || (body->argc >= 0 && (int64_t)now.number >= body->argc))
        return false;
    return !audit_argument(last, &before) || now.number > before.number ||
           (now.number == before.number && (before.piece || before.length));
}

/* Up to the next key; without the blanks before it. */
static struct str interpreted_value(const struct audit_body *body, struct str key)
{
    struct str rest = body->rest;
    size_t n = 0;
    while (n < rest.n && !(is_space(rest.p[n]) && key_follows(body, key, skip(rest, n + 1))))
        n++;
    return (struct str){rest.p, n};
}

bool audit_next(struct audit_body *body, struct audit_pair *out)
{
    struct str *rest = &body->rest;
    for (;;) {
        while (rest->n > 0 && is_space(rest->p[0]))
            *rest = skip(*rest, 1);
        if (rest->n == 0)
            return false;
        size_t n = 0;
        while (n < rest->n && !is_space(rest->p[n]) && rest->p[n] != '=')
            n++;
        bool pair = n < rest->n && rest->p[n] == '=';
        out->key = (struct str){rest->p, n};
        *rest = skip(*rest, n + pair);
        if (pair)
            break; /* else a word without a value */
    }
    out->quoted = body->interpreted || (rest->n > 0 && rest->p[0] == '"');
    if (body->interpreted) {
        out->value = interpreted_value(body, out->key);
        *rest = skip(*rest, out->value.n);
        if (str_equal(out->key, STR("argc")) && !str_to_i64(out->value, &body->argc))
            body->argc = -1;
    } else if (out->quoted) {
        size_t end = str_find(*rest, STR("\""), 1);
        size_t stop = end != SIZE_MAX ? end : rest->n;
        out->value = (struct str){rest->p + 1, stop - 1};
        *rest = skip(*rest, min_size(stop + 1, rest->n));
    } else {
        out->value = (struct str){rest->p, word_length(*rest)};
        *rest = skip(*rest, out->value.n);
    }
    return true;
}

bool audit_find(struct audit_body body, const char *key, struct audit_pair *out)
{
    while (audit_next(&body, out)) {
        if (str_equal(out->key, str_of(key)))
            return true;
    }
    return false;
}

static int hex_digit(char c)
{
    if (ascii_digit(c))
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_hex(const struct audit_pair *pair)
{
    if (pair->quoted || pair->value.n == 0 || pair->value.n % 2 != 0)
        return false;
    for (size_t i = 0; i < pair->value.n; i++) {
        if (hex_digit(pair->value.p[i]) < 0)
            return false;
    }
    return true;
}

size_t audit_bytes(const struct audit_pair *pair, char *out)
{
    struct str value = pair->value;
    if (!is_hex(pair)) {
        if (value.n > 0)
            memcpy(out, value.p, value.n);
        return value.n;
    }
    for (size_t i = 0; i < value.n / 2; i++)
        out[i] = (char)(hex_digit(value.p[2 * i]) << 4 | hex_digit(value.p[2 * i + 1]));
    return value.n / 2;
}

struct str audit_text(const struct audit_pair *pair, struct arena *arena)
{
    if (!is_hex(pair) && utf8_valid(pair->value.p, pair->value.n))
        return pair->value;
    char *bytes = arena_bytes(arena, pair->value.n), *text = arena_bytes(arena, 3 * pair->value.n);
    size_t n_bytes = audit_bytes(pair, bytes), n = 0;
    for (size_t i = 0; i < n_bytes;) {
        size_t length = utf8_length(bytes + i, n_bytes - i);
        memcpy(text + n, length > 0 ? bytes + i : "\xEF\xBF\xBD", length > 0 ? length : 3);
        n += length > 0 ? length : 3;
        i += length > 0 ? length : 1;
    }
    return (struct str){text, n};
}

static size_t number_at(struct str key, size_t from, uint64_t *out)
{
    size_t i = from;
    *out = 0;
    for (; i < key.n && i < from + 9 && ascii_digit(key.p[i]); i++)
        *out = 10 * *out + (uint64_t)(key.p[i] - '0');
    return i;
}

bool audit_argument(struct str key, struct audit_argument *out)
{
    *out = (struct audit_argument){0, 0, false, false};
    if (key.n < 2 || key.p[0] != 'a')
        return false;
    size_t i = number_at(key, 1, &out->number);
    if (i == 1 || i == key.n)
        return i > 1;
    out->length = str_equal(skip(key, i), STR("_len"));
    out->piece = key.p[i] == '[' && key.p[key.n - 1] == ']' && number_at(key, i + 1, &out->part) == key.n - 1;
    return out->length || out->piece;
}
