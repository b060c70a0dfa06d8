/* Event XML: a record is one <Event>, see xml_cut.h; its values are found by path, see xml_path.h:
 *
 *   System/EventID   System/Provider@Name   EventData/Data[CommandLine]   EventData/Data[8]   a|b
 *
 * Paths begin below <Event>, whatever the namespaces. */
#include "forms.h"
#include "wanted.h"
#include "xml_cut.h"
#include "xml_path.h"

struct state {
    const struct layout *layout;
    const struct field_map *fields;
    struct wanted want;
    struct xml_paths *paths;
    struct xml_value value[MOST_WANTED]; /* of the last record */
    size_t by;                           /* by which names it was read */
};

static void *start(const struct layout *layout, const struct field_map *fields, struct arena *arena)
{
    struct state *state = arena_zalloc(arena, 1, sizeof *state);
    state->layout = layout;
    state->fields = fields;
    wanted_start(&state->want, layout, fields);
    state->paths = xml_paths_new(state->want.name, state->want.n, arena);
    return state;
}

/* A field's text, n == 0 if it says nothing. */
static struct str text_of(const struct state *state, size_t place)
{
    struct str text = state->value[place].text;
    return is_nothing(xml_trim(text)) ? (struct str){"", 0} : text;
}

static bool wanted(const struct state *state)
{
    for (size_t i = 0; i < state->fields->n_filters; i++) {
        const struct xml_value *value = &state->value[state->want.filter[i]];
        if (!filter_passes(&state->fields->filter[i], value->found, value->text))
            return false;
    }
    return true;
}

/* READ_EVENT, or why the record is none; *by: the kind's number from 1, 0 if there are no kinds. */
static enum read_result kind_of(const struct state *state, struct arena *scratch, size_t *by, const char **reason)
{
    const struct record_kind *kind = state->layout->kind;
    bool any = state->want.n_kinds == 0;
    *by = 0;
    for (size_t k = 0; k < state->want.n_kinds; k++) {
        bool fits = true;
        for (size_t c = 0; c < KIND_CONDITIONS && kind[k].all[c].path != NULL; c++) {
            struct str text = xml_trim(state->value[state->want.condition[k][c]].text);
            any = any || !is_nothing(text);
            fits = fits && condition_holds(kind[k].all[c].values, text);
        }
        *by = k + 1;
        *reason = kind[k].reason;
        if (fits)
            return kind[k].result;
    }
    if (!any)
        *reason = arena_printf(scratch, "%s is missing", kind[0].all[0].path);
    return state->want.n_kinds == 0 ? READ_EVENT : any ? READ_OTHER : READ_BAD;
}

static enum read_result without_command(const struct state *state, const size_t *own, const char **reason)
{
    bool process = text_of(state, own[IMAGE]).n > 0 || text_of(state, own[PARENT]).n > 0;
    if (state->want.n_kinds > 0 && process)
        return READ_NO_COMMAND;
    *reason = state->value[own[COMMAND]].found ? "the command field is empty" : "the command field is missing";
    return READ_BAD;
}

static const struct str *more_of(const struct state *state, struct arena *scratch)
{
    struct str *value = ARENA_ARRAY(scratch, struct str, state->fields->n_more);
    for (size_t i = 0; i < state->fields->n_more; i++)
        value[i] = text_of(state, state->want.more[i]);
    return value;
}

static enum read_result judge(struct state *state, struct arena *scratch, struct event *event, const char **reason)
{
    if (!wanted(state))
        return READ_UNWANTED;
    enum read_result result = kind_of(state, scratch, &state->by, reason);
    if (result != READ_EVENT)
        return result;
    const size_t *own = state->want.own[state->by];
    struct str command = text_of(state, own[COMMAND]);
    if (command.n == 0)
        return without_command(state, own, reason);
    enum platform platform = platform_of(xml_trim(state->value[own[PLATFORM]].text));
    *event = (struct event){
        .command = command,
        .host = text_of(state, own[HOST]),
        .user = text_of(state, own[USER]),
        .parent = text_of(state, own[PARENT]),
        .image = text_of(state, own[IMAGE]),
        .time = text_of(state, own[TIME]),
        .platform = platform != PLATFORM_UNKNOWN ? platform : platform_by(state->layout, state->by),
        .truth = truth_of(xml_trim(state->value[own[TRUTH]].text)),
        .synthetic = str_equal(xml_trim(state->value[own[SOURCE]].text), STR("synthetic")),
        .more = state->fields->n_more > 0 ? more_of(state, scratch) : NULL,
    };
    if (state->layout->finish != NULL)
        state->layout->finish(event, scratch);
    return READ_EVENT;
}

/* A record without an event: the rest of a line, or a line that holds none. */
static enum read_result take_odd(struct str record, const char **reason)
{
    if (xml_is_between(record))
        return READ_BLANK;
    *reason = "not an <Event>";
    return READ_BAD;
}

static enum read_result parse(void *state_, struct str record, struct arena *scratch, struct event *event,
                              const char **reason)
{
    struct state *state = state_;
    size_t at = xml_event_start(record);
    if (at == SIZE_MAX)
        return take_odd(record, reason);
    if (str_find((struct str){record.p, at}, STR("<!DOCTYPE"), 0) != SIZE_MAX) {
        *reason = "XML with a document type";
        return READ_BAD;
    }
    /* Its own references may stand for more than XML's, and its escapes are none of XML. */
    if (at > 0 && (record.p[at - 1] == '"' || record.p[at - 1] == '\'')) {
        *reason = "an <Event> that is quoted within another format";
        return READ_BAD;
    }
    struct str document = {record.p + at, record.n - at};
    if (!xml_paths_find(state->paths, document, scratch, state->value, reason))
        return READ_BAD;
    return judge(state, scratch, event, reason);
}

static struct str origin_of(const struct state *state, size_t field)
{
    size_t place = state->want.own[state->by][field];
    return text_of(state, place).n > 0 ? state->value[place].path : (struct str){"", 0};
}

static void explain(const void *state_, struct arena *scratch, struct origin *out)
{
    const struct state *state = state_;
    (void)scratch;
    *out = (struct origin){
        .command = origin_of(state, COMMAND),
        .host = origin_of(state, HOST),
        .user = origin_of(state, USER),
        .parent = origin_of(state, PARENT),
        .image = origin_of(state, IMAGE),
        .time = origin_of(state, TIME),
        .wrapper = {"", 0},
    };
}

const struct form form_xml = {
    .name = "event XML",
    .start = start,
    .record_length = xml_record_length,
    .resync = xml_resync,
    .parse = parse,
    .explain = explain,
};
