/* An object's values become an event, or the reason why they are none. */
#include "json_state.h"

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
static enum read_result kind_of(const struct json_state *state, const struct json_item *item, struct arena *scratch,
                                size_t *own, const char **reason)
{
    const struct record_kind *kind = state->layout->kind;
    bool any = state->want.n_kinds == 0;
    *own = 0;
    for (size_t k = 0; k < state->want.n_kinds; k++) {
        bool fits = true;
        for (size_t c = 0; c < KIND_CONDITIONS && kind[k].all[c].path != NULL; c++) {
            const struct scan_field *value = &item->value[state->want.condition[k][c]];
            any = any || json_says(value);
            fits = fits && json_condition(kind[k].all[c].values, value, scratch);
        }
        *own = k + 1;
        *reason = kind[k].reason;
        if (fits)
            return kind[k].result;
    }
    if (!any)
        *reason = arena_printf(scratch, "%s is missing", kind[0].all[0].path);
    return state->want.n_kinds == 0 ? READ_EVENT : any ? READ_OTHER : READ_BAD;
}

/* A whole command: a text, or a list of texts. */
static struct str command_of(const struct json_item *item, size_t place, bool flat)
{
    const struct scan_field *value = &item->value[place];
    bool vector = !flat && item->found[place].vector;
    if (value->type == SCAN_OTHER && value->raw.p[0] != '[')
        return (struct str){"", 0};
    struct scan_field one = vector ? *value : json_scalar(*value);
    return one.type == SCAN_STRING || (one.type == SCAN_OTHER && one.raw.p[0] == '[') ? json_raw(&one, true)
                                                                                      : (struct str){"", 0};
}

static enum read_result without_command(const struct json_state *state, const struct json_item *item, const size_t *own,
                                        const char **reason)
{
    const struct scan_field *command = &item->value[own[COMMAND]];
    bool process = json_says(&item->value[own[IMAGE]]) || json_says(&item->value[own[PARENT]]);
    bool nothing = !json_says(command) && (command->type != SCAN_OTHER || command->raw.p[0] != '{');
    if (state->want.n_kinds > 0 && process && nothing)
        return READ_NO_COMMAND;
    *reason = command->type == SCAN_ABSENT              ? "the command field is missing"
              : command->type == SCAN_STRING || nothing ? "the command field is empty"
                                                        : "the command field is not a string";
    return READ_BAD;
}

static bool wanted(const struct json_state *state, const struct json_item *item, struct arena *scratch)
{
    for (size_t i = 0; i < state->fields->n_filters; i++) {
        const struct field_filter *filter = &state->fields->filter[i];
        struct scan_field one = json_scalar(item->value[state->want.filter[i]]);
        bool null = one.type == SCAN_OTHER && str_equal(one.raw, STR("null"));
        if (!filter_passes(filter, one.type != SCAN_ABSENT, null ? one.raw : json_text(&one, scratch)))
            return false;
    }
    return true;
}

static const struct str *more_of(const struct json_state *state, const struct json_item *item, struct arena *scratch)
{
    struct str *value = ARENA_ARRAY(scratch, struct str, state->fields->n_more);
    for (size_t i = 0; i < state->fields->n_more; i++)
        value[i] = json_raw_any(&item->value[state->want.more[i]]);
    return value;
}

static void unescape_event(struct event *event, struct arena *scratch)
{
    struct str *const text[] = {&event->command, &event->host, &event->user, &event->parent, &event->image};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        *text[i] = text[i]->n > 0 ? json_escaped_again(*text[i], scratch) : *text[i];
}

enum read_result json_judge(struct json_state *state, const struct json_item *item, struct arena *scratch,
                            struct event *event, const char **reason)
{
    size_t by;
    if (state->fields->n_filters > 0 && !wanted(state, item, scratch))
        return READ_UNWANTED;
    enum read_result result = kind_of(state, item, scratch, &by, reason);
    if (result != READ_EVENT)
        return result;
    const struct scan_field *f = item->value;
    const size_t *own = state->want.own[by];
    struct str command = f[own[COMMAND]].type == SCAN_STRING && !is_nothing(f[own[COMMAND]].raw)
                             ? f[own[COMMAND]].raw
                             : command_of(item, own[COMMAND], state->flat);
    if (command.n == 0)
        return without_command(state, item, own, reason);
    int platform = meaning_of(&f[own[PLATFORM]], &state->platform, platform_meaning, scratch);
    /* One by one: as a whole struct it is made and then copied, 1 % of all instructions of reading. */
    event->command = command;
    event->host = json_raw_one(&f[own[HOST]]);
    event->user = json_raw_one(&f[own[USER]]);
    event->parent = json_raw_one(&f[own[PARENT]]);
    event->image = json_raw_one(&f[own[IMAGE]]);
    event->time = json_raw_one(&f[own[TIME]]);
    event->platform = platform != PLATFORM_UNKNOWN ? (enum platform)platform : platform_by(state->layout, by);
    event->truth = (enum truth)meaning_of(&f[own[TRUTH]], &state->truth, truth_meaning, scratch);
    event->synthetic = meaning_of(&f[own[SOURCE]], &state->synthetic, synthetic_meaning, scratch);
    event->more = state->fields->n_more > 0 ? more_of(state, item, scratch) : NULL;
    if (state->layout->escaped_again)
        unescape_event(event, scratch);
    if (state->layout->finish != NULL)
        state->layout->finish(event, scratch);
    state->last = item;
    state->last_own = by;
    return READ_EVENT;
}
