#include "evtx_xml.h"

#include "support/utf8.h"

#include <ctype.h>

enum { DEEPEST = 64 };

struct fold {
    struct str xml;
    size_t at;
    struct buf *out;
    struct str open[DEEPEST];
    size_t depth;
    bool fresh; /* the last tag opened an element */
    bool done;  /* the outermost element was closed */
};

enum where { IN_TEXT, IN_ATTRIBUTE, IN_CDATA };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_at(const struct fold *fold, struct str what)
{
    struct str rest = {fold->xml.p + fold->at, fold->xml.n - fold->at};
    return str_starts(rest, what);
}

/* Length of the reference &...; at s[0], or 0. libevtx leaves a log's own references as they are. */
static size_t reference_length(struct str s)
{
    static const struct str named[] = {{"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}, {"&quot;", 6}, {"&apos;", 6}};
    for (size_t i = 0; i < ARRAY_LEN(named); i++)
        if (str_starts(s, named[i]))
            return named[i].n;
    bool hex = str_starts(s, STR("&#x"));
    uint32_t value = 0;
    size_t i = hex ? 3 : 2;
    if (!str_starts(s, STR("&#")))
        return 0;
    for (; i < s.n && i < 10 && isxdigit((unsigned char)s.p[i]); i++) {
        uint32_t digit = s.p[i] <= '9' ? (uint32_t)(s.p[i] - '0') : (uint32_t)((s.p[i] | 32) - 'a' + 10);
        if (digit >= (hex ? 16u : 10u))
            return 0;
        value = value * (hex ? 16 : 10) + digit;
    }
    bool legal = (value >= 0x20 && value < 0xD800) || (value >= 0xE000 && value < 0xFFFE) ||
                 (value >= 0x10000 && value < 0x110000) || value == 9 || value == 10 || value == 13;
    return i < s.n && s.p[i] == ';' && legal ? i + 1 : 0;
}

/* What stands for the byte or character at s[0], *n bytes long; p NULL: itself. */
static struct str stand_in(struct str s, enum where where, size_t *n)
{
    static const struct str unknown = {"\xEF\xBF\xBD", 3}, itself = {NULL, 0};
    *n = utf8_length(s.p, s.n);
    if (*n == 0) {
        for (*n = 1; *n < s.n && (s.p[*n] & 0xC0) == 0x80;)
            ++*n;
        return unknown;
    }
    if (*n > 1)
        return str_starts(s, STR("\xEF\xBF\xBE")) || str_starts(s, STR("\xEF\xBF\xBF")) ? unknown : itself;
    switch (s.p[0]) {
    case '\n':
        return STR("&#10;");
    case '\r':
        return STR("&#13;");
    case '\t':
        return where == IN_ATTRIBUTE ? STR("&#9;") : itself;
    case '"':
        return where == IN_ATTRIBUTE ? STR("&quot;") : itself;
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '&': {
        size_t length = where == IN_CDATA ? 0 : reference_length(s);
        *n = length > 0 ? length : 1;
        return length > 0 ? itself : STR("&amp;");
    }
    default:
        return (unsigned char)s.p[0] < 0x20 ? unknown : itself;
    }
}

static void add_text(struct buf *out, struct str s, enum where where)
{
    size_t from = 0;
    for (size_t at = 0, n; at < s.n; at += n) {
        struct str instead = stand_in((struct str){s.p + at, s.n - at}, where, &n);
        if (instead.p == NULL)
            continue;
        buf_add(out, s.p + from, at - from);
        buf_add_str(out, instead);
        from = at + n;
    }
    buf_add(out, s.p + from, s.n - from);
}

/* Text up to the next tag. Between tags it is libevtx's layout, unless an element holds nothing else. */
static bool fold_text(struct fold *fold)
{
    size_t from = fold->at;
    bool blank = true;
    for (; fold->at < fold->xml.n && fold->xml.p[fold->at] != '<'; fold->at++)
        blank = blank && is_space(fold->xml.p[fold->at]);
    bool layout = blank && !(fold->fresh && is_at(fold, STR("</")));
    if (!layout)
        add_text(fold->out, (struct str){fold->xml.p + from, fold->at - from}, IN_TEXT);
    return layout || fold->depth > 0;
}

/* The name at the place reached; n 0 if there is none. */
static struct str take_name(struct fold *fold)
{
    struct str name = {fold->xml.p + fold->at, 0};
    while (fold->at < fold->xml.n) {
        const char *p = fold->xml.p + fold->at;
        unsigned char c = (unsigned char)*p;
        bool first = isalpha(c) || c == '_' || c == ':' || c >= 0x80, later = isdigit(c) || c == '-' || c == '.';
        size_t n = utf8_length(p, fold->xml.n - fold->at);
        if (n == 0 || !(first || (later && name.n > 0)))
            break;
        name.n += n;
        fold->at += n;
    }
    return name;
}

/* The attribute at the place reached, a blank before it. libevtx does not escape quotes: one ends the value if what
 * follows can. */
static bool fold_attribute(struct fold *fold)
{
    fold->at++;
    struct str name = take_name(fold);
    if (name.n == 0 || !is_at(fold, STR("=\"")))
        return false;
    size_t from = fold->at += 2;
    for (; fold->at + 1 < fold->xml.n; fold->at++) {
        char next = fold->xml.p[fold->at + 1];
        if (fold->xml.p[fold->at] == '"' && (next == ' ' || next == '>' || next == '/'))
            break;
    }
    if (fold->at + 1 >= fold->xml.n)
        return false;
    buf_add_str(fold->out, STR(" "));
    buf_add_str(fold->out, name);
    buf_add_str(fold->out, STR("=\""));
    add_text(fold->out, (struct str){fold->xml.p + from, fold->at - from}, IN_ATTRIBUTE);
    buf_add_str(fold->out, STR("\""));
    fold->at++;
    return true;
}

static bool fold_open(struct fold *fold)
{
    fold->at++;
    struct str name = take_name(fold);
    if (name.n == 0 || fold->depth == DEEPEST || fold->done)
        return false;
    buf_add_str(fold->out, STR("<"));
    buf_add_str(fold->out, name);
    while (is_at(fold, STR(" ")))
        if (!fold_attribute(fold))
            return false;
    bool empty = is_at(fold, STR("/>"));
    if (!empty && !is_at(fold, STR(">")))
        return false;
    fold->at += empty ? 2 : 1;
    buf_add_str(fold->out, empty ? STR("/>") : STR(">"));
    if (!empty)
        fold->open[fold->depth++] = name;
    fold->fresh = !empty;
    fold->done = fold->depth == 0;
    return true;
}

static bool fold_close(struct fold *fold)
{
    fold->at += 2;
    struct str name = take_name(fold);
    if (fold->depth == 0 || !str_equal(name, fold->open[fold->depth - 1]) || !is_at(fold, STR(">")))
        return false;
    fold->at++;
    fold->fresh = false;
    fold->done = --fold->depth == 0;
    buf_add_str(fold->out, STR("</"));
    buf_add_str(fold->out, name);
    buf_add_str(fold->out, STR(">"));
    return true;
}

/* A section from `opening` to `closing`: its text if it is character data, nothing if it is an instruction. */
static bool fold_section(struct fold *fold, struct str opening, struct str closing, bool keep)
{
    size_t from = fold->at + opening.n, end = str_find(fold->xml, closing, from);
    if (end == SIZE_MAX || (keep && fold->depth == 0))
        return false;
    if (keep)
        add_text(fold->out, (struct str){fold->xml.p + from, end - from}, IN_CDATA);
    fold->at = end + closing.n;
    fold->fresh = false;
    return true;
}

static bool fold_tag(struct fold *fold)
{
    if (is_at(fold, STR("</")))
        return fold_close(fold);
    if (is_at(fold, STR("<![CDATA[")))
        return fold_section(fold, STR("<![CDATA["), STR("]]>"), true);
    if (is_at(fold, STR("<?")))
        return fold_section(fold, STR("<?"), STR("?>"), false);
    return fold_open(fold);
}

bool evtx_line(struct str xml, struct buf *out)
{
    struct fold fold = {.xml = xml, .out = out};
    size_t start = out->n;
    bool ok = true;
    while (ok && fold.at < xml.n)
        ok = xml.p[fold.at] == '<' ? fold_tag(&fold) : fold_text(&fold);
    buf_add_str(out, STR("\n"));
    ok = ok && fold.done && !out->full;
    if (!ok)
        out->n = start;
    return ok;
}
