/* Comma-separated values, rows of cells as in csv_walk.h. The first row names the columns; the delimiter, comma,
 * semicolon or tab, is the one that the first row has most of. Two first lines that exporters write are passed over:
 * "sep=;" and "#TYPE ...". Such lines and the first row may come again, in files that were put together. */
#include "csv_survey.h"
#include "csv_table.h"
#include "memo.h"
#include "support/utf8.h"

enum { COMMAND, HOST, USER, PARENT, IMAGE, TIME, PLATFORM, TRUTH, SOURCE, N_OWN };
enum {
    FIRST_FILTER = N_OWN,
    FIRST_MORE = FIRST_FILTER + FIELDS_MAX_FILTERS,
    FIRST_CONDITION = FIRST_MORE + FIELDS_MAX_MORE,
    FIRST_KIND_NAME = FIRST_CONDITION + LAYOUT_KINDS * KIND_CONDITIONS,
    N_WANTED = FIRST_KIND_NAME + LAYOUT_KINDS * N_OWN,
};

/* The row that record_length saw last: mostly the one that parse is asked for. */
struct seen {
    const char *p;
    struct csv_row row;
};

struct state {
    const struct layout *layout;
    const struct field_map *fields;
    struct arena *arena;
    struct str wanted[N_WANTED];
    struct csv_table *table;  /* NULL before the first row */
    struct str first, before; /* the first row, and the line before it */
    bool wrong_first;         /* the first row was bad */
    struct seen *seen;
    struct memo platform, truth, synthetic, condition[LAYOUT_KINDS][KIND_CONDITIONS];
    size_t last_own; /* by which names the last event was read */
};

static const struct csv_shape unknown = {'\0', 0, NULL};

static void want_fields(const struct field_map *map, struct str *wanted)
{
    const struct str own[N_OWN] = {map->command, map->host,     map->user,  map->parent, map->image,
                                   map->time,    map->platform, map->truth, map->source};
    memcpy(wanted, own, sizeof own);
}

static void *start(const struct layout *layout, const struct field_map *map, struct arena *arena)
{
    struct state *state = arena_zalloc(arena, 1, sizeof *state);
    state->layout = layout;
    state->fields = map;
    state->arena = arena;
    state->seen = ARENA_ZARRAY(arena, struct seen, 1);
    for (size_t i = 0; i < N_WANTED; i++)
        state->wanted[i] = (struct str){"", 0};
    want_fields(map, state->wanted);
    for (size_t i = 0; i < map->n_filters; i++)
        state->wanted[FIRST_FILTER + i] = map->filter[i].field;
    for (size_t i = 0; i < map->n_more; i++)
        state->wanted[FIRST_MORE + i] = map->more[i];
    for (size_t k = 0; k < LAYOUT_KINDS && layout->kind[k].all[0].path != NULL; k++) {
        for (size_t c = 0; c < KIND_CONDITIONS && layout->kind[k].all[c].path != NULL; c++) {
            state->wanted[FIRST_CONDITION + k * KIND_CONDITIONS + c] = str_of(layout->kind[k].all[c].path);
            memo_start(&state->condition[k][c]);
        }
        if (layout->kind[k].fields != NULL) {
            struct field_map names = fields_fill(layout->kind[k].fields, map);
            want_fields(&names, state->wanted + FIRST_KIND_NAME + k * N_OWN);
        }
    }
    memo_start(&state->platform);
    memo_start(&state->truth);
    memo_start(&state->synthetic);
    return state;
}

static size_t record_length(const void *state_, const char *p, size_t n, bool at_end)
{
    const struct state *state = state_;
    const struct csv_shape *shape = state->table != NULL ? csv_table_shape(state->table) : &unknown;
    struct str *cells = state->table != NULL ? csv_table_cells(state->table) : NULL;
    bool whole = n > 0 && csv_walk(shape, p, n, at_end, &state->seen->row, cells);
    state->seen->p = whole ? p : NULL;
    return whole ? state->seen->row.length : 0;
}

bool csv_is_preface(struct str line)
{
    return str_starts(line, STR("#TYPE ")) || (line.n == 5 && str_starts(line, STR("sep=")));
}

char csv_delimiter(struct str names)
{
    size_t count[3] = {0, 0, 0};
    bool quoted = false;
    for (size_t i = 0; i < names.n; i++) {
        quoted = quoted != (names.p[i] == '"');
        count[0] += !quoted && names.p[i] == ',';
        count[1] += !quoted && names.p[i] == ';';
        count[2] += !quoted && names.p[i] == '\t';
    }
    if (count[0] >= count[1] && count[0] >= count[2])
        return ',';
    return count[1] >= count[2] ? ';' : '\t';
}

static struct str keep(struct state *state, struct str text)
{
    return (struct str){arena_copy(state->arena, text.p, text.n), text.n};
}

static enum read_result take_first(struct state *state, struct str row, const char **reason)
{
    if (csv_is_preface(row)) {
        state->before = keep(state, row);
        return READ_BLANK;
    }
    state->first = keep(state, row);
    state->table = csv_table_new(row, csv_delimiter(row), state->wanted, N_WANTED, state->arena, reason);
    state->wrong_first = state->table == NULL;
    if (state->wrong_first)
        return READ_BAD;
    *reason = "the first row names no column for the command";
    return csv_table_has(state->table, COMMAND) ? READ_BLANK : READ_BAD;
}

/* Whether a kind is decided by columns that there are: of its first condition. */
static bool kind_counts(const struct state *state, size_t k)
{
    return state->layout->kind[k].all[0].path != NULL &&
           csv_table_has(state->table, FIRST_CONDITION + k * KIND_CONDITIONS);
}

static int meaning_of(struct str cell, struct memo *memo, int (*meaning)(struct str), struct arena *scratch)
{
    const int *known = memo_find(memo, cell);
    if (known != NULL)
        return *known;
    int found = meaning(csv_decode(cell, scratch));
    memo_put(memo, cell, found);
    return found;
}

static bool condition_met(struct state *state, size_t k, size_t c, struct arena *scratch)
{
    size_t i = FIRST_CONDITION + k * KIND_CONDITIONS + c;
    if (!csv_table_has(state->table, i))
        return true;
    struct str cell = csv_value(state->table, i, scratch, NULL);
    struct memo *memo = &state->condition[k][c];
    const int *known = memo_find(memo, cell);
    if (known != NULL)
        return *known != 0;
    bool met = condition_holds(state->layout->kind[k].all[c].values, csv_decode(cell, scratch));
    memo_put(memo, cell, met);
    return met;
}

/* READ_EVENT, or why the row is none; *own: where its names are among the wanted. */
static enum read_result kind_of(struct state *state, struct arena *scratch, size_t *own)
{
    const struct record_kind *kind = state->layout->kind;
    bool any = false;
    *own = 0;
    for (size_t k = 0; k < LAYOUT_KINDS && kind[k].all[0].path != NULL; k++) {
        if (!kind_counts(state, k))
            continue;
        bool met = true;
        any = true;
        for (size_t c = 0; c < KIND_CONDITIONS && kind[k].all[c].path != NULL && met; c++)
            met = condition_met(state, k, c, scratch);
        if (!met)
            continue;
        *own = kind[k].fields != NULL ? FIRST_KIND_NAME + k * N_OWN : 0;
        return kind[k].result;
    }
    return any ? READ_OTHER : READ_EVENT;
}

static bool wanted(struct state *state, struct arena *scratch)
{
    for (size_t i = 0; i < state->fields->n_filters; i++) {
        struct str text = {"", 0};
        bool found = csv_text(state->table, FIRST_FILTER + i, scratch, &text);
        if (!filter_passes(&state->fields->filter[i], found, text))
            return false;
    }
    return true;
}

static const struct str *more_of(struct state *state, struct arena *scratch)
{
    struct str *value = ARENA_ARRAY(scratch, struct str, state->fields->n_more);
    for (size_t i = 0; i < state->fields->n_more; i++)
        value[i] = csv_value(state->table, FIRST_MORE + i, scratch, NULL);
    return value;
}

static enum read_result take_row(struct state *state, struct arena *scratch, struct event *event)
{
    struct csv_table *table = state->table;
    size_t own;
    csv_table_row(table);
    if (state->fields->n_filters > 0 && !wanted(state, scratch))
        return READ_UNWANTED;
    enum read_result result = kind_of(state, scratch, &own);
    if (result != READ_EVENT)
        return result;
    event->command = csv_value(table, own + COMMAND, scratch, NULL);
    event->parent = csv_value(table, own + PARENT, scratch, NULL);
    event->image = csv_value(table, own + IMAGE, scratch, NULL);
    if (event->command.n == 0)
        return event->parent.n > 0 || event->image.n > 0 ? READ_NO_COMMAND : READ_OTHER;
    event->host = csv_value(table, own + HOST, scratch, NULL);
    event->user = csv_value(table, own + USER, scratch, NULL);
    event->time = csv_value(table, own + TIME, scratch, NULL);
    int platform =
        meaning_of(csv_value(table, own + PLATFORM, scratch, NULL), &state->platform, platform_meaning, scratch);
    event->platform = platform != PLATFORM_UNKNOWN ? (enum platform)platform : state->layout->platform;
    event->truth =
        (enum truth)meaning_of(csv_value(table, own + TRUTH, scratch, NULL), &state->truth, truth_meaning, scratch);
    event->synthetic =
        meaning_of(csv_value(table, own + SOURCE, scratch, NULL), &state->synthetic, synthetic_meaning, scratch);
    event->more = state->fields->n_more > 0 ? more_of(state, scratch) : NULL;
    state->last_own = own;
    return READ_EVENT;
}

static struct str without_break(struct str record)
{
    if (record.n > 0 && record.p[record.n - 1] == '\n')
        record.n--;
    if (record.n > 0 && record.p[record.n - 1] == '\r')
        record.n--;
    return record;
}

/* The first row, or the line before it, once more; a byte order mark may stand before it. */
static bool comes_again(const struct state *state, struct str text)
{
    const struct str mark = STR("\xEF\xBB\xBF");
    if (text.n != state->first.n && text.n != state->first.n + mark.n && text.n != state->before.n &&
        text.n != state->before.n + mark.n)
        return false;
    if (str_starts(text, mark))
        text = (struct str){text.p + mark.n, text.n - mark.n};
    return str_equal(text, state->first) || (state->before.n > 0 && str_equal(text, state->before));
}

static enum read_result parse(void *state_, struct str record, struct arena *scratch, struct event *event,
                              const char **reason)
{
    struct state *state = state_;
    struct str text = without_break(record);
    struct csv_row row = state->seen->row;
    if (text.n == 0)
        return READ_BLANK;
    if (state->seen->p != record.p || row.length != record.n)
        csv_walk(state->table != NULL ? csv_table_shape(state->table) : &unknown, record.p, record.n, true, &row,
                 state->table != NULL ? csv_table_cells(state->table) : NULL);
    state->seen->p = NULL;
    *reason = "malformed UTF-8";
    if (row.high && !utf8_valid(text.p, text.n))
        return READ_BAD;
    if (state->first.n == 0)
        return take_first(state, text, reason);
    if (comes_again(state, text))
        return READ_BLANK;
    *reason = row.reason != NULL   ? row.reason
              : state->wrong_first ? "the first row cannot be read"
                                   : "the first row names no column for the command";
    if (row.reason != NULL || state->wrong_first || !csv_table_has(state->table, COMMAND))
        return READ_BAD;
    return take_row(state, scratch, event);
}

static void explain(const void *state_, struct arena *scratch, struct origin *out)
{
    const struct state *state = state_;
    size_t own = state->last_own;
    *out = (struct origin){.wrapper = {"", 0}};
    struct str *const name[] = {[COMMAND] = &out->command, [HOST] = &out->host,   [USER] = &out->user,
                                [PARENT] = &out->parent,   [IMAGE] = &out->image, [TIME] = &out->time};
    for (size_t i = 0; i < ARRAY_LEN(name); i++)
        csv_value(state->table, own + i, scratch, name[i]);
}

void csv_head(void *state_, struct str head)
{
    struct state *state = state_;
    struct event event;
    const char *reason;
    while (head.n > 0 && state->first.n == 0) {
        size_t n = record_length(state, head.p, head.n, true);
        parse(state, (struct str){head.p, n}, state->arena, &event, &reason);
        head = (struct str){head.p + n, head.n - n};
    }
}

const struct form form_csv = {
    .name = "CSV",
    .start = start,
    .record_length = record_length,
    .parse = parse,
    .decode = csv_decode,
    .explain = explain,
    .survey = &csv_survey,
};
