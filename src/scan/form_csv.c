/* Comma-separated values (RFC 4180): fields in double quotes may hold delimiters, line breaks and doubled quotes. The
 * first row names the columns; the delimiter, comma, semicolon or tab, is the one that the first row has most of. Two
 * first lines that exporters write are passed over: "sep=;" and "#TYPE ...". */
#include "forms.h"
#include "scan_private.h"
#include "support/ascii.h"
#include "support/utf8.h"

enum { COMMAND, HOST, USER, PARENT, IMAGE, TIME, PLATFORM, TRUTH, SOURCE, N_FIELDS };
enum { N_WANTED = N_FIELDS + FIELDS_MAX_FILTERS + FIELDS_MAX_MORE };

struct state {
    const struct field_map *fields;
    char delimiter; /* 0 before the header */
    size_t n_columns, n_wanted, first_more;
    struct str wanted[N_WANTED];
    size_t column[N_WANTED]; /* SIZE_MAX: there is none */
};

/* A field as it stands: from its opening quote to before its closing one. */
struct cell {
    struct str raw;
    bool last;
};

static void *start(const struct layout *layout, const struct field_map *map, struct arena *arena)
{
    (void)layout;
    struct state *state = arena_zalloc(arena, 1, sizeof *state);
    const struct str own[N_FIELDS] = {map->command, map->host,     map->user,  map->parent, map->image,
                                      map->time,    map->platform, map->truth, map->source};
    state->fields = map;
    memcpy(state->wanted, own, sizeof own);
    for (size_t i = 0; i < map->n_filters; i++)
        state->wanted[N_FIELDS + i] = map->filter[i].field;
    state->first_more = N_FIELDS + map->n_filters;
    for (size_t i = 0; i < map->n_more; i++)
        state->wanted[state->first_more + i] = map->more[i];
    state->n_wanted = state->first_more + map->n_more;
    return state;
}

static bool is_delimiter(const struct state *state, char c)
{
    return state->delimiter != '\0' ? c == state->delimiter : c == ',' || c == ';' || c == '\t';
}

static size_t record_length(const void *state_, const char *p, size_t n, bool at_end)
{
    const struct state *state = state_;
    enum { BEGIN, PLAIN, QUOTED, CLOSED } field = BEGIN;
    for (size_t i = 0; i < n; i++) {
        if (field == QUOTED)
            field = p[i] == '"' ? CLOSED : QUOTED;
        else if (p[i] == '\n')
            return i + 1;
        else if (p[i] == '"' && (field == BEGIN || field == CLOSED)) /* doubled: it goes on */
            field = QUOTED;
        else
            field = is_delimiter(state, p[i]) ? BEGIN : PLAIN;
    }
    return at_end ? n : 0;
}

/* The field at the start of *rest, which moves behind its delimiter. */
static bool next_cell(char delimiter, struct str *rest, struct cell *out, const char **reason)
{
    struct str s = *rest;
    size_t i = 0;
    if (s.n > 0 && s.p[0] == '"') {
        for (i = 1; i < s.n && (s.p[i] != '"' || (i + 1 < s.n && s.p[i + 1] == '"')); i++)
            i += s.p[i] == '"';
        if (i >= s.n) {
            *reason = "a quoted field without an end";
            return false;
        }
        out->raw = (struct str){s.p, i > 1 ? i : 0};
        i++;
        if (i < s.n && s.p[i] != delimiter) {
            *reason = "text behind the closing quote of a field";
            return false;
        }
    } else {
        const char *end = s.n > 0 ? memchr(s.p, delimiter, s.n) : NULL;
        i = end != NULL ? (size_t)(end - s.p) : s.n;
        out->raw = (struct str){s.p, i};
    }
    out->last = i == s.n;
    *rest = (struct str){s.p + i + !out->last, s.n - i - !out->last};
    return true;
}

static struct str decode(struct str field, struct arena *arena)
{
    if (field.n == 0 || field.p[0] != '"')
        return field;
    struct str inner = {field.p + 1, field.n - 1};
    if (memchr(inner.p, '"', inner.n) == NULL)
        return inner;
    char *out = arena_bytes(arena, inner.n);
    size_t n = 0;
    for (size_t i = 0; i < inner.n; i++) {
        out[n++] = inner.p[i];
        i += inner.p[i] == '"';
    }
    return (struct str){out, n};
}

/* Which of the names "a|b|c" it is, from 0; SIZE_MAX: none. */
static size_t place_of(struct str name, struct str names)
{
    for (size_t place = 0;; place++) {
        const char *bar = names.n > 0 ? memchr(names.p, '|', names.n) : NULL;
        size_t n = bar != NULL ? (size_t)(bar - names.p) : names.n;
        if (ascii_same(name, (struct str){names.p, n}))
            return place;
        if (bar == NULL)
            return SIZE_MAX;
        names = (struct str){bar + 1, names.n - n - 1};
    }
}

static char most_of(struct str header)
{
    size_t count[3] = {0, 0, 0};
    bool quoted = false;
    for (size_t i = 0; i < header.n; i++) {
        quoted = quoted != (header.p[i] == '"');
        count[0] += !quoted && header.p[i] == ',';
        count[1] += !quoted && header.p[i] == ';';
        count[2] += !quoted && header.p[i] == '\t';
    }
    if (count[0] >= count[1] && count[0] >= count[2])
        return ',';
    return count[1] >= count[2] ? ';' : '\t';
}

static enum read_result take_header(struct state *state, struct str record, struct arena *scratch, const char **reason)
{
    if (str_starts(record, STR("#TYPE ")) || (record.n == 5 && str_starts(record, STR("sep="))))
        return READ_BLANK;
    size_t best[N_WANTED];
    struct cell cell = {.last = false};
    state->delimiter = most_of(record);
    for (size_t k = 0; k < N_WANTED; k++)
        state->column[k] = best[k] = SIZE_MAX;
    for (state->n_columns = 0; !cell.last; state->n_columns++) {
        if (!next_cell(state->delimiter, &record, &cell, reason))
            return READ_BAD;
        struct str name = decode(cell.raw, scratch);
        for (size_t k = 0; k < state->n_wanted; k++) {
            bool filter = k >= N_FIELDS && k < state->first_more;
            size_t place = !filter                             ? place_of(name, state->wanted[k])
                           : str_equal(name, state->wanted[k]) ? 0
                                                               : SIZE_MAX;
            if (place < best[k]) {
                best[k] = place;
                state->column[k] = state->n_columns;
            }
        }
    }
    *reason = "the first row names no column for the command";
    return state->column[COMMAND] != SIZE_MAX ? READ_BLANK : READ_BAD;
}

static bool find_cells(const struct state *state, struct str record, struct str *out, const char **reason)
{
    struct cell cell = {.last = false};
    size_t n = 0;
    for (size_t k = 0; k < state->n_wanted; k++)
        out[k] = (struct str){"", 0};
    for (; !cell.last; n++) {
        if (!next_cell(state->delimiter, &record, &cell, reason))
            return false;
        for (size_t k = 0; k < state->n_wanted; k++) {
            if (state->column[k] == n)
                out[k] = cell.raw;
        }
    }
    *reason = n < state->n_columns ? "fewer fields than the first row" : "more fields than the first row";
    return n == state->n_columns;
}

static const struct str *more_of(const struct str *cell, size_t n, struct arena *scratch)
{
    struct str *value = ARENA_ARRAY(scratch, struct str, n);
    memcpy(value, cell, n * sizeof *value);
    return value;
}

static enum read_result take_row(const struct state *state, struct str record, struct arena *scratch,
                                 struct event *event, const char **reason)
{
    struct str cell[N_WANTED];
    if (state->column[COMMAND] == SIZE_MAX) {
        *reason = "the first row names no column for the command";
        return READ_BAD;
    }
    if (!find_cells(state, record, cell, reason))
        return READ_BAD;
    for (size_t i = 0; i < state->fields->n_filters; i++) {
        if (state->column[N_FIELDS + i] != SIZE_MAX &&
            !str_equal(decode(cell[N_FIELDS + i], scratch), state->fields->filter[i].value))
            return READ_UNWANTED;
    }
    if (cell[COMMAND].n == 0) {
        *reason = "the command field is empty";
        return READ_BAD;
    }
    *event = (struct event){
        .command = cell[COMMAND],
        .host = cell[HOST],
        .user = cell[USER],
        .parent = cell[PARENT],
        .image = cell[IMAGE],
        .time = cell[TIME],
        .platform = platform_of(decode(cell[PLATFORM], scratch)),
        .truth = truth_of(decode(cell[TRUTH], scratch)),
        .synthetic = str_equal(decode(cell[SOURCE], scratch), STR("synthetic")),
    };
    if (state->fields->n_more > 0)
        event->more = more_of(cell + state->first_more, state->fields->n_more, scratch);
    return READ_EVENT;
}

static enum read_result parse(void *state_, struct str record, struct arena *scratch, struct event *event,
                              const char **reason)
{
    struct state *state = state_;
    if (record.n > 0 && record.p[record.n - 1] == '\n')
        record.n--;
    if (record.n > 0 && record.p[record.n - 1] == '\r')
        record.n--;
    if (record.n == 0)
        return READ_BLANK;
    if (!utf8_valid(record.p, record.n)) {
        *reason = "malformed UTF-8";
        return READ_BAD;
    }
    if (state->delimiter == '\0')
        return take_header(state, record, scratch, reason);
    return take_row(state, record, scratch, event, reason);
}

const struct form form_csv = {
    .name = "CSV",
    .start = start,
    .record_length = record_length,
    .parse = parse,
    .decode = decode,
};
