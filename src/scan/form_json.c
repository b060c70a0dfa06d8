/* JSON: a record is an object, a list of objects, or holds them in one of the wrappers. Values are found by path, so
 * that a layout is no more than names and conditions. */
#include "json_state.h"

/* The object's values. */
static bool look(const struct json_state *state, struct str text, struct json_item *item, struct arena *scratch,
                 const char **reason)
{
    if (state->flat && item->outer == NULL)
        return state->lines != NULL ? scan_lines_record(state->lines, text, &state->names, item->value, reason)
                                    : scan_record(text, &state->names, item->value, reason);
    if (!json_paths_find(state->paths, text, scratch, item->value, item->found, reason))
        return false;
    for (size_t i = 0; i < state->first_wrapper && item->outer != NULL; i++) {
        bool better = item->outer->found[i].path.p < item->found[i].path.p; /* an alternative that comes earlier */
        if (!json_says(&item->outer->value[i]) || (json_says(&item->value[i]) && !better))
            continue;
        item->value[i] = item->outer->value[i];
        item->found[i] = item->outer->found[i];
    }
    return true;
}

static enum read_result take(struct json_state *state, struct str text, struct json_item *item, struct arena *scratch,
                             struct event *event, const char **reason);

static enum read_result take_inner(struct json_state *state, struct str text, const struct json_item *outer,
                                   struct arena *scratch, struct event *event, const char **reason)
{
    struct json_item *item = arena_zalloc(scratch, 1, sizeof *item);
    item->value = ARENA_ARRAY(scratch, struct scan_field, state->want.n);
    item->found = ARENA_ARRAY(scratch, struct json_found, state->want.n);
    item->outer = outer;
    item->depth = outer->depth + 1;
    return take(state, text, item, scratch, event, reason);
}

static enum read_result next(void *state_, struct arena *scratch, struct event *event, const char **reason)
{
    struct json_state *state = state_;
    while (state->open != NULL) {
        struct json_item *open = state->open;
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
static enum read_result open_list(struct json_state *state, struct str list, struct json_item *item,
                                  struct arena *scratch, struct event *event, const char **reason)
{
    item->list = list;
    item->at = 0;
    item->below = state->open;
    state->open = item;
    enum read_result first = next(state, scratch, event, reason);
    return first != READ_END ? first : READ_BLANK; /* an empty list */
}

/* What the object holds instead of an event; `result` if nothing. */
static enum read_result unwrap(struct json_state *state, struct str text, struct json_item *item,
                               enum read_result result, struct arena *scratch, struct event *event, const char **reason)
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

static enum read_result take(struct json_state *state, struct str text, struct json_item *item, struct arena *scratch,
                             struct event *event, const char **reason)
{
    if (!look(state, text, item, scratch, reason))
        return READ_BAD;
    enum read_result result = json_judge(state, item, scratch, event, reason);
    if (result == READ_EVENT || result == READ_UNWANTED || item->depth == MOST_DEPTH)
        return result;
    if (json_says(&item->value[state->want.own[0][COMMAND]]))
        return result;
    return unwrap(state, text, item, result, scratch, event, reason);
}

/* A list on one line: its members. It is checked as the value of an object. */
static enum read_result take_list(struct json_state *state, struct str list, struct arena *scratch, struct event *event,
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
    for (size_t i = 0; i < state->want.n; i++)
        state->top.value[i] = (struct scan_field){SCAN_ABSENT, {NULL, 0}};
    return open_list(state, field.raw, &state->top, scratch, event, reason);
}

/* A record that is no object by itself: blanks, a list, an object behind a syslog head. */
static enum read_result take_odd(struct json_state *state, struct str record, struct arena *scratch,
                                 struct event *event, const char **reason)
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
    struct json_state *state = state_;
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

static struct str origin_of(const struct json_state *state, size_t field)
{
    size_t place = state->want.own[state->last_own][field];
    const struct json_item *item = state->last;
    struct str none = {"", 0};
    if (!json_says(&item->value[place]))
        return none;
    return state->flat && item->outer == NULL ? state->want.name[place] : item->found[place].path;
}

static void explain(const void *state_, struct arena *scratch, struct origin *out)
{
    const struct json_state *state = state_;
    const char *via = "";
    *out = (struct origin){
        .command = origin_of(state, COMMAND),
        .host = origin_of(state, HOST),
        .user = origin_of(state, USER),
        .parent = origin_of(state, PARENT),
        .image = origin_of(state, IMAGE),
        .time = origin_of(state, TIME),
    };
    for (const struct json_item *item = state->last->outer; item != NULL; item = item->outer)
        via = arena_printf(scratch, "%.*s%s%s", STR_ARG(item->via), via[0] != '\0' ? "." : "", via);
    out->wrapper = str_of(via);
}

/* All lines of a buffer at once. */
static void look_at_lines(void *state_, const char *p, size_t n)
{
    struct json_state *state = state_;
    if (!state->flat)
        return;
    if (state->lines == NULL)
        state->lines = scan_lines_new(state->arena);
    scan_lines_look(state->lines, p, n);
}

static size_t known_line_length(const void *state_, const char *p, size_t n, bool at_end)
{
    const struct json_state *state = state_;
    size_t length = state->lines != NULL ? scan_lines_length(state->lines, p) : 0;
    return length > 0 ? length : line_length(state, p, n, at_end);
}

size_t json_fields_found(const struct layout *layout, const struct field_map *fields, struct str record,
                         struct arena *scratch)
{
    struct arena_mark mark = arena_mark(scratch);
    struct json_state *state = json_start(layout, fields, scratch);
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
    .start = json_start,
    .look = look_at_lines,
    .record_length = known_line_length,
    .resync = line_resync,
    .parse = parse_line,
    .next = next,
    .decode = json_decode,
    .explain = explain,
};

const struct form form_json = {
    .name = "JSON",
    .start = json_start,
    .record_length = json_object_length,
    .resync = json_resync,
    .parse = parse_object,
    .next = next,
    .decode = json_decode,
    .explain = explain,
};
