#include "json_reader.h"

#include "json_path.h"
#include "scan_private.h"
#include "shell_quote.h"

enum { COMMAND, PLATFORM, TRUTH, SOURCE, HOST, USER, PARENT, IMAGE, TIME, N_FIELDS };
enum { N_WANTED = N_FIELDS + JSON_EXTRA + FIELDS_MAX_FILTERS + FIELDS_MAX_MORE };
enum { MEMO_BYTES = 16, MEMO_WORDS = 4 };

/* The meaning of a field that has few values, which come again and again. By length. */
struct memo {
    struct {
        size_t n; /* SIZE_MAX: empty */
        int meaning;
        char raw[MEMO_BYTES];
    } word[MEMO_WORDS];
};

struct json_state {
    const struct json_kind *kind;
    const struct field_map *fields;
    struct json_paths *paths; /* NULL: all names are plain */
    struct arena *arena;
    struct scan_lines *lines; /* NULL: json_look was not called */
    size_t n_wanted, first_filter, first_more;
    struct str wanted[N_WANTED];
    struct scan_names names;
    struct memo platform, truth, synthetic;
};

void *json_start(const struct json_kind *kind, const struct field_map *fields, struct arena *arena)
{
    struct json_state *state = arena_zalloc(arena, 1, sizeof *state);
    struct memo *const memo[] = {&state->platform, &state->truth, &state->synthetic};
    const struct str own[N_FIELDS] = {fields->command, fields->platform, fields->truth, fields->source, fields->host,
                                      fields->user,    fields->parent,   fields->image, fields->time};
    ASSERT(fields->n_filters <= FIELDS_MAX_FILTERS && fields->n_more <= FIELDS_MAX_MORE);
    state->kind = kind;
    state->fields = fields;
    state->arena = arena;
    memcpy(state->wanted, own, sizeof own);
    state->n_wanted = N_FIELDS;
    for (size_t i = 0; i < JSON_EXTRA && kind->keep != NULL; i++)
        state->wanted[state->n_wanted++] = kind->extra[i];
    state->first_filter = state->n_wanted;
    for (size_t i = 0; i < fields->n_filters; i++)
        state->wanted[state->n_wanted++] = fields->filter[i].field;
    state->first_more = state->n_wanted;
    for (size_t i = 0; i < fields->n_more; i++)
        state->wanted[state->n_wanted++] = fields->more[i];
    for (size_t i = 0; i < ARRAY_LEN(memo) * MEMO_WORDS; i++)
        memo[i / MEMO_WORDS]->word[i % MEMO_WORDS].n = SIZE_MAX;
    scan_names_start(&state->names, state->wanted, state->n_wanted);
    if (!json_paths_flat(state->wanted, state->n_wanted))
        state->paths = json_paths_new(state->wanted, state->n_wanted, arena);
    return state;
}

bool text_is(struct str text, const char *word)
{
    size_t n = strlen(word);
    if (text.n != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = text.p[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word[i])
            return false;
    }
    return true;
}

/* What may stand between objects, in a list or not. */
static bool is_between(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '[' || c == ']' || c == ',';
}

bool json_is_blank(struct str record)
{
    return json_blanks(record.p, record.n) == record.n;
}

/* The text of a scalar: a string unescaped, a number or literal as it stands; empty if absent. */
static struct str text_of(const struct scan_field *field, struct arena *scratch)
{
    struct str text = {"", 0};
    if (field->type == SCAN_OTHER)
        return field->raw;
    if (field->type == SCAN_STRING && !scan_unescape(field, scratch, &text))
        text = (struct str){"", 0};
    return text;
}

enum platform platform_of(struct str text)
{
    static const char *const linux_names[] = {"linux",  "ubuntu", "debian", "centos", "rhel",   "redhat",
                                              "fedora", "suse",   "sles",   "amzn",   "alpine", "arch"};
    if (text_is(text, "windows"))
        return PLATFORM_WINDOWS;
    for (size_t i = 0; i < ARRAY_LEN(linux_names); i++) {
        if (text_is(text, linux_names[i]))
            return PLATFORM_LINUX;
    }
    return text_is(text, "macos") || text_is(text, "darwin") ? PLATFORM_MACOS : PLATFORM_UNKNOWN;
}

enum truth truth_of(struct str text)
{
    if (text_is(text, "benign") || text_is(text, "0"))
        return TRUTH_BENIGN;
    return text_is(text, "malicious") || text_is(text, "1") ? TRUTH_MALICIOUS : TRUTH_UNKNOWN;
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
    size_t n = field->raw.n, i = n % MEMO_WORDS;
    if (n == memo->word[i].n && scan_same(memo->word[i].raw, field->raw.p, n))
        return memo->word[i].meaning;
    int found = meaning(text_of(field, scratch));
    if (n <= MEMO_BYTES) {
        memo->word[i].n = n;
        memo->word[i].meaning = found;
        if (n > 0)
            memcpy(memo->word[i].raw, field->raw.p, n);
    }
    return found;
}

static struct str string_of(const struct scan_field *field)
{
    bool nothing = field->type != SCAN_STRING || str_equal(field->raw, STR("-"));
    return nothing ? (struct str){"", 0} : field->raw;
}

static bool passes(const struct field_filter *filter, const struct scan_field *field, struct arena *scratch)
{
    return field->type == SCAN_ABSENT || str_equal(text_of(field, scratch), filter->value);
}

/* A list of strings without its opening bracket: it starts with a quote, as no raw string can. */
static struct str list_of(const struct scan_field *field)
{
    const struct str none = {"", 0};
    struct str raw = field->raw;
    if (field->type != SCAN_OTHER || raw.p[0] != '[')
        return none;
    size_t at = 1 + json_blanks(raw.p + 1, raw.n - 1), first = at;
    while (at < raw.n && raw.p[at] == '"') {
        at += json_value_length(raw.p + at, raw.n - at);
        at += json_blanks(raw.p + at, raw.n - at);
        at += at < raw.n && raw.p[at] == ',';
        at += json_blanks(raw.p + at, raw.n - at);
    }
    return first + 1 < raw.n && at + 1 == raw.n && raw.p[at] == ']' ? (struct str){raw.p + first, raw.n - first} : none;
}

/* A further field's value: of any scalar but null, or a list of strings. */
static struct str value_of(const struct scan_field *field)
{
    struct str raw = field->raw;
    bool scalar = field->type == SCAN_OTHER && raw.p[0] != '{' && raw.p[0] != '[' && !str_equal(raw, STR("null"));
    if (scalar)
        return raw;
    return field->type == SCAN_STRING ? string_of(field) : list_of(field);
}

static const struct str *more_of(const struct scan_field *field, size_t n, struct arena *scratch)
{
    struct str *value = ARENA_ARRAY(scratch, struct str, n);
    for (size_t i = 0; i < n; i++)
        value[i] = value_of(&field[i]);
    return value;
}

static const char *missing_command(const struct scan_field *command)
{
    if (command->type == SCAN_ABSENT)
        return "the command field is missing";
    return command->type == SCAN_OTHER ? "the command field is not a string" : "the command field is empty";
}

static bool find(const struct json_state *state, struct str record, struct arena *scratch, struct scan_field *f,
                 const char **reason)
{
    if (state->lines != NULL)
        return scan_lines_record(state->lines, record, &state->names, f, reason);
    if (state->paths == NULL)
        return scan_record(record, &state->names, f, reason);
    return json_paths_find(state->paths, record, scratch, f, reason);
}

enum read_result json_parse_event(void *state_, struct str record, struct arena *scratch, struct event *event,
                                  const char **reason)
{
    struct json_state *state = state_;
    struct scan_field f[N_WANTED];
    if (!find(state, record, scratch, f, reason))
        return json_is_blank(record) ? READ_BLANK : READ_BAD;
    const struct scan_field *filter = f + state->first_filter;
    for (size_t i = 0; i < state->fields->n_filters; i++) {
        if (!passes(&state->fields->filter[i], &filter[i], scratch))
            return READ_FILTERED;
    }
    if (state->kind->keep != NULL) {
        enum read_result kept = state->kind->keep(f + N_FIELDS, reason);
        if (kept != READ_EVENT)
            return kept;
    }
    struct str command = f[COMMAND].type == SCAN_STRING ? f[COMMAND].raw : list_of(&f[COMMAND]);
    if (command.n == 0) {
        /* A process creation that was logged without its command line is whole all the same. */
        bool nothing = f[COMMAND].type != SCAN_OTHER || str_equal(f[COMMAND].raw, STR("null"));
        *reason = missing_command(&f[COMMAND]);
        return state->kind->keep != NULL && nothing ? READ_FILTERED : READ_BAD;
    }
    int platform = meaning_of(&f[PLATFORM], &state->platform, platform_meaning, scratch);
    /* One by one: as a whole struct it is made and then copied, 1 % of all instructions of reading. */
    event->command = command;
    event->host = string_of(&f[HOST]);
    event->user = string_of(&f[USER]);
    event->parent = string_of(&f[PARENT]);
    event->image = string_of(&f[IMAGE]);
    event->time = string_of(&f[TIME]);
    event->platform = platform != PLATFORM_UNKNOWN ? (enum platform)platform : state->kind->platform;
    event->truth = (enum truth)meaning_of(&f[TRUTH], &state->truth, truth_meaning, scratch);
    event->synthetic = meaning_of(&f[SOURCE], &state->synthetic, synthetic_meaning, scratch);
    event->more = NULL;
    if (state->fields->n_more > 0)
        event->more = more_of(f + state->first_more, state->fields->n_more, scratch);
    return READ_EVENT;
}

enum read_result json_parse_object(void *state, struct str record, struct arena *scratch, struct event *event,
                                   const char **reason)
{
    while (record.n > 0 && is_between(record.p[record.n - 1]))
        record.n--;
    while (record.n > 0 && is_between(record.p[0])) {
        record.p++;
        record.n--;
    }
    return json_parse_event(state, record, scratch, event, reason);
}

static struct str unescape(struct str raw, struct arena *arena)
{
    struct scan_field f = {SCAN_STRING, raw};
    struct str text;
    ASSERT(scan_unescape(&f, arena, &text)); /* parse has seen every escape */
    return text;
}

static struct str join(struct str list, struct arena *arena)
{
    char *out = arena_bytes(arena, (SHELL_QUOTE_GROWTH + SHELL_QUOTE_EXTRA) * list.n);
    size_t n = 0;
    for (size_t at = 0; at < list.n;) {
        size_t length = list.p[at] == '"' ? json_value_length(list.p + at, list.n - at) : 0;
        if (length > 0) {
            if (n > 0)
                out[n++] = ' ';
            n += shell_quote(unescape((struct str){list.p + at + 1, length - 2}, arena), out + n);
        }
        at += length > 0 ? length : 1;
    }
    return (struct str){out, n};
}

struct str json_decode(struct str field, struct arena *arena)
{
    return field.n > 0 && field.p[0] == '"' ? join(field, arena) : unescape(field, arena);
}

size_t line_length(const void *state, const char *p, size_t n, bool at_end)
{
    (void)state;
    const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
    if (end != NULL)
        return (size_t)(end - p) + 1;
    return at_end ? n : 0;
}

void json_look(void *state_, const char *p, size_t n)
{
    struct json_state *state = state_;
    if (state->paths != NULL)
        return;
    if (state->lines == NULL)
        state->lines = scan_lines_new(state->arena);
    scan_lines_look(state->lines, p, n);
}

size_t json_line_length(const void *state_, const char *p, size_t n, bool at_end)
{
    const struct json_state *state = state_;
    size_t length = state->lines != NULL ? scan_lines_length(state->lines, p) : 0;
    return length > 0 ? length : line_length(state, p, n, at_end);
}

size_t line_resync(const char *p, size_t n)
{
    const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
    return end != NULL ? (size_t)(end - p) + 1 : SIZE_MAX;
}

/* Behind an object that ends at p[at]: the rest of its line if nothing else is on it. */
static size_t rest_of_line(const char *p, size_t n, size_t at, bool at_end)
{
    while (at < n && p[at] != '\n' && is_between(p[at]))
        at++;
    if (at == n)
        return at_end ? n : 0;
    return p[at] == '\n' ? at + 1 : at;
}

size_t json_object_length(const void *state, const char *p, size_t n, bool at_end)
{
    size_t at = 0, depth = 0;
    bool string = false;
    while (at < n && is_between(p[at]))
        at++;
    if (at < n && p[at] != '{') { /* not an object: a bad line */
        size_t length = line_length(state, p + at, n - at, at_end);
        return length > 0 ? at + length : 0;
    }
    for (; at < n; at++) {
        char c = p[at];
        if (c == '\n' && string)
            return at + 1;
        if (c == '\n' && at + 1 < n && p[at + 1] == '{')
            return at + 1;
        if (string) {
            at += c == '\\' && at + 1 < n && p[at + 1] != '\n';
            string = c != '"';
            continue;
        }
        string = c == '"';
        depth += c == '{';
        if (c == '}' && --depth == 0)
            return rest_of_line(p, n, at + 1, at_end);
    }
    return at_end ? n : 0;
}

size_t json_fields_found(const struct field_map *fields, struct str record, struct arena *scratch)
{
    static const struct json_kind any = {NULL, {{NULL, 0}}, PLATFORM_UNKNOWN};
    struct arena_mark mark = arena_mark(scratch);
    struct json_state *state = json_start(&any, fields, scratch);
    struct scan_field f[N_WANTED];
    const char *reason;
    size_t n = 0;
    if (find(state, record, scratch, f, &reason)) {
        for (size_t i = 0; i < N_FIELDS; i++)
            n += f[i].type != SCAN_ABSENT;
    }
    arena_release(scratch, mark);
    return n;
}
