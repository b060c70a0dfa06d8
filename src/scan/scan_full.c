/* A complete JSON parser (RFC 8259) that keeps nothing but the wanted fields. Depth is bounded, and counted, not
 * recursed. */
#include "scan_private.h"

#include "support/ascii.h"
#include "support/error.h"
#include "support/utf8.h"

struct cursor {
    const char *p;
    size_t n, at;
    const char *reason; /* of the first failure */
};

static bool bad(struct cursor *c, const char *reason)
{
    c->reason = reason;
    return false;
}

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->n && ascii_blank(c->p[c->at]))
        c->at++;
}

static char peek(const struct cursor *c)
{
    return c->at < c->n ? c->p[c->at] : '\0';
}

/* Eight bytes that are themselves in a string. May deny it, never wrongly affirm it. */
static bool eight_plain(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
    uint64_t x;
    memcpy(&x, p, sizeof x);
    uint64_t quote = x ^ (ones * '"'), backslash = x ^ (ones * '\\');
    return (((quote - ones) | (backslash - ones) | (x - ones * 0x20) | x) & high) == 0;
}

/* A string at the cursor, its opening quote already seen. */
static bool string(struct cursor *c, struct scan_field *out)
{
    size_t from = ++c->at;
    while (c->at < c->n) {
        if (c->n - c->at >= 8 && eight_plain(c->p + c->at)) {
            c->at += 8;
            continue;
        }
        unsigned char b = (unsigned char)c->p[c->at];
        size_t step = 1;
        if (b == '"') {
            *out = (struct scan_field){SCAN_STRING, {c->p + from, c->at - from}};
            c->at++;
            return true;
        }
        if (b < 0x20)
            return bad(c, "a control character inside a string");
        if (b == '\\') {
            step = scan_escape(c->p + c->at, c->n - c->at);
            if (step == 0)
                return bad(c, "a malformed escape");
        } else if (b >= 0x80) {
            step = utf8_length(c->p + c->at, c->n - c->at);
            if (step == 0)
                return bad(c, "malformed UTF-8");
        }
        c->at += step;
    }
    return bad(c, "a string without an end");
}

static bool scalar(struct cursor *c, struct scan_field *out)
{
    char b = peek(c);
    if (b == '"')
        return string(c, out);
    bool number = ascii_digit(b) || b == '-';
    size_t length = number ? scan_number(c->p + c->at, c->n - c->at) : scan_literal(c->p + c->at, c->n - c->at);
    if (length == 0)
        return bad(c, number ? "a malformed number" : c->at < c->n ? "not a JSON value" : "the record ends early");
    *out = (struct scan_field){SCAN_OTHER, {c->p + c->at, length}};
    c->at += length;
    return true;
}

/* A key and its colon. */
static bool key(struct cursor *c, struct scan_field *out)
{
    skip_blanks(c);
    if (peek(c) != '"')
        return bad(c, c->at < c->n ? "a key was expected" : "the record ends early");
    TRY(string(c, out));
    skip_blanks(c);
    if (peek(c) != ':')
        return bad(c, "a colon was expected after a key");
    c->at++;
    return true;
}

/* An array or object at the cursor, of any depth up to the limit. One bit a level: 1 for an object. */
static bool nested(struct cursor *c, struct scan_field *out)
{
    size_t from = c->at, depth = 0;
    uint64_t is_object = 0;
    struct scan_field ignored;
    for (;;) { /* at a value */
        skip_blanks(c);
        char open = peek(c);
        bool closed = false;
        if (open == '{' || open == '[') {
            if (depth + 1 >= SCAN_MAX_DEPTH)
                return bad(c, "nested too deeply");
            is_object = is_object << 1 | (open == '{');
            depth++;
            c->at++;
            skip_blanks(c);
            closed = peek(c) == (open == '{' ? '}' : ']');
            if (!closed) {
                if (open == '{')
                    TRY(key(c, &ignored));
                continue;
            }
        } else {
            TRY(scalar(c, &ignored));
        }
        for (;;) { /* behind a value, or at the end of an empty container */
            skip_blanks(c);
            bool object = is_object & 1;
            if (!closed && peek(c) == ',')
                break;
            if (peek(c) != (object ? '}' : ']'))
                return bad(c, "a comma or a closing bracket was expected");
            closed = false;
            c->at++;
            is_object >>= 1;
            if (--depth == 0) {
                *out = (struct scan_field){SCAN_OTHER, {c->p + from, c->at - from}};
                return true;
            }
        }
        c->at++;
        if (is_object & 1)
            TRY(key(c, &ignored));
    }
}

/* Whether a raw key, escapes and all, spells name. */
static bool key_is(struct str left, bool escaped, struct str name)
{
    if (!escaped)
        return left.n == name.n && (left.n == 0 || (left.p[0] == name.p[0] && memcmp(left.p, name.p, left.n) == 0));
    while (left.n > 0 && name.n > 0) {
        char text[4] = {left.p[0]};
        size_t written = 1;
        size_t used = left.p[0] == '\\' ? scan_decode(left.p, left.n, text, &written) : 1;
        if (name.n < written || memcmp(name.p, text, written) != 0)
            return false;
        left = (struct str){left.p + used, left.n - used};
        name = (struct str){name.p + written, name.n - written};
    }
    return left.n == 0 && name.n == 0;
}

static bool members(struct cursor *c, const struct str *names, size_t n, struct scan_field *out)
{
    skip_blanks(c);
    if (peek(c) != '{')
        return bad(c, "not a JSON object");
    c->at++;
    skip_blanks(c);
    if (peek(c) == '}') {
        c->at++;
        return true;
    }
    for (;;) {
        struct scan_field name, value;
        TRY(key(c, &name));
        skip_blanks(c);
        TRY(peek(c) == '{' || peek(c) == '[' ? nested(c, &value) : scalar(c, &value));
        bool escaped = scan_escaped(name.raw);
        for (size_t j = 0; j < n; j++) {
            if (key_is(name.raw, escaped, names[j]))
                out[j] = value;
        }
        skip_blanks(c);
        if (peek(c) == '}') {
            c->at++;
            return true;
        }
        if (peek(c) != ',')
            return bad(c, c->at < c->n ? "a comma or a closing brace was expected" : "the record ends early");
        c->at++;
    }
}

bool scan_full(struct str record, const struct str *names, size_t n, struct scan_field *out, const char **reason)
{
    struct cursor c = {record.p, record.n, 0, NULL};
    for (size_t j = 0; j < n; j++)
        out[j] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
    bool ok = members(&c, names, n, out);
    skip_blanks(&c);
    if (ok && c.at != c.n)
        ok = bad(&c, "text after the object");
    *reason = c.reason;
    return ok;
}
