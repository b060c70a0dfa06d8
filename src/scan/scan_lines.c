/* One pass over a buffer finds its newlines and its structure together: what looks for lines and then at each of them
 * reads everything two or three times. */
#include "scan_private.h"

/* More than a buffer of the stream; quotes and newlines beyond these are for scan_record, line by line. */
enum { LINES_BYTES = 256 * 1024, LINES_QUOTES = LINES_BYTES / 4, LINES_NEWLINES = LINES_BYTES / 32 };

struct scan_lines {
    const char *p;
    struct scan_index index;
    size_t quote, newline; /* where the last search ended */
};

struct scan_lines *scan_lines_new(struct arena *arena)
{
    enum { BLOCKS = LINES_BYTES / SCAN_BLOCK };
    struct scan_lines *lines = arena_zalloc(arena, 1, sizeof *lines);
    lines->index = (struct scan_index){
        .quote = ARENA_ARRAY(arena, uint32_t, LINES_QUOTES + SCAN_BLOCK),
        .newline = ARENA_ARRAY(arena, uint32_t, LINES_NEWLINES + SCAN_BLOCK),
        .backslash = ARENA_ARRAY(arena, uint64_t, BLOCKS + 2),
        .doubt = ARENA_ARRAY(arena, uint64_t, BLOCKS / 64 + 2),
        .high = ARENA_ARRAY(arena, uint64_t, BLOCKS / 64 + 2),
        .max_quotes = LINES_QUOTES,
        .max_newlines = LINES_NEWLINES,
    };
    return lines;
}

void scan_lines_look(struct scan_lines *lines, const char *p, size_t n)
{
    lines->p = p;
    lines->quote = lines->newline = 0;
    scan_index(p, min_size(n, LINES_BYTES), &lines->index);
}

/* False: it does not lie in what was indexed. */
static inline bool place_of(const struct scan_lines *lines, const char *p, size_t n, size_t *at)
{
    uintptr_t from = (uintptr_t)lines->p, here = (uintptr_t)p;
    *at = (size_t)(here - from);
    return lines->p != NULL && here >= from && *at < lines->index.n && n <= lines->index.n - *at;
}

size_t scan_lines_length(struct scan_lines *lines, const char *p)
{
    size_t at;
    if (!place_of(lines, p, 0, &at))
        return 0;
    const uint32_t *newline = lines->index.newline;
    while (lines->newline > 0 && newline[lines->newline - 1] >= at)
        lines->newline--;
    while (lines->newline < lines->index.n_newlines && newline[lines->newline] < at)
        lines->newline++;
    return lines->newline < lines->index.n_newlines ? newline[lines->newline] - at + 1 : 0;
}

bool scan_lines_record(struct scan_lines *lines, struct str record, const struct scan_names *names,
                       struct scan_field *out, const char **reason)
{
    size_t from, quote;
    const struct scan_index *index = &lines->index;
    if (!place_of(lines, record.p, record.n, &from))
        return scan_record(record, names, out, reason);
    while (lines->quote > 0 && index->quote[lines->quote - 1] >= from)
        lines->quote--;
    while (index->quote[lines->quote] < from)
        lines->quote++;
    size_t to = from + record.n;
    while (to > from && ascii_blank(lines->p[to - 1]))
        to--;
    if (to - from < 2 || lines->p[from] != '{' || lines->p[to - 1] != '}' ||
        !scan_index_sound(index, lines->p, from, to))
        return scan_record(record, names, out, reason);
    for (size_t j = 0; j < names->n; j++)
        out[j] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
    quote = lines->quote;
    if (!scan_walk(lines->p, from, to, index, &quote, names, out))
        return scan_full((struct str){record.p, to - from}, names->name, names->n, out, reason);
    lines->quote = quote;
    return true;
}
