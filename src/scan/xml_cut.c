#include "xml_cut.h"

enum tag { TAG_NONE, TAG_OPEN, TAG_CLOSE, TAG_CUT /* the bytes end within what may be one */ };

/* Between the start of a line and an event. A reader looks at 256 bytes, the one before and the tag among them. */
enum { LONGEST_HEAD = 240 };

static const struct str open_tag = {"<Event", 6}, close_tag = {"</Event>", 8};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum tag tag_at(const char *p, size_t n)
{
    bool closes = n > 1 && p[1] == '/';
    struct str tag = closes ? close_tag : open_tag;
    if (memcmp(p, tag.p, min_size(n, tag.n)) != 0)
        return TAG_NONE;
    if (closes)
        return n >= tag.n ? TAG_CLOSE : TAG_CUT;
    if (n <= tag.n)
        return TAG_CUT;
    return p[tag.n] == '>' || is_space(p[tag.n]) ? TAG_OPEN : TAG_NONE;
}

/* The first tag at or behind p[at]. */
static enum tag next_tag(const char *p, size_t n, size_t at, size_t *place)
{
    while (at < n) {
        const char *found = memchr(p + at, '<', n - at);
        if (found == NULL)
            return TAG_NONE;
        at = (size_t)(found - p);
        enum tag tag = tag_at(found, n - at);
        *place = at;
        if (tag != TAG_NONE)
            return tag;
        at++;
    }
    return TAG_NONE;
}

/* Behind a closing tag that ends at p[at]. */
static size_t behind(const char *p, size_t n, size_t at, bool at_end)
{
    while (at < n && is_space(p[at]) && p[at] != '\n')
        at++;
    if (at == n)
        return at_end ? n : 0;
    return p[at] == '\n' ? at + 1 : at;
}

/* Where a record starts whose event opens at p[at], not before p[from]: right behind a tag, else where its line does.
 */
static size_t start_of(const char *p, size_t from, size_t at)
{
    if (at > from && p[at - 1] == '>')
        return at;
    for (size_t line = at; line > from; line--) {
        if (p[line - 1] == '\n')
            return line;
    }
    return from;
}

/* The end of the event that opens at p[open]. */
static size_t event_end(const char *p, size_t n, size_t open, bool at_end)
{
    size_t at = 0;
    enum tag tag = next_tag(p, n, open + 1, &at);
    if (tag == TAG_CLOSE)
        return behind(p, n, at + close_tag.n, at_end);
    if (tag != TAG_OPEN)
        return at_end ? n : 0;
    size_t start = start_of(p, open, at);
    return start > open ? start : at;
}

size_t xml_record_length(const void *state, const char *p, size_t n, bool at_end)
{
    (void)state;
    const char *line_end = n > 0 ? memchr(p, '\n', n) : NULL;
    size_t at = 0, line = line_end != NULL ? (size_t)(line_end - p) + 1 : n;
    enum tag tag = next_tag(p, line, 0, &at);
    if (tag == TAG_OPEN && start_of(p, 0, at) > 0)
        return at;
    if (tag == TAG_OPEN)
        return event_end(p, n, at, at_end);
    if (tag == TAG_CLOSE)
        return behind(p, n, at + close_tag.n, at_end);
    return line_end != NULL || at_end ? line : 0;
}

size_t xml_resync(const char *p, size_t n)
{
    size_t at = 0, from = 0;
    enum tag tag;
    while ((tag = next_tag(p, n, from, &at)) == TAG_OPEN || tag == TAG_CLOSE) {
        size_t least = at - from > LONGEST_HEAD + 1 ? at - LONGEST_HEAD - 1 : from;
        size_t start = tag == TAG_OPEN ? start_of(p, least, at) : least;
        if (start > least)
            return start;
        from = at + 1;
    }
    return SIZE_MAX;
}

size_t xml_event_start(struct str record)
{
    size_t at = 0;
    return next_tag(record.p, record.n, 0, &at) == TAG_OPEN ? at : SIZE_MAX;
}

/* Bytes of the first thing that may stand between events; 0: it is something else. */
static size_t between_length(struct str s)
{
    static const struct {
        struct str begin, end;
    } things[] = {
        {{"<?", 2}, {"?>", 2}}, {{"<!--", 4}, {"-->", 3}}, {{"<Events", 7}, {">", 1}}, {{"</Events", 8}, {">", 1}}};
    if (is_space(s.p[0]))
        return 1;
    if (s.n > 1 && s.p[0] == '<' && s.p[1] >= '0' && s.p[1] <= '9') { /* a syslog priority, right before an event */
        size_t end = 2;
        while (end < s.n && s.p[end] >= '0' && s.p[end] <= '9')
            end++;
        return end < s.n && s.p[end] == '>' ? end + 1 : 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(things); i++) {
        size_t end = str_starts(s, things[i].begin) ? str_find(s, things[i].end, things[i].begin.n) : SIZE_MAX;
        if (end != SIZE_MAX)
            return end + things[i].end.n;
    }
    return 0;
}

bool xml_is_between(struct str record)
{
    /* evtx_dump numbers its records, evtxexport says its name. */
    if (str_starts(record, STR("Record ")) || str_starts(record, STR("evtxexport ")))
        return true;
    while (record.n > 0) {
        size_t n = between_length(record);
        if (n == 0)
            return false;
        record = (struct str){record.p + n, record.n - n};
    }
    return true;
}
