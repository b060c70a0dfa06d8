#include "json_scan.h"

#include "support/ascii.h"
#include "support/utf8.h"

#define NUMBER_MOST 63 /* cJSON cuts longer numbers */

struct scan {
    struct str text;
    size_t i;
    size_t n_values;
    size_t wanted;
    struct json_place place; /* of the value number `wanted` */
    const char *problem;
    size_t problem_at;
};

bool json_strip_comments(char *text, size_t n, size_t *at)
{
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"' || text[i] == '\n')
                in_string = false;
        } else if (text[i] == '"') {
            in_string = true;
        } else if (text[i] == '/' && i + 1 < n && text[i + 1] == '/') {
            while (i < n && text[i] != '\n')
                text[i++] = ' ';
        } else if (text[i] == '/' && i + 1 < n && text[i + 1] == '*') {
            *at = i;
            struct str rest = {text, n};
            size_t end = str_find(rest, STR("*/"), i + 2);
            if (end == SIZE_MAX)
                return false;
            for (; i < end + 2; i++) {
                if (text[i] != '\n')
                    text[i] = ' ';
            }
            i--;
        }
    }
    return true;
}

static bool problem(struct scan *s, size_t at, const char *what)
{
    s->problem = what;
    s->problem_at = at;
    return false;
}

static char peek(const struct scan *s)
{
    return s->i < s->text.n ? s->text.p[s->i] : '\0';
}

static void skip_blanks(struct scan *s)
{
    while (s->i < s->text.n && ascii_blank(peek(s)))
        s->i++;
}

/* The four digits of \uXXXX at the cursor, or -1. */
static int scan_unit(struct scan *s)
{
    int unit = 0;
    for (int k = 0; k < 4; k++) {
        int digit = ascii_hex(peek(s));
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
        s->i++;
    }
    return unit;
}

static bool scan_escape(struct scan *s)
{
    size_t at = s->i++;
    char c = peek(s);
    if (c == '\0' || !strchr("\"\\/bfnrtu", c))
        return problem(s, at, "this escape is not one of JSON's");
    s->i++;
    if (c != 'u')
        return true;
    int unit = scan_unit(s);
    if (unit < 0)
        return problem(s, at, "\\u needs four hexadecimal digits");
    if (unit == 0)
        return problem(s, at, "\\u0000 is not allowed");
    if (unit >= 0xDC00 && unit <= 0xDFFF)
        return problem(s, at, "this half of a surrogate pair stands alone");
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (!str_starts((struct str){s->text.p + s->i, s->text.n - s->i}, STR("\\u")))
            return problem(s, at, "this half of a surrogate pair stands alone");
        s->i += 2;
        int low = scan_unit(s);
        if (low < 0xDC00 || low > 0xDFFF)
            return problem(s, at, "this half of a surrogate pair stands alone");
    }
    return true;
}

static bool scan_string(struct scan *s)
{
    size_t start = s->i++;
    while (s->i < s->text.n) {
        unsigned char c = (unsigned char)peek(s);
        if (c == '"') {
            s->i++;
            return true;
        }
        if (c < 0x20)
            return problem(s, s->i, "a control character must be escaped in a string");
        if (c == '\\')
            TRY(scan_escape(s));
        else
            s->i++;
    }
    return problem(s, start, "this string has no end");
}

static bool scan_digits(struct scan *s, size_t start)
{
    size_t first = s->i;
    while (ascii_digit(peek(s)))
        s->i++;
    return s->i > first || problem(s, start, "this is not a number");
}

static bool scan_number(struct scan *s)
{
    size_t start = s->i;
    if (peek(s) == '-')
        s->i++;
    size_t first = s->i;
    TRY(scan_digits(s, start));
    if (s->text.p[first] == '0' && s->i > first + 1)
        return problem(s, start, "a number cannot start with 0");
    if (peek(s) == '.') {
        s->i++;
        TRY(scan_digits(s, start));
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->i++;
        if (peek(s) == '+' || peek(s) == '-')
            s->i++;
        TRY(scan_digits(s, start));
    }
    double value;
    struct str digits = {s->text.p + start, s->i - start};
    if (digits.n > NUMBER_MOST || !str_to_f64(digits, &value))
        return problem(s, start, "this number is too long or too large");
    return true;
}

static bool scan_word(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    struct str rest = {s->text.p + s->i, s->text.n - s->i};
    for (size_t k = 0; k < ARRAY_LEN(words); k++) {
        if (str_starts(rest, str_of(words[k]))) {
            s->i += strlen(words[k]);
            return true;
        }
    }
    return problem(s, s->i, rest.n ? "a value is expected here" : "the text ends where a value is expected");
}

static bool scan_key(struct scan *s)
{
    if (peek(s) != '"')
        return problem(s, s->i, "a key in double quotes is expected here");
    size_t start = s->i;
    TRY(scan_string(s));
    for (size_t i = start; i < s->i;) {
        size_t length = utf8_length(s->text.p + i, s->i - i);
        if (length == 0) /* two such keys could be dumped alike */
            return problem(s, i, "a key must be valid UTF-8");
        i += length;
    }
    skip_blanks(s);
    if (peek(s) != ':')
        return problem(s, s->i, "':' is expected here");
    s->i++;
    return true;
}

static bool scan_value(struct scan *s, size_t key, int depth);

static bool scan_members(struct scan *s, bool is_object, int depth)
{
    char close = is_object ? '}' : ']';
    if (depth > JSON_DEPTH)
        return problem(s, s->i, "values are nested too deeply");
    s->i++;
    skip_blanks(s);
    if (peek(s) == close) {
        s->i++;
        return true;
    }
    for (;;) {
        skip_blanks(s);
        size_t key = is_object ? s->i : SIZE_MAX;
        if (is_object)
            TRY(scan_key(s));
        TRY(scan_value(s, key, depth));
        char c = peek(s);
        if (c != ',' && c != close)
            return problem(s, s->i, is_object ? "',' or '}' is expected here" : "',' or ']' is expected here");
        s->i++;
        if (c == close)
            return true;
    }
}

/* A value with the blanks around it. key: where its key starts, or SIZE_MAX. */
static bool scan_value(struct scan *s, size_t key, int depth)
{
    skip_blanks(s);
    if (s->n_values++ == s->wanted)
        s->place = (struct json_place){key == SIZE_MAX ? s->i : key, s->i};
    char c = peek(s);
    if (c == '{' || c == '[')
        TRY(scan_members(s, c == '{', depth + 1));
    else if (c == '"')
        TRY(scan_string(s));
    else if (c == '-' || ascii_digit(c))
        TRY(scan_number(s));
    else
        TRY(scan_word(s));
    skip_blanks(s);
    return true;
}

const char *json_check(struct str text, size_t *at)
{
    struct scan s = {.text = text, .wanted = SIZE_MAX};
    const char *nul = text.n ? memchr(text.p, '\0', text.n) : NULL;
    if (nul)
        problem(&s, (size_t)(nul - text.p), "a zero byte is not text");
    else if (scan_value(&s, SIZE_MAX, 0) && s.i < text.n)
        problem(&s, s.i, "nothing may follow the value");
    *at = s.problem_at;
    return s.problem;
}

struct json_place json_locate(struct str text, size_t wanted)
{
    struct scan s = {.text = text, .wanted = wanted};
    bool ok = scan_value(&s, SIZE_MAX, 0);
    ASSERT(ok && wanted < s.n_values);
    return s.place;
}
