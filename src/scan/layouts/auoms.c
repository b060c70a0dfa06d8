/* Microsoft's auoms, audit events of Linux as text inside syslog objects: JSON lines. The command stands in quotes that
 * are not escaped, so it goes up to the last quote before redactors=. Failed calls, which have none, are filtered. */
#include "json_values.h"

struct state {
    const struct field_map *fields;
};

enum { TYPE, DATA, MESSAGE, HOST, COMPUTER, TIME, N_NAMES };

static void *start(const struct layout *layout, const struct field_map *fields, struct arena *arena)
{
    (void)layout;
    struct state *state = ARENA_ARRAY(arena, struct state, 1);
    state->fields = fields;
    return state;
}

/* What lies between two texts, the first one's first and the second one's last place behind it; n == 0 if there is
 * none.
 */
static struct str between(struct str text, struct str before, struct str behind)
{
    size_t from = str_find(text, before, 0), to = SIZE_MAX;
    if (from == SIZE_MAX)
        return (struct str){"", 0};
    from += before.n;
    for (size_t at = str_find(text, behind, from); at != SIZE_MAX; at = str_find(text, behind, at + 1))
        to = at;
    return to == SIZE_MAX ? (struct str){"", 0} : (struct str){text.p + from, to - from};
}

/* Up to the next blank. */
static struct str word(struct str text, struct str before)
{
    size_t from = str_find(text, before, 0);
    if (from == SIZE_MAX)
        return (struct str){"", 0};
    from += before.n;
    size_t to = str_find(text, STR(" "), from);
    return (struct str){text.p + from, (to != SIZE_MAX ? to : text.n) - from};
}

static struct str unquoted(struct str text)
{
    bool quoted = text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"';
    return quoted ? (struct str){text.p + 1, text.n - 2} : text;
}

static struct str plain(const struct scan_field *field, struct arena *scratch)
{
    struct str text = {"", 0};
    if (field->type == SCAN_STRING && !scan_unescape(field, scratch, &text))
        text = (struct str){"", 0};
    return text;
}

static bool wanted(const struct field_map *fields, const struct scan_field *value, struct arena *scratch)
{
    for (size_t i = 0; i < fields->n_filters; i++) {
        struct str text = value[i].type == SCAN_OTHER ? value[i].raw : plain(&value[i], scratch);
        if (!filter_passes(&fields->filter[i], value[i].type != SCAN_ABSENT, text))
            return false;
    }
    return true;
}

static enum read_result parse(void *state_, struct str record, struct arena *scratch, struct event *event,
                              const char **reason)
{
    const struct state *state = state_;
    struct str names[N_NAMES + FIELDS_MAX_FILTERS] = {TEXT("EventType"), TEXT("EventData"), TEXT("SyslogMessage"),
                                                      TEXT("HostName"),  TEXT("Computer"),  TEXT("EventTime")};
    struct scan_field f[N_NAMES + FIELDS_MAX_FILTERS];
    for (size_t i = 0; i < state->fields->n_filters; i++)
        names[N_NAMES + i] = state->fields->filter[i].field;
    if (!scan_object(record, names, N_NAMES + state->fields->n_filters, f, reason))
        return json_blanks(record.p, record.n) == record.n ? READ_BLANK : READ_BAD;
    struct str data = plain(&f[f[DATA].type == SCAN_STRING ? DATA : MESSAGE], scratch);
    if (data.n == 0 || str_find(data, STR("auoms_version="), 0) == SIZE_MAX) {
        *reason = "no auoms event in EventData or SyslogMessage";
        return READ_BAD;
    }
    bool execve = f[TYPE].type == SCAN_STRING ? str_equal(f[TYPE].raw, STR("AUOMS_EXECVE"))
                                              : str_find(data, STR("type=AUOMS_EXECVE "), 0) != SIZE_MAX;
    bool failed = str_equal(word(data, STR(" success=")), STR("no"));
    if (!execve || failed)
        return failed ? READ_NO_START : READ_OTHER;
    if (!wanted(state->fields, f + N_NAMES, scratch))
        return READ_UNWANTED;
    struct str command = between(data, STR(" cmdline=\""), STR("\" redactors="));
    if (command.n == 0) {
        *reason = "the event has no cmdline";
        return READ_BAD;
    }
    *event = (struct event){
        .command = command,
        .host = plain(&f[f[HOST].type == SCAN_STRING ? HOST : COMPUTER], scratch),
        .user = word(data, STR(" user=")),
        .image = unquoted(word(data, STR(" exe="))),
        .time = plain(&f[TIME], scratch),
        .platform = PLATFORM_LINUX,
    };
    return READ_EVENT;
}

static const struct field_map no_fields = {.command = {"", 0}};

static const struct form form_auoms = {
    .name = "auoms",
    .start = start,
    .record_length = line_length,
    .resync = line_resync,
    .parse = parse,
};

const struct layout layout_auoms = {
    .plugin = {"auoms", "Microsoft's auoms, Linux audit events in syslog objects, one a line", NULL, 0},
    .form = &form_auoms,
    .fields = &no_fields,
};
