/* JSON: a record is an object, a list of objects, or holds them in one of the wrappers. Values are found by path, so
 * that a layout is no more than names and conditions. */
#include "json_values.h"
#include "memo.h"
#include "scan_private.h"
#include "wrap.h"

enum { COMMAND, PLATFORM, TRUTH, SOURCE, HOST, USER, PARENT, IMAGE, TIME, N_OWN };
enum { MOST_WANTED = 224, MOST_DEPTH = 5 };

/* An object that may be an event, or hold some. */
struct item {
    struct scan_field *value; /* [n_wanted]: its own, and what it lacks of those of the object around it */
    struct json_found *found; /* [n_wanted] if there are paths */
    const struct item *outer; /* what it was found in; NULL: the record */
    struct str via;           /* the wrapper it was found in */
    struct str list;          /* members still to be taken, from `at` on */
    size_t at;
    struct item *below; /* whose members come then */
    size_t depth;
};

struct state {
    const struct layout *layout;
    const struct field_map *fields;
    struct str wanted[MOST_WANTED]; /* names that come again have one place; the wrappers' come last */
    size_t n_wanted, first_wrapper, n_kinds;
    size_t own[LAYOUT_KINDS + 1][N_OWN]; /* places of the layout's names, and of those of kinds with their own */
    size_t condition[LAYOUT_KINDS][KIND_CONDITIONS];
    size_t filter[FIELDS_MAX_FILTERS], more[FIELDS_MAX_MORE];
    struct scan_names names; /* of wanted[0 .. first_wrapper), if they are plain */
    struct json_paths *paths;
    bool flat;
    struct memo platform, truth, synthetic;
    struct item top;         /* of the record */
    struct item *open;       /* whose members are being taken; NULL: none */
    const struct item *last; /* of the last event */
    size_t last_own;         /* by which names */
};

static size_t want(struct state *state, struct str name)
{
    for (size_t i = 0; i < state->n_wanted; i++) {
        if (str_equal(state->wanted[i], name))
            return i;
    }
    ASSERT(state->n_wanted < MOST_WANTED);
    state->wanted[state->n_wanted] = name;
    return state->n_wanted++;
}

static void want_fields(struct state *state, const struct field_map *map, size_t *place)
{
    const struct str own[N_OWN] = {map->command, map->platform, map->truth, map->source, map->host,
                                   map->user,    map->parent,   map->image, map->time};
    for (size_t i = 0; i < N_OWN; i++)
        place[i] = want(state, own[i]);
}

static void want_kinds(struct state *state)
{
    const struct record_kind *kind = state->layout->kind;
    while (state->n_kinds < LAYOUT_KINDS && kind[state->n_kinds].all[0].path != NULL) {
        size_t k = state->n_kinds++;
        for (size_t c = 0; c < KIND_CONDITIONS && kind[k].all[c].path != NULL; c++)
            state->condition[k][c] = want(state, str_of(kind[k].all[c].path));
        if (kind[k].fields != NULL) {
            struct field_map names = fields_fill(kind[k].fields, state->fields);
            want_fields(state, &names, state->own[k + 1]);
        } else {
            memcpy(state->own[k + 1], state->own[0], sizeof state->own[0]);
        }
    }
}

static void *start(const struct layout *layout, const struct field_map *fields, struct arena *arena)
{
    struct state *state = arena_zalloc(arena, 1, sizeof *state);
    ASSERT(fields->n_filters <= FIELDS_MAX_FILTERS && fields->n_more <= FIELDS_MAX_MORE);
    state->layout = layout;
    state->fields = fields;
    want_fields(state, fields, state->own[0]);
    want_kinds(state);
    for (size_t i = 0; i < fields->n_filters; i++)
        state->filter[i] = want(state, fields->filter[i].field);
    for (size_t i = 0; i < fields->n_more; i++)
        state->more[i] = want(state, fields->more[i]);
    state->first_wrapper = state->n_wanted;
    for (size_t i = 0; i < n_wrappers; i++)
        state->wanted[state->n_wanted++] = wrappers[i].path;
    state->flat = json_paths_flat(state->wanted, state->first_wrapper);
    state->paths = json_paths_new(state->wanted, state->n_wanted, arena);
    if (state->flat)
        scan_names_start(&state->names, state->wanted, state->first_wrapper);
    state->top.value = ARENA_ARRAY(arena, struct scan_field, state->n_wanted);
    state->top.found = ARENA_ARRAY(arena, struct json_found, state->n_wanted);
    memo_start(&state->platform);
    memo_start(&state->truth);
    memo_start(&state->synthetic);
    return state;
}

static int platform_meaning(struct str text)
{
    return (int)platform_of(text);
}

static int truth_meaning(struct str text)
{
    return (int)truth_of(text);
}

static int synthetic_meaning(struct str text)
{
    return str_equal(text, STR("synthetic"));
}

static int meaning_of(const struct scan_field *field, struct memo *memo, int (*meaning)(struct str),
                      struct arena *scratch)
{
    const int *known = memo_find(memo, field->raw);
    if (known != NULL)
        return *known;
    struct scan_field one = json_scalar(*field);
    int found = meaning(json_text(&one, scratch));
    memo_put(memo, field->raw, found);
    return found;
}

/* READ_EVENT, or why the object is none; *own: by which names it is read. */
static enum read_result kind_of(const struct state *state, const struct item *item, struct arena *scratch, size_t *own,
                                const char **reason)
{
    const struct record_kind *kind = state->layout->kind;
    bool any = state->n_kinds == 0;
    *own = 0;
    for (size_t k = 0; k < state->n_kinds; k++) {
        bool fits = true;
        for (size_t c = 0; c < KIND_CONDITIONS && kind[k].all[c].path != NULL; c++) {
            const struct scan_field *value = &item->value[state->condition[k][c]];
            any = any || json_says(value);
            fits = fits && json_condition(kind[k].all[c].values, value, scratch);
        }
        *own = k + 1;
        if (fits)
            return kind[k].result;
    }
    if (!any)
        *reason = arena_printf(scratch, "%s is missing", kind[0].all[0].path);
    return state->n_kinds == 0 ? READ_EVENT : any ? READ_OTHER : READ_BAD;
}

/* A whole command: a text, or a list of texts. */
static struct str command_of(const struct item *item, size_t place, bool flat)
{
    const struct scan_field *value = &item->value[place];
    bool vector = !flat && item->found[place].vector;
    if (value->type == SCAN_OTHER && value->raw.p[0] != '[')
        return (struct str){"", 0};
    struct scan_field one = vector ? *value : json_scalar(*value);
    return one.type == SCAN_STRING || (one.type == SCAN_OTHER && one.raw.p[0] == '[') ? json_raw(&one, true)
                                                                                      : (struct str){"", 0};
}

static enum read_result without_command(const struct state *state, const struct item *item, const size_t *own,
                                        const char **reason)
{
    const struct scan_field *command = &item->value[own[COMMAND]];
    bool process = json_says(&item->value[own[IMAGE]]) || json_says(&item->value[own[PARENT]]);
    bool nothing = !json_says(command) && (command->type != SCAN_OTHER || command->raw.p[0] != '{');
    if (state->n_kinds > 0 && process && nothing)
        return READ_NO_COMMAND;
    *reason = command->type == SCAN_ABSENT              ? "the command field is missing"
              : command->type == SCAN_STRING || nothing ? "the command field is empty"
                                                        : "the command field is not a string";
    return READ_BAD;
}

static bool wanted(const struct state *state, const struct item *item, struct arena *scratch)
{
    for (size_t i = 0; i < state->fields->n_filters; i++) {
        const struct field_filter *filter = &state->fields->filter[i];
        struct scan_field one = json_scalar(item->value[state->filter[i]]);
        bool null = one.type == SCAN_OTHER && str_equal(one.raw, STR("null"));
        if (!filter_passes(filter, one.type != SCAN_ABSENT, null ? one.raw : json_text(&one, scratch)))
            return false;
    }
    return true;
}

static const struct str *more_of(const struct state *state, const struct item *item, struct arena *scratch)
{
    struct str *value = ARENA_ARRAY(scratch, struct str, state->fields->n_more);
    for (size_t i = 0; i < state->fields->n_more; i++)
        value[i] = json_raw_any(&item->value[state->more[i]]);
    return value;
}

static void unescape_event(struct event *event, struct arena *scratch)
{
    struct str *const text[] = {&event->command, &event->host, &event->user, &event->parent, &event->image};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        *text[i] = text[i]->n > 0 ? json_escaped_again(*text[i], scratch) : *text[i];
}

static enum read_result judge(struct state *state, const struct item *item, struct arena *scratch, struct event *event,
                              const char **reason)
{
    size_t by;
    if (state->fields->n_filters > 0 && !wanted(state, item, scratch))
        return READ_UNWANTED;
    enum read_result result = kind_of(state, item, scratch, &by, reason);
    if (result != READ_EVENT)
        return result;
    const struct scan_field *f = item->value;
    const size_t *own = state->own[by];
    struct str command = f[own[COMMAND]].type == SCAN_STRING && !is_nothing(f[own[COMMAND]].raw)
                             ? f[own[COMMAND]].raw
                             : command_of(item, own[COMMAND], state->flat);
    if (command.n == 0)
        return without_command(state, item, own, reason);
    int platform = meaning_of(&f[own[PLATFORM]], &state->platform, platform_meaning, scratch);
    /* One by one: as a whole struct it is made and then copied, 1 % of all instructions of reading. */
    event->command = command;
    event->host = json_raw(&f[own[HOST]], false);
    event->user = json_raw(&f[own[USER]], false);
    event->parent = json_raw(&f[own[PARENT]], false);
    event->image = json_raw(&f[own[IMAGE]], false);
    event->time = json_raw(&f[own[TIME]], false);
    event->platform = platform != PLATFORM_UNKNOWN ? (enum platform)platform : platform_by(state->layout, by);
    event->truth = (enum truth)meaning_of(&f[own[TRUTH]], &state->truth, truth_meaning, scratch);
    event->synthetic = meaning_of(&f[own[SOURCE]], &state->synthetic, synthetic_meaning, scratch);
    event->more = state->fields->n_more > 0 ? more_of(state, item, scratch) : NULL;
    if (state->layout->escaped_again)
        unescape_event(event, scratch);
    state->last = item;
    state->last_own = by;
    return READ_EVENT;
}

/* The object's values. */
static bool look(const struct state *state, struct str text, struct item *item, struct arena *scratch,
                 const char **reason)
{
    if (state->flat && item->outer == NULL)
        return scan_record(text, &state->names, item->value, reason);
    if (!json_paths_find(state->paths, text, scratch, item->value, item->found, reason))
        return false;
    for (size_t i = 0; i < state->first_wrapper && item->outer != NULL; i++) {
        if (json_says(&item->value[i]) || !json_says(&item->outer->value[i]))
            continue;
        item->value[i] = item->outer->value[i];
        item->found[i] = item->outer->found[i];
    }
    return true;
}

static enum read_result take(struct state *state, struct str text, struct item *item, struct arena *scratch,
                             struct event *event, const char **reason);

static enum read_result take_inner(struct state *state, struct str text, const struct item *outer,
                                   struct arena *scratch, struct event *event, const char **reason)
{
    struct item *item = arena_zalloc(scratch, 1, sizeof *item);
    item->value = ARENA_ARRAY(scratch, struct scan_field, state->n_wanted);
    item->found = ARENA_ARRAY(scratch, struct json_found, state->n_wanted);
    item->outer = outer;
    item->depth = outer->depth + 1;
    return take(state, text, item, scratch, event, reason);
}

static enum read_result next(void *state_, struct arena *scratch, struct event *event, const char **reason)
{
    struct state *state = state_;
    while (state->open != NULL) {
        struct item *open = state->open;
        struct str member = json_element(open->list, &open->at);
        if (member.n > 0 && member.p[0] == '{')
            return take_inner(state, member, open, scratch, event, reason);
        if (member.n > 0) {
            *reason = "a member of the list is no object";
            return READ_BAD;
        }
        state->open = open->below;
    }
    return READ_END;
}

/* Takes the members of the list one by one, the first of them now. */
static enum read_result open_list(struct state *state, struct str list, struct item *item, struct arena *scratch,
                                  struct event *event, const char **reason)
{
    item->list = list;
    item->at = 0;
    item->below = state->open;
    state->open = item;
    enum read_result first = next(state, scratch, event, reason);
    return first != READ_END ? first : READ_BLANK; /* an empty list */
}

/* What the object holds instead of an event; `result` if nothing. */
static enum read_result unwrap(struct state *state, struct str text, struct item *item, enum read_result result,
                               struct arena *scratch, struct event *event, const char **reason)
{
    const char *ignored;
    if (state->flat && item->outer == NULL)
        (void)json_paths_find(state->paths, text, scratch, item->value, item->found, &ignored);
    for (size_t w = 0; w < n_wrappers; w++) {
        const struct scan_field *value = &item->value[state->first_wrapper + w];
        size_t at = 0;
        struct str inner =
            value->type != SCAN_ABSENT ? wrap_inner(&wrappers[w], value, &at, scratch) : (struct str){"", 0};
        bool empty = wrappers[w].kind == WRAP_LIST && value->type == SCAN_OTHER && value->raw.p[0] == '[' &&
                     inner.n == 0 && json_scalar(*value).raw.p == value->raw.p && !json_says(value);
        if (inner.n == 0 && !empty)
            continue;
        item->via = wrappers[w].path;
        return wrappers[w].kind == WRAP_LIST ? open_list(state, value->raw, item, scratch, event, reason)
                                             : take_inner(state, inner, item, scratch, event, reason);
    }
    return result;
}

static enum read_result take(struct state *state, struct str text, struct item *item, struct arena *scratch,
                             struct event *event, const char **reason)
{
    if (!look(state, text, item, scratch, reason))
        return READ_BAD;
    enum read_result result = judge(state, item, scratch, event, reason);
    if (result == READ_EVENT || result == READ_UNWANTED || item->depth == MOST_DEPTH)
        return result;
    if (json_says(&item->value[state->own[0][COMMAND]]))
        return result;
    return unwrap(state, text, item, result, scratch, event, reason);
}

/* A list on one line: its members. It is checked as the value of an object. */
static enum read_result take_list(struct state *state, struct str list, struct arena *scratch, struct event *event,
                                  const char **reason)
{
    static const struct str name = TEXT("list"), before = TEXT("{\"list\":");
    struct scan_field field;
    char *text = arena_bytes(scratch, before.n + list.n + 1);
    memcpy(text, before.p, before.n);
    memcpy(text + before.n, list.p, list.n);
    text[before.n + list.n] = '}';
    if (!scan_object((struct str){text, before.n + list.n + 1}, &name, 1, &field, reason))
        return READ_BAD;
    for (size_t i = 0; i < state->n_wanted; i++)
        state->top.value[i] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
    return open_list(state, field.raw, &state->top, scratch, event, reason);
}

/* A record that is no object by itself: blanks, a list, an object behind a syslog head. */
static enum read_result take_odd(struct state *state, struct str record, struct arena *scratch, struct event *event,
                                 const char **reason)
{
    static const struct str numbered = TEXT("Record "); /* evtx_dump writes such lines between objects */
    const char *first = *reason;
    size_t blanks = json_blanks(record.p, record.n);
    record = (struct str){record.p + blanks, record.n - blanks};
    if (record.n == 0 || str_starts(record, numbered))
        return READ_BLANK;
    if (record.p[0] == '[')
        return take_list(state, record, scratch, event, reason);
    struct str inner = wrap_head(record, '{');
    enum read_result result = inner.n < record.n ? take(state, inner, &state->top, scratch, event, reason) : READ_BAD;
    if (result == READ_BAD)
        *reason = first;
    return result;
}

static enum read_result parse_line(void *state_, struct str record, struct arena *scratch, struct event *event,
                                   const char **reason)
{
    struct state *state = state_;
    state->open = NULL;
    bool object = record.n > 0 && record.p[0] == '{';
    if (!object) {
        *reason = "not a JSON object";
        return take_odd(state, record, scratch, event, reason);
    }
    return take(state, record, &state->top, scratch, event, reason);
}

/* Without what stands between objects. */
static enum read_result parse_object(void *state, struct str record, struct arena *scratch, struct event *event,
                                     const char **reason)
{
    size_t n = record.n;
    while (n > 0 && json_is_between(record.p[n - 1]))
        n--;
    size_t skip = 0;
    while (skip < n && json_is_between(record.p[skip]))
        skip++;
    return parse_line(state, (struct str){record.p + skip, n - skip}, scratch, event, reason);
}

static struct str origin_of(const struct state *state, size_t field)
{
    size_t place = state->own[state->last_own][field];
    const struct item *item = state->last;
    struct str none = {"", 0};
    if (!json_says(&item->value[place]))
        return none;
    return state->flat && item->outer == NULL ? state->wanted[place] : item->found[place].path;
}

static void explain(const void *state_, struct arena *scratch, struct origin *out)
{
    const struct state *state = state_;
    const char *via = "";
    *out = (struct origin){
        .command = origin_of(state, COMMAND),
        .host = origin_of(state, HOST),
        .user = origin_of(state, USER),
        .parent = origin_of(state, PARENT),
        .image = origin_of(state, IMAGE),
        .time = origin_of(state, TIME),
    };
    for (const struct item *item = state->last->outer; item != NULL; item = item->outer)
        via = arena_printf(scratch, "%.*s%s%s", STR_ARG(item->via), via[0] != '\0' ? "." : "", via);
    out->wrapper = str_of(via);
}

size_t json_fields_found(const struct layout *layout, const struct field_map *fields, struct str record,
                         struct arena *scratch)
{
    struct arena_mark mark = arena_mark(scratch);
    struct state *state = start(layout, fields, scratch);
    const char *reason;
    size_t n = 0;
    if (json_paths_find(state->paths, record, scratch, state->top.value, state->top.found, &reason)) {
        for (size_t i = 0; i < state->first_wrapper; i++)
            n += state->top.value[i].type != SCAN_ABSENT;
    }
    arena_release(scratch, mark);
    return n;
}

const struct form form_json_lines = {
    .name = "JSON lines",
    .start = start,
    .record_length = line_length,
    .resync = line_resync,
    .parse = parse_line,
    .next = next,
    .decode = json_decode,
    .explain = explain,
};

const struct form form_json = {
    .name = "JSON",
    .start = start,
    .record_length = json_object_length,
    .resync = json_resync,
    .parse = parse_object,
    .next = next,
    .decode = json_decode,
    .explain = explain,
};
