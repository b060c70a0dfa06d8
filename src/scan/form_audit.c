/* The Linux audit log (auditd, audispd, also behind a syslog head, or as ausearch writes it, --raw or not). EXECVE
 * records give the command; the SYSCALL record of the same id, which comes before or behind, gives the program, the
 * user and whether the call succeeded.
 *
 * Records of several events may be mixed. Every record counts for itself, as a part of an event or as another kind; the
 * events come besides, from next: as soon as all that belongs to one is there, else as late as audit_window.h says, or
 * at the end. Failed calls are filtered. */
#include "audit_command.h"
#include "audit_window.h"
#include "forms.h"
#include "support/hash.h"

#include <stdio.h>

struct state {
    const struct field_map *fields;
    struct audit_window window;
    int64_t at; /* of the record, or of the next one if nobody tells */
    bool told_places;
    enum record_place place;
    int64_t late; /* records with arguments of events already told, not yet reported */
};

static void *start(const struct layout *layout, const struct field_map *fields, struct arena *arena)
{
    (void)layout;
    struct state *state = arena_zalloc(arena, 1, sizeof *state);
    state->fields = fields;
    state->place = PLACE_INSIDE;
    audit_window_start(&state->window, arena);
    return state;
}

static bool place(void *state_, int64_t offset, enum record_place place)
{
    struct state *state = state_;
    state->at = offset;
    state->place = place;
    state->told_places = true;
    audit_window_move(&state->window, offset);
    return place != PLACE_BEHIND || state->window.earliest != NULL || state->window.due != NULL;
}

static void put(struct state *state, struct audit_event *event, enum audit_text which, struct str text)
{
    char *p = audit_window_room(&state->window, event, which, text.n);
    if (text.n > 0)
        memcpy(p, text.p, text.n);
    event->text[which].n += text.n;
}

/* The login's name or number, else the process's: names are there only in enriched logs. */
static struct str user_of(struct audit_body body, struct arena *scratch)
{
    static const char *const keys[] = {"AUID", "UID", "auid", "uid"};
    struct audit_pair pair;
    for (size_t i = 0; i < 4; i++) {
        if (!audit_find(body, keys[i], &pair) || pair.value.n == 0)
            continue;
        if (str_equal(pair.value, STR("unset")) || str_equal(pair.value, STR("4294967295")) ||
            str_equal(pair.value, STR("-1")))
            continue;
        pair.quoted = true; /* a number is no hex text */
        return audit_text(&pair, scratch);
    }
    return (struct str){"", 0};
}

static void take_syscall(struct state *state, struct audit_event *event, struct audit_body body, struct arena *scratch)
{
    struct audit_pair pair;
    if (!event->waiting || event->has_syscall)
        return;
    event->has_syscall = true;
    event->failed = audit_find(body, "success", &pair) && str_equal(pair.value, STR("no"));
    if (audit_find(body, "exe", &pair) && !str_equal(pair.value, STR("(null)")))
        put(state, event, AUDIT_IMAGE, audit_text(&pair, scratch));
    put(state, event, AUDIT_USER, user_of(body, scratch));
}

static void take_execve(struct state *state, struct audit_event *event, const struct audit_line *line)
{
    struct audit_count count;
    if (!event->waiting) {
        state->late++;
        return;
    }
    event->has_command = true;
    char *p = audit_window_room(&state->window, event, AUDIT_ARGUMENTS, audit_arguments_bound(line->body.rest));
    event->text[AUDIT_ARGUMENTS].n += audit_arguments(line->body, &count, p);
    event->argc = event->argc < 0 ? count.argc : event->argc;
    event->seen += count.seen;
    event->split = event->split || count.split;
    if (event->has_syscall && !event->split && event->argc >= 0 && event->seen >= event->argc)
        audit_window_settle(&state->window, event);
}

/* An event's record of the piece, or one behind it of an event of the piece. */
static void take(struct state *state, struct audit_event *event, const struct audit_line *line, bool is_new,
                 struct arena *scratch)
{
    bool execve = str_equal(line->type, STR("EXECVE")), syscall = str_equal(line->type, STR("SYSCALL"));
    if (is_new) {
        put(state, event, AUDIT_NODE, line->node);
        put(state, event, AUDIT_ID, line->id);
        event->command_first = execve;
    }
    if (execve) {
        take_execve(state, event, line);
        return;
    }
    if (syscall)
        take_syscall(state, event, line->body, scratch);
    /* Behind the arguments come the others, PROCTITLE the last of them; ausearch has it first, and SYSCALL last. */
    bool last = str_equal(line->type, STR("EOE")) || (event->command_first && str_equal(line->type, STR("PROCTITLE")));
    if (event->has_command && (event->has_syscall || last))
        audit_window_settle(&state->window, event);
}

static enum read_result line_result(const struct audit_line *line)
{
    static const char *const parts[] = {"EXECVE",    "SYSCALL", "CWD",        "PATH",
                                        "PROCTITLE", "EOE",     "BPRM_FCAPS", "SOCKADDR"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_equal(line->type, str_of(parts[i])))
            return READ_BLANK;
    }
    return READ_OTHER;
}

static bool is_blank(struct str record)
{
    size_t i = 0;
    while (record.n > 0 && (unsigned char)record.p[record.n - 1] <= ' ')
        record.n--;
    while (i < record.n && (unsigned char)record.p[i] <= ' ')
        i++;
    /* ausearch's */
    return i == record.n || str_equal(record, STR("----")) || str_starts(record, STR("time->"));
}

static enum read_result take_record(struct state *state, struct str record, struct arena *scratch, const char **reason)
{
    struct audit_line line;
    if (!audit_line(record, &line)) {
        *reason = "not an audit record";
        return is_blank(record) ? READ_BLANK : READ_BAD;
    }
    enum read_result result = line_result(&line);
    if (result == READ_OTHER) /* no event of ours has such records */
        return result;
    uint64_t id = hash64(line.id, hash64(line.node, 0));
    struct audit_event *event =
        audit_window_event(&state->window, id, state->at, state->place != PLACE_BEHIND, state->place == PLACE_INSIDE);
    if (event == NULL)
        return result;
    if (str_equal(line.type, STR("EXECVE")) && state->at - event->first > AUDIT_WINDOW) {
        *reason = "arguments too far behind the first record of their event";
        return READ_BAD;
    }
    if (event->ours)
        take(state, event, &line, event->text[AUDIT_ID].n == 0 && event->waiting, scratch);
    return result;
}

static enum read_result parse(void *state_, struct str record, struct arena *scratch, struct event *event,
                              const char **reason)
{
    struct state *state = state_;
    (void)event;
    if (!state->told_places)
        audit_window_move(&state->window, state->at);
    enum read_result result = take_record(state, record, scratch, reason);
    if (!state->told_places)
        state->at += (int64_t)record.n;
    return result;
}

static void end(void *state_)
{
    struct state *state = state_;
    audit_window_end(&state->window);
}

static bool wanted(const struct field_map *fields, struct str command, struct arena *scratch)
{
    struct audit_pair pair;
    for (size_t i = 0; i < fields->n_filters; i++) {
        const char *key = arena_printf(scratch, "%.*s", STR_ARG(fields->filter[i].field));
        if (audit_find((struct audit_body){.rest = command, .argc = -1}, key, &pair) &&
            !str_equal(audit_text(&pair, scratch), fields->filter[i].value))
            return false;
    }
    return true;
}

static struct str text_of(const struct audit_event *event, enum audit_text which, struct arena *scratch)
{
    const struct audit_block *block = &event->text[which];
    struct str text = {block->n > 0 ? arena_copy(scratch, block->p, block->n) : "", block->n};
    return audit_is_command(text) ? (struct str){"", 0} : text;
}

static enum read_result tell(const struct state *state, const struct audit_event *from, struct arena *scratch,
                             struct event *event, const char **reason)
{
    const struct audit_block *arguments = &from->text[AUDIT_ARGUMENTS];
    struct str id = text_of(from, AUDIT_ID, scratch), time = id;
    while (time.n > 0 && id.p[--time.n] != ':')
        ;
    *event = (struct event){
        .host = text_of(from, AUDIT_NODE, scratch),
        .user = text_of(from, AUDIT_USER, scratch),
        .image = text_of(from, AUDIT_IMAGE, scratch),
        .time = time,
        .platform = PLATFORM_LINUX,
    };
    char *command = arena_bytes(scratch, arguments->n + 32);
    size_t n = (size_t)snprintf(command, 32, from->argc >= 0 ? "argc=%" PRId64 : "argc=", from->argc);
    memcpy(command + n, arguments->p, arguments->n);
    event->command = (struct str){command, n + arguments->n};
    const char *wrong = audit_command_wrong(event->command, scratch);
    if (wrong != NULL) {
        *reason = arena_printf(scratch, "event %.*s: %s", STR_ARG(id), wrong);
        return READ_BAD;
    }
    if (from->failed)
        return READ_NO_START;
    return wanted(state->fields, event->command, scratch) ? READ_EVENT : READ_UNWANTED;
}

static enum read_result next(void *state_, struct arena *scratch, struct event *event, const char **reason)
{
    struct state *state = state_;
    if (state->late > 0) {
        state->late--;
        *reason = "arguments behind the other records of their event";
        return READ_BAD;
    }
    struct audit_event *due = audit_window_due(&state->window);
    if (due == NULL)
        return READ_END;
    enum read_result result = tell(state, due, scratch, event, reason);
    audit_window_told(&state->window, due);
    return result;
}

static struct str decode(struct str field, struct arena *arena)
{
    return audit_is_command(field) ? audit_command(field, arena) : field;
}

static void explain(const void *state, struct arena *scratch, struct origin *out)
{
    (void)state;
    (void)scratch;
    *out = (struct origin){
        .command = STR("EXECVE"),
        .host = STR("node"),
        .user = STR("SYSCALL auid"),
        .image = STR("SYSCALL exe"),
        .time = STR("msg"),
    };
}

const struct form form_audit = {
    .name = "audit log",
    .start = start,
    .record_length = line_length,
    .resync = line_resync,
    .parse = parse,
    .next = next,
    .end = end,
    .around = 2 * AUDIT_WINDOW, /* before: whether a record's event began more than a window before it */
    .place = place,
    .decode = decode,
    .explain = explain,
};
