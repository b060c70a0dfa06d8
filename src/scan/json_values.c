#include "json_values.h"

#include "scan_private.h"
#include "shell_quote.h"
#include "support/ascii.h"

struct str json_text(const struct scan_field *field, struct arena *scratch)
{
    struct str text = {"", 0};
    if (field->type == SCAN_OTHER && !str_equal(field->raw, STR("null")))
        return field->raw;
    if (field->type == SCAN_STRING && !scan_unescape(field, scratch, &text))
        text = (struct str){"", 0};
    return text;
}

/* A list of strings without its opening bracket; empty if it is none, or all of it is nothing. */
static struct str strings_of(struct str raw)
{
    const struct str none = {"", 0};
    size_t at = 1 + json_blanks(raw.p + 1, raw.n - 1), first = at;
    while (at < raw.n && raw.p[at] == '"') {
        at += json_value_length(raw.p + at, raw.n - at);
        at += json_blanks(raw.p + at, raw.n - at);
        at += at < raw.n && raw.p[at] == ',';
        at += json_blanks(raw.p + at, raw.n - at);
    }
    return first + 1 < raw.n && at + 1 == raw.n && raw.p[at] == ']' ? (struct str){raw.p + first, raw.n - first} : none;
}

struct str json_raw(const struct scan_field *field, bool vector)
{
    struct scan_field one = vector ? *field : json_scalar(*field);
    const struct str none = {"", 0};
    if (one.type == SCAN_STRING)
        return is_nothing(one.raw) ? none : one.raw;
    if (one.type != SCAN_OTHER)
        return none;
    if (one.raw.p[0] == '[')
        return strings_of(one.raw);
    return ascii_digit(one.raw.p[0]) || one.raw.p[0] == '-' ? one.raw : none;
}

struct str json_raw_any(const struct scan_field *field)
{
    struct scan_field one = json_scalar(*field);
    bool truth = one.type == SCAN_OTHER && (one.raw.p[0] == 't' || one.raw.p[0] == 'f');
    return truth ? one.raw : json_raw(&one, false);
}

static struct str unescape(struct str raw, struct arena *arena)
{
    struct scan_field f = {SCAN_STRING, raw};
    struct str text;
    ASSERT(scan_unescape(&f, arena, &text)); /* parse has seen every escape */
    return text;
}

static struct str join(struct str list, struct arena *arena)
{
    char *out = arena_bytes(arena, (SHELL_QUOTE_GROWTH + SHELL_QUOTE_EXTRA) * list.n);
    size_t n = 0;
    for (size_t at = 0; at < list.n;) {
        size_t length = list.p[at] == '"' ? json_value_length(list.p + at, list.n - at) : 0;
        if (length > 0) {
            if (n > 0)
                out[n++] = ' ';
            n += shell_quote(unescape((struct str){list.p + at + 1, length - 2}, arena), out + n);
        }
        at += length > 0 ? length : 1;
    }
    return (struct str){out, n};
}

struct str json_decode(struct str field, struct arena *arena)
{
    return field.n > 0 && field.p[0] == '"' ? join(field, arena) : unescape(field, arena);
}

bool json_condition(const char *values, const struct scan_field *field, struct arena *scratch)
{
    struct str raw = field->raw;
    if (field->type != SCAN_OTHER || raw.p[0] != '[')
        return condition_holds(values, json_text(field, scratch));
    bool any = false;
    for (size_t at = 1; at < raw.n;) {
        at += json_blanks(raw.p + at, raw.n - at);
        size_t n = json_value_length(raw.p + at, raw.n - at);
        if (n > 0) {
            struct scan_field member = json_field((struct str){raw.p + at, n});
            if (condition_holds(values, json_text(&member, scratch)))
                return true;
            any = true;
        }
        at += n > 0 ? n : 1;
    }
    return !any && condition_holds(values, (struct str){"", 0});
}

/* Whether text is what may stand between the quotes of a JSON string. */
static bool is_escaped(struct str text, struct arena *arena)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || (unsigned char)text.p[i] < 0x20)
            return false;
        i += text.p[i] == '\\';
    }
    struct scan_field field = {SCAN_STRING, text};
    struct arena_mark mark = arena_mark(arena);
    struct str inner;
    bool ok = scan_unescape(&field, arena, &inner);
    arena_release(arena, mark);
    return ok;
}

struct str json_escaped_again(struct str raw, struct arena *arena)
{
    if (!scan_escaped(raw) || raw.p[0] == '"')
        return raw;
    struct str text = unescape(raw, arena);
    return is_escaped(text, arena) ? text : raw;
}
