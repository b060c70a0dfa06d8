/* The Linux audit log (auditd, audispd, also behind a syslog head). EXECVE records give the command; SYSCALL records of
 * the same id, which come before, give the program, the user and whether the call succeeded.
 *
 * Records of several events may be mixed. An event is told by the EXECVE record that brings the last of its argc
 * arguments; where an argument came in pieces (a2[0]=, a2[1]=), by the next record of the event of another type. Events
 * that are open wait in a window of 1,024 serial numbers and 4 MiB of arguments; one that falls out of it before its
 * arguments are complete counts as a bad record. Failed calls are filtered. */
#include "audit_line.h"
#include "forms.h"
#include "support/hash.h"

enum { WINDOW = 1024, RING_BYTES = 4 << 20, IMAGE_BYTES = 1024, USER_BYTES = 128 };

/* Arguments of an event that is not complete: bytes of a record, in the ring. */
struct piece {
    int64_t next; /* place of the event's next piece; -1: none */
    uint64_t n;
};

struct open_event {
    uint64_t id;
    int64_t first, last; /* pieces; -1: none */
    int64_t argc, seen;
    bool split, failed;
    size_t n_image, n_user;
    char image[IMAGE_BYTES], user[USER_BYTES];
};

struct state {
    const struct field_map *fields;
    bool used[WINDOW];
    struct open_event *event; /* [WINDOW] */
    char *ring;               /* NULL until it is needed */
    int64_t ring_end;         /* bytes ever written */
    int64_t lost;             /* events dropped and not yet reported */
};

static void *start(const struct layout *layout, const struct field_map *fields, struct arena *arena)
{
    (void)layout;
    struct state *state = arena_zalloc(arena, 1, sizeof *state);
    state->fields = fields;
    state->event = ARENA_ARRAY(arena, struct open_event, WINDOW);
    state->ring = arena_bytes(arena, RING_BYTES);
    return state;
}

static size_t keep(char *out, size_t capacity, struct str text)
{
    if (text.n > capacity)
        return 0;
    if (text.n > 0)
        memcpy(out, text.p, text.n);
    return text.n;
}

static struct open_event *find(const struct state *state, uint64_t id, size_t slot)
{
    return state->used[slot] && state->event[slot].id == id ? &state->event[slot] : NULL;
}

static void drop(struct state *state, size_t slot)
{
    state->lost += state->used[slot] && state->event[slot].first >= 0;
    state->used[slot] = false;
}

static struct open_event *open_slot(struct state *state, uint64_t id, size_t slot)
{
    struct open_event *event = find(state, id, slot);
    if (event != NULL)
        return event;
    drop(state, slot);
    state->used[slot] = true;
    event = &state->event[slot];
    event->id = id;
    event->first = event->last = -1;
    event->argc = event->seen = 0;
    event->split = event->failed = false;
    event->n_image = event->n_user = 0;
    return event;
}

/* The login's name or number, else the process's: names are there only in enriched logs. */
static struct str user_of(struct str body, struct arena *scratch)
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

static void take_syscall(struct open_event *event, struct str body, struct arena *scratch)
{
    struct audit_pair pair;
    event->failed = audit_find(body, "success", &pair) && str_equal(pair.value, STR("no"));
    if (audit_find(body, "exe", &pair))
        event->n_image = keep(event->image, IMAGE_BYTES, audit_text(&pair, scratch));
    event->n_user = keep(event->user, USER_BYTES, user_of(body, scratch));
}

/* The command is told from other texts by its first word. */
static bool is_command(struct str field)
{
    return str_starts(field, STR("argc="));
}

static struct str copy(const char *p, size_t n, struct arena *scratch)
{
    struct str text = {n > 0 ? arena_copy(scratch, p, n) : "", n};
    return is_command(text) ? (struct str){"", 0} : text;
}

static enum read_result emit(const struct audit_line *line, const struct open_event *open_event, struct str command,
                             struct arena *scratch, struct event *event)
{
    *event = (struct event){.command = command, .time = line->time, .platform = PLATFORM_LINUX};
    event->host = is_command(line->node) ? (struct str){"", 0} : line->node;
    if (open_event != NULL) {
        event->image = copy(open_event->image, open_event->n_image, scratch);
        event->user = copy(open_event->user, open_event->n_user, scratch);
    }
    return open_event != NULL && open_event->failed ? READ_NO_START : READ_EVENT;
}

static bool append(struct state *state, struct open_event *event, struct str body)
{
    struct piece piece = {-1, body.n};
    int64_t bytes = (int64_t)(sizeof piece + body.n), place = state->ring_end % RING_BYTES;
    if (body.n > RING_BYTES / 4)
        return false;
    if (place + bytes > RING_BYTES) { /* a piece lies in one place */
        state->ring_end += RING_BYTES - place;
        place = 0;
    }
    int64_t at = state->ring_end;
    memcpy(state->ring + place, &piece, sizeof piece);
    memcpy(state->ring + place + sizeof piece, body.p, body.n);
    state->ring_end += bytes;
    if (event->first < 0) {
        event->first = at;
    } else {
        if (event->first < state->ring_end - RING_BYTES)
            return false;
        memcpy(state->ring + event->last % RING_BYTES, &at, sizeof at); /* piece.next */
    }
    event->last = at;
    return true;
}

/* All pieces as one body; pieces are written over oldest first. */
static bool gather(const struct state *state, const struct open_event *event, struct arena *scratch, struct str *out)
{
    struct buf all = {.limit = 2 * RING_BYTES};
    if (event->first < state->ring_end - RING_BYTES)
        return false;
    for (int64_t at = event->first; at >= 0;) {
        struct piece piece;
        memcpy(&piece, state->ring + at % RING_BYTES, sizeof piece);
        buf_add_str(&all, all.n > 0 ? STR(" ") : STR(""));
        buf_add(&all, state->ring + at % RING_BYTES + sizeof piece, (size_t)piece.n);
        at = piece.next;
    }
    *out = (struct str){arena_copy(scratch, all.p, all.n), all.n};
    buf_free(&all);
    return true;
}

static enum read_result complete(struct state *state, const struct audit_line *line, size_t slot, struct arena *scratch,
                                 struct event *event)
{
    struct str command;
    enum read_result result = READ_BLANK;
    if (gather(state, &state->event[slot], scratch, &command))
        result = emit(line, &state->event[slot], command, scratch, event);
    else
        state->lost++;
    state->used[slot] = false;
    return result;
}

static enum read_result take_execve(struct state *state, const struct audit_line *line, uint64_t id, size_t slot,
                                    struct arena *scratch, struct event *event, const char **reason)
{
    struct str rest = line->body;
    struct audit_pair pair;
    struct audit_argument argument;
    int64_t argc = -1, seen = 0;
    bool split = false;
    struct open_event *known = find(state, id, slot);
    while (audit_next(&rest, &pair)) {
        if (str_equal(pair.key, STR("argc")) && argc < 0 && !str_to_i64(pair.value, &argc))
            argc = -1;
        else if (audit_argument(pair.key, &argument)) {
            split = split || argument.piece;
            seen += !argument.piece;
        }
    }
    if (is_command(line->body) && !split && argc == seen) {
        if (seen == 0)
            *reason = "a process without arguments";
        enum read_result result = emit(line, known, line->body, scratch, event);
        if (known != NULL)
            state->used[slot] = false;
        return seen > 0 ? result : READ_BAD;
    }
    if (is_command(line->body) ? argc < 0 || (known != NULL && known->first >= 0) : known == NULL || known->first < 0) {
        *reason = "the beginning of the event's arguments is missing";
        return READ_BAD;
    }
    known = open_slot(state, id, slot);
    known->argc = argc >= 0 ? argc : known->argc;
    known->seen += seen;
    known->split = known->split || split;
    if (!append(state, known, line->body)) {
        drop(state, slot);
        return READ_BLANK;
    }
    return !known->split && known->seen == known->argc ? complete(state, line, slot, scratch, event) : READ_BLANK;
}

static bool wanted(const struct field_map *fields, struct str body, struct arena *scratch)
{
    struct audit_pair pair;
    for (size_t i = 0; i < fields->n_filters; i++) {
        const char *key = arena_printf(scratch, "%.*s", STR_ARG(fields->filter[i].field));
        if (audit_find(body, key, &pair) && !str_equal(audit_text(&pair, scratch), fields->filter[i].value))
            return false;
    }
    return true;
}

static enum read_result take(struct state *state, const struct audit_line *line, struct arena *scratch,
                             struct event *event, const char **reason)
{
    static const char *const parts[] = {"CWD", "PATH", "PROCTITLE", "EOE", "BPRM_FCAPS", "SOCKADDR"};
    uint64_t id = hash64(line->id, hash64(line->node, 0));
    size_t slot = (size_t)((line->serial + hash64(line->node, 1)) % WINDOW);
    if (str_equal(line->type, STR("EXECVE")))
        return take_execve(state, line, id, slot, scratch, event, reason);
    struct open_event *known = find(state, id, slot);
    if (known != NULL && known->split)
        return complete(state, line, slot, scratch, event);
    if (str_equal(line->type, STR("SYSCALL"))) {
        take_syscall(open_slot(state, id, slot), line->body, scratch);
        return READ_BLANK;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_equal(line->type, str_of(parts[i])))
            return READ_BLANK;
    }
    return READ_OTHER;
}

static enum read_result parse(void *state_, struct str record, struct arena *scratch, struct event *event,
                              const char **reason)
{
    struct state *state = state_;
    struct audit_line line;
    if (!audit_line(record, &line)) {
        size_t i = 0;
        while (i < record.n && (unsigned char)record.p[i] <= ' ')
            i++;
        *reason = "not an audit record";
        return i == record.n || str_equal(record, STR("----\n")) ? READ_BLANK : READ_BAD; /* ---- is ausearch's */
    }
    enum read_result result = take(state, &line, scratch, event, reason);
    if (result == READ_EVENT && !wanted(state->fields, event->command, scratch))
        result = READ_UNWANTED;
    if (result == READ_BLANK && state->lost > 0) {
        state->lost--;
        *reason = "an event before this record is not complete";
        result = READ_BAD;
    }
    return result;
}

static struct str decode(struct str field, struct arena *arena)
{
    return is_command(field) ? audit_command(field, arena) : field;
}

const struct form form_audit = {
    .name = "audit log",
    .start = start,
    .record_length = line_length,
    .parse = parse,
    .decode = decode,
};
