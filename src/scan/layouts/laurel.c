/* laurel: the Linux audit log as JSON, an event a record. Bytes that are no printable ASCII are written %XX. */
#include "json_values.h"
#include "support/ascii.h"
#include "support/utf8.h"

static const struct field_map fields = {
    .command = TEXT("EXECVE.ARGV[]|EXECVE.ARGV_STR"),
    .host = TEXT("NODE"),
    .user = TEXT("SYSCALL.AUID|SYSCALL.UID|SYSCALL.auid|SYSCALL.uid"),
    .parent = TEXT("PARENT_INFO.exe|SYSCALL.PPID.exe"),
    .image = TEXT("SYSCALL.exe"),
    .time = TEXT("ID"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

/* Without a login, as services are, the user is that of the process. */
static const struct field_map service = {.user = TEXT("SYSCALL.UID|SYSCALL.uid")};

/* The text with %XX undone, as JSON has it between quotes. */
static void add_undone(struct str text, struct buf *out, struct arena *arena)
{
    char *bytes = arena_bytes(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool escape =
            text.p[i] == '%' && i + 2 < text.n && ascii_hex(text.p[i + 1]) >= 0 && ascii_hex(text.p[i + 2]) >= 0;
        int code = escape ? ascii_hex(text.p[i + 1]) * 16 + ascii_hex(text.p[i + 2]) : text.p[i];
        bytes[n++] = (char)code;
        i += escape ? 2 : 0;
    }
    buf_add_json_string(out, (struct str){bytes, n});
}

static struct str undo(struct str raw, struct arena *scratch)
{
    if (raw.n == 0 || memchr(raw.p, '%', raw.n) == NULL)
        return raw;
    struct buf out = {.limit = SIZE_MAX};
    bool list = raw.p[0] == '"';
    if (!list) {
        add_undone(json_decode(raw, scratch), &out, scratch);
        out.n--; /* the closing quote */
    }
    for (size_t at = 0; list && at < raw.n;) {
        size_t length = raw.p[at] == '"' ? json_value_length(raw.p + at, raw.n - at) : 0;
        struct scan_field member = {SCAN_STRING, {raw.p + at + 1, length > 1 ? length - 2 : 0}};
        if (length > 0) {
            buf_add_str(&out, out.n > 0 ? STR(",") : STR(""));
            add_undone(json_text(&member, scratch), &out, scratch);
        }
        at += length > 0 ? length : 1;
    }
    if (list)
        buf_add_str(&out, STR("]"));
    struct str text = {arena_copy(scratch, out.p, out.n), out.n};
    buf_free(&out);
    return list ? text : (struct str){text.p + 1, text.n - 1};
}

static void finish(struct event *event, struct arena *scratch)
{
    struct str *const text[] = {&event->command, &event->user, &event->parent, &event->image};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        *text[i] = undo(*text[i], scratch);
    const char *colon = event->time.n > 0 ? memchr(event->time.p, ':', event->time.n) : NULL; /* TIME:SERIAL */
    if (colon != NULL)
        event->time.n = (size_t)(colon - event->time.p);
}

const struct layout layout_laurel = {
    .plugin = {"laurel", "laurel: the Linux audit log as JSON, EXECVE events", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {{.all = {{"EXECVE.ARGV|EXECVE.ARGV_STR", "*"}, {"SYSCALL.success", "no"}}, .result = READ_NO_START},
             {.all = {{"EXECVE.ARGV|EXECVE.ARGV_STR", "*"}, {"SYSCALL.AUID|SYSCALL.auid", "unset|4294967295|-1"}},
              .fields = &service},
             {.all = {{"EXECVE.ARGV|EXECVE.ARGV_STR", "*"}}},
             {.all = {{"ID", "*"}}, .result = READ_OTHER}},
    .platform = PLATFORM_LINUX,
    .finish = finish,
};
