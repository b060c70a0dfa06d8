#include "audit_command.h"

#include "shell_quote.h"
#include "support/sort.h"

enum { MOST_MISSING = 1024 }; /* kernels leave out empty arguments; more is no such fault */

size_t audit_arguments(struct audit_body body, struct audit_count *count, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    struct audit_pair pair;
    struct audit_argument argument;
    size_t n = 0;
    *count = (struct audit_count){-1, 0, false};
    while (audit_next(&body, &pair)) {
        if (str_equal(pair.key, STR("argc")) && count->argc < 0 && !str_to_i64(pair.value, &count->argc))
            count->argc = -1;
        if (!audit_argument(pair.key, &argument))
            continue;
        count->split = count->split || argument.piece || argument.length;
        count->seen += !argument.piece && !argument.length;
        out[n++] = ' ';
        memcpy(out + n, pair.key.p, pair.key.n);
        n += pair.key.n;
        out[n++] = '=';
        bool hex = body.interpreted && !argument.length && pair.value.n > 0;
        bool quotes = !hex && pair.quoted && !argument.length;
        if (quotes)
            out[n++] = '"';
        for (size_t i = 0; i < pair.value.n; i++) {
            unsigned char byte = (unsigned char)pair.value.p[i];
            if (hex)
                out[n++] = digits[byte >> 4];
            out[n++] = hex ? digits[byte & 15] : pair.value.p[i];
        }
        if (quotes)
            out[n++] = '"';
    }
    return n;
}

struct part {
    struct audit_argument argument;
    struct audit_pair pair;
};

struct parts {
    struct part *part;
    size_t n;
    int64_t argc;
};

/* By argument, the length before the pieces, those in order; a stable sort. */
static int by_place(const void *a_, const void *b_)
{
    const struct audit_argument *a = &((const struct part *)a_)->argument, *b = &((const struct part *)b_)->argument;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    if (a->length != b->length)
        return a->length ? -1 : 1;
    return (a->part > b->part) - (a->part < b->part);
}

static struct parts parts_of(struct str command, struct arena *arena)
{
    struct audit_body body = {.rest = command, .argc = -1};
    struct audit_pair pair;
    struct parts parts = {NULL, 0, -1};
    bool sorted = true;
    size_t most = 0;
    for (size_t i = 0; i < command.n; i++)
        most += command.p[i] == '=';
    parts.part = ARENA_ARRAY(arena, struct part, most);
    while (audit_next(&body, &pair)) {
        struct part *part = &parts.part[parts.n];
        if (str_equal(pair.key, STR("argc")) && parts.argc < 0 && !str_to_i64(pair.value, &parts.argc))
            parts.argc = -1;
        if (!audit_argument(pair.key, &part->argument))
            continue;
        part->pair = pair;
        sorted = sorted && (parts.n == 0 || by_place(part - 1, part) <= 0);
        parts.n++;
    }
    if (!sorted)
        sort_stable(parts.part, parts.n, sizeof *parts.part, by_place, arena);
    return parts;
}

/* Arguments that are not there, up to argument `to`. */
static uint64_t missing(uint64_t from, uint64_t to)
{
    return to > from ? to - from : 0;
}

const char *audit_command_wrong(struct str command, struct arena *scratch)
{
    struct parts parts = parts_of(command, scratch);
    uint64_t next = 0, gaps = 0;
    int64_t length = 0, have = 0;
    if (parts.argc < 0)
        return "the beginning of its arguments is missing";
    for (size_t i = 0; i < parts.n; i++) {
        const struct part *part = &parts.part[i];
        gaps += missing(next, part->argument.number);
        if (part->argument.number >= next) {
            if (have < length)
                break;
            length = have = 0;
        }
        next = part->argument.number + 1;
        if (part->argument.length)
            length = str_to_i64(part->pair.value, &length) ? length : 0;
        else
            have += (int64_t)part->pair.value.n;
    }
    if (parts.n == 0)
        return "a process without arguments";
    if (have < length)
        return "an argument is not complete";
    gaps += missing(next, (uint64_t)parts.argc);
    return gaps > MOST_MISSING ? "too many of its arguments are missing" : NULL;
}

static size_t put_missing(uint64_t n, uint64_t *left, char *out)
{
    size_t at = 0;
    for (; n > 0 && *left > 0; n--, --*left) {
        memcpy(out + at, "'' ", 3);
        at += 3;
    }
    return at;
}

struct str audit_command(struct str command, struct arena *arena)
{
    struct parts parts = parts_of(command, arena);
    char *argument = arena_bytes(arena, command.n + 1);
    char *out =
        arena_bytes(arena, (SHELL_QUOTE_GROWTH + SHELL_QUOTE_EXTRA) * (command.n + 1) + (size_t)3 * MOST_MISSING);
    uint64_t left = MOST_MISSING, next = 0;
    size_t n = 0;
    for (size_t i = 0; i < parts.n;) {
        struct audit_argument now = parts.part[i].argument;
        size_t length = 0;
        n += put_missing(missing(next, now.number), &left, out + n);
        next = now.number + 1;
        do { /* its pieces, or it */
            if (!parts.part[i].argument.length)
                length += audit_bytes(&parts.part[i].pair, argument + length);
            i++;
        } while (i < parts.n && parts.part[i].argument.number == now.number &&
                 (parts.part[i].argument.piece || parts.part[i].argument.length));
        n += shell_quote((struct str){argument, length}, out + n);
        out[n++] = ' ';
    }
    n += put_missing(parts.argc > 0 ? missing(next, (uint64_t)parts.argc) : 0, &left, out + n);
    return (struct str){out, n > 0 ? n - 1 : 0};
}
