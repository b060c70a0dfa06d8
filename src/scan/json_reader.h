/* What the readers of JSON formats share. A format is a table: its field names, its platform, which records are process
 * creations. */
#ifndef SCAN_JSON_READER_H
#define SCAN_JSON_READER_H

#include "scan/reader.h"
#include "scan/scan.h"

enum { JSON_EXTRA = 3 };

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    } /* a struct str in a static table */

/* What a format looks at besides the event's fields: READ_EVENT, or why it is none. extra: as json_kind.extra. */
typedef enum read_result json_keep(const struct scan_field *extra, const char **reason);

struct json_kind {
    json_keep *keep;              /* NULL: every record is an event */
    struct str extra[JSON_EXTRA]; /* paths of the values that keep is given; unused ones are empty */
    enum platform platform;       /* of records that do not say */
};

void *json_start(const struct json_kind *kind, const struct field_map *fields, struct arena *arena);
/* reader.parse. Of formats with a keep function, process creations without a command line are filtered: logging it is
 * switched off or was not possible. The command may be a list of strings: it is joined, quoted the way a POSIX shell
 * reads it back. */
enum read_result json_parse_event(void *state, struct str record, struct arena *scratch, struct event *event,
                                  const char **reason);
struct str json_decode(struct str field, struct arena *arena);

/* One object a line: of json_start's state, which looks at all lines of a buffer at once. */
void json_look(void *state, const char *p, size_t n);
size_t json_line_length(const void *state, const char *p, size_t n, bool at_end);
/* The same without. */
size_t line_length(const void *state, const char *p, size_t n, bool at_end);
size_t line_resync(const char *p, size_t n);
/* Objects that may span lines, one after the other or in one list: brackets and commas between objects are passed over.
 * An object that is cut off ends at a line break inside a string, or where a line begins with a brace. */
enum read_result json_parse_object(void *state, struct str record, struct arena *scratch, struct event *event,
                                   const char **reason);
size_t json_object_length(const void *state, const char *p, size_t n, bool at_end);

bool json_is_blank(struct str record);
bool text_is(struct str text, const char *word); /* ASCII letters in any case */
enum platform platform_of(struct str text);
enum truth truth_of(struct str text);
/* How many of the fields' names the record has; 0 if it is no JSON object. */
size_t json_fields_found(const struct field_map *fields, struct str record, struct arena *scratch);

#endif
