/* Layouts: bytes of a file -> records -> events. A layout is a table: where a record of one product has its fields, and
 * which records create a process. One file a layout in src/scan/layouts; the file's name is what an input's "format"
 * says. A form is the code behind it: how bytes become records and how values are found in them (JSON, CSV, XML, the
 * audit log). */
#ifndef SCAN_LAYOUT_H
#define SCAN_LAYOUT_H

#include "scan/event.h"
#include "scan/fields.h"
#include "scan/survey.h"
#include "support/plugin.h"

enum read_result {
    READ_EVENT,
    READ_BLANK, /* nothing to count: a blank line, a header, a part of an event that another record tells */
    READ_BAD,
    READ_END, /* of next: nothing more */
    /* Whole records that are no event, each counted by the name that read_result_name gives. */
    READ_OTHER,      /* of another kind */
    READ_NO_COMMAND, /* a process was created, and its command line not logged */
    READ_NO_START,   /* no program was started: a failed call, a fork */
    READ_UNWANTED,   /* the input's filters do not want it */
    N_READ_RESULTS,
    N_FILTERED = N_READ_RESULTS - READ_OTHER,
};

/* "other kind", "no command line", "not started", "not wanted"; of the others "event", "blank", "bad", "". */
const char *read_result_name(enum read_result result);
/* "other kind 3, no command line 1": counts by READ_OTHER + i that are not zero. */
void filtered_list(const int64_t count[N_FILTERED], struct buf *out);
static inline bool read_filtered(enum read_result result)
{
    return result >= READ_OTHER;
}

/* Where a piece of a file has a record: in it, or around it, which only forms with `around` see. */
enum record_place { PLACE_BEFORE, PLACE_INSIDE, PLACE_BEHIND };

struct layout;

/* Which value an event's field came from, to be shown: a path, a column; empty if the field is empty. */
struct origin {
    struct str command, host, user, parent, image, time;
    struct str wrapper; /* what was looked through, "hits.hits._source"; empty: nothing */
};

struct form {
    const char *name;
    /* What the functions below keep while they read one file (or one piece of it): the compiled names, a header, events
     * that are not complete. fields: no name is missing, see fields_fill. In the arena, as long as it lives; so must
     * the fields. */
    void *(*start)(const struct layout *layout, const struct field_map *fields, struct arena *arena);
    /* What a form may want to do once for many records: p[n] is what was read, and stays where and as it is until the
     * next call; records are taken from it in order. NULL: nothing. */
    void (*look)(void *state, const char *p, size_t n);
    /* Bytes of the first record of p[n], its terminator included; 0 if it does not end within p[n] (never 0 if at_end
     * and n > 0). */
    size_t (*record_length)(const void *state, const char *p, size_t n, bool at_end);
    /* Bytes to skip from an arbitrary place to the next place where a record starts whatever came before, SIZE_MAX if
     * none is known to be within p[n] (p + n itself counts as within). Whether p[1] is one is known from the first 256
     * bytes. record_length never passes over such a place: a piece of a file goes from the first one at or behind its
     * start to the first one at or behind its end. NULL if a file cannot be split, or only after a survey. */
    size_t (*resync)(const char *p, size_t n);
    /* NULL, or: how a file can be split whose records are known only to who has read what lies before. */
    const struct form_survey *survey;
    /* record (terminator included) -> event. READ_BAD sets *reason to a static text. Strings of the event point into
     * the record or the scratch, which the caller keeps until it has done with the event. Hostile input ends as
     * READ_BAD, nothing else fails. Records of a file come in order. */
    enum read_result (*parse)(void *state, struct str record, struct arena *scratch, struct event *event,
                              const char **reason);
    /* NULL: a record is one thing. Else called after each parse and each end until it gives READ_END: what else the
     * record holds. The record and the scratch are still there. */
    enum read_result (*next)(void *state, struct arena *scratch, struct event *event, const char **reason);
    /* NULL, or: the records of the file (or of the piece, and of what is around it) are all parsed. What is not
     * complete then comes from next. */
    void (*end)(void *state);
    /* Forms whose events are told by several records, which may lie on both sides of a cut: so many bytes before and
     * behind a piece are read too. 0: none. */
    int64_t around;
    /* Of these forms: told before each parse, with the record's place in the file. False, behind a piece: no more
     * records are wanted. An event belongs to the piece that has its first record. */
    bool (*place)(void *state, int64_t offset, enum record_place place);
    /* The text of a string of an event, in the arena or the field itself; valid UTF-8. NULL if fields are text as they
     * stand. */
    struct str (*decode)(struct str field, struct arena *arena);
    /* NULL, or: where the fields of the event that parse or next gave last came from; in the scratch. */
    void (*explain)(const void *state, struct arena *scratch, struct origin *out);
};

enum { LAYOUT_KINDS = 8, KIND_CONDITIONS = 4 };

/* Whether a value is one of "a|b"; "*x*" holds x, "x*" starts with it, "*x" ends in it, "*" is any text; "" is absent,
 * null, empty or
 * "-". Letters in any case. Of a list one member must. */
struct condition {
    const char *path, *values;
};

/* Records that meet all conditions (those with a path). */
struct record_kind {
    struct condition all[KIND_CONDITIONS];
    enum read_result result;        /* READ_EVENT, or why such a record is none */
    const char *reason;             /* of READ_BAD */
    const struct field_map *fields; /* names of this kind alone, NULL: those of the layout */
    enum platform platform;         /* of records that do not say, if it is not the layout's */
};

struct layout {
    struct plugin plugin;
    const struct form *form;
    /* The layout's own field names, where the input gives none; NULL: those of the README's record. A form that finds
     * its fields itself (the audit log) has empty ones. */
    const struct field_map *fields;
    /* The first kind that fits decides; none fits: READ_OTHER. No kinds: every record is an event. */
    struct record_kind kind[LAYOUT_KINDS];
    enum platform platform; /* of records that do not say */
    bool escaped_again;     /* values are escaped once more than the form says */
    /* NULL, or the last touch to an event: its strings are as the form decodes them, and may be replaced by others. */
    void (*finish)(struct event *event, struct arena *scratch);
};

/* A str in a static table. */
#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

const struct plugin_list *layout_list(void);
/* NULL if there is none of this name. */
const struct layout *layout_find(const char *name);

#endif
