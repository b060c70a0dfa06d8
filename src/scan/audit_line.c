#include "audit_line.h"

#include "shell_quote.h"
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

/* TIME:SERIAL with digits, one dot and one colon. */
static bool parse_id(struct str id, struct audit_line *out)
{
    size_t colon = str_find(id, STR(":"), 0);
    int64_t serial;
    if (colon == SIZE_MAX || colon == 0 || !str_to_i64(skip(id, colon + 1), &serial) || serial < 0)
        return false;
    for (size_t i = 0; i < colon; i++) {
        if (!ascii_digit(id.p[i]) && id.p[i] != '.')
            return false;
    }
    out->time = (struct str){id.p, colon};
    out->serial = (uint64_t)serial;
    return true;
}

bool audit_line(struct str line, struct audit_line *out)
{
    static const struct str type = {"type=", 5}, node = {"node=", 5}, message = {"msg=audit(", 10};
    *out = (struct audit_line){.node = {"", 0}};
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
    if (rest.n > 0 && rest.p[0] == ':')
        rest = skip(rest, 1);
    while (rest.n > 0 && is_space(rest.p[rest.n - 1]))
        rest.n--;
    while (rest.n > 0 && is_space(rest.p[0]))
        rest = skip(rest, 1);
    out->body = rest;
    return parse_id(out->id, out);
}

bool audit_next(struct str *rest, struct audit_pair *out)
{
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
    out->quoted = rest->n > 0 && rest->p[0] == '"';
    if (out->quoted) {
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

bool audit_find(struct str body, const char *key, struct audit_pair *out)
{
    while (audit_next(&body, out)) {
        if (str_equal(out->key, str_of(key)))
            return true;
    }
    return false;
}

static bool is_hex(const struct audit_pair *pair)
{
    if (pair->quoted || pair->value.n == 0 || pair->value.n % 2 != 0)
        return false;
    for (size_t i = 0; i < pair->value.n; i++) {
        if (ascii_hex(pair->value.p[i]) < 0)
            return false;
    }
    return true;
}

/* The value's bytes into out[value.n]. */
static size_t put_bytes(const struct audit_pair *pair, char *out)
{
    struct str value = pair->value;
    if (!is_hex(pair)) {
        if (value.n > 0)
            memcpy(out, value.p, value.n);
        return value.n;
    }
    for (size_t i = 0; i < value.n / 2; i++)
        out[i] = (char)(ascii_hex(value.p[2 * i]) << 4 | ascii_hex(value.p[2 * i + 1]));
    return value.n / 2;
}

struct str audit_text(const struct audit_pair *pair, struct arena *arena)
{
    if (!is_hex(pair) && utf8_valid(pair->value.p, pair->value.n))
        return pair->value;
    char *bytes = arena_bytes(arena, pair->value.n), *text = arena_bytes(arena, 3 * pair->value.n);
    size_t n_bytes = put_bytes(pair, bytes), n = 0;
    for (size_t i = 0; i < n_bytes;) {
        size_t length = utf8_length(bytes + i, n_bytes - i);
        memcpy(text + n, length > 0 ? bytes + i : "\xEF\xBF\xBD", length > 0 ? length : 3);
        n += length > 0 ? length : 3;
        i += length > 0 ? length : 1;
    }
    return (struct str){text, n};
}

bool audit_argument(struct str key, struct audit_argument *out)
{
    size_t i = 1;
    *out = (struct audit_argument){0, false};
    if (key.n < 2 || key.p[0] != 'a')
        return false;
    for (; i < key.n && i < 10 && ascii_digit(key.p[i]); i++)
        out->number = 10 * out->number + (uint64_t)(key.p[i] - '0');
    if (i == 1)
        return false;
    out->piece = i < key.n && key.p[i] == '[';
    return i == key.n || (out->piece && key.p[key.n - 1] == ']');
}

struct str audit_command(struct str body, struct arena *arena)
{
    char *argument = arena_bytes(arena, body.n + 1);
    char *out = arena_bytes(arena, (SHELL_QUOTE_GROWTH + SHELL_QUOTE_EXTRA) * body.n + SHELL_QUOTE_EXTRA);
    size_t n = 0, n_argument = 0;
    struct audit_pair pair;
    struct audit_argument now, last = {0, false};
    bool open = false;
    while (audit_next(&body, &pair)) {
        if (!audit_argument(pair.key, &now))
            continue;
        bool goes_on = open && now.piece && last.piece && now.number == last.number;
        if (open && !goes_on) {
            n += shell_quote((struct str){argument, n_argument}, out + n);
            out[n++] = ' ';
            n_argument = 0;
        }
        n_argument += put_bytes(&pair, argument + n_argument);
        last = now;
        open = true;
    }
    if (open)
        n += shell_quote((struct str){argument, n_argument}, out + n);
    return (struct str){out, n};
}
