/* JSON values as the forms need them: cut out of a file, by path, as text. */
#ifndef SCAN_JSON_VALUES_H
#define SCAN_JSON_VALUES_H

#include "forms.h"
#include "json_path.h"

bool json_is_between(char c); /* what may stand between objects, in a list or not */
/* form.record_length and form.resync of objects that may span lines, one after the other or in one list. What lies
 * behind an object belongs to it. An object that is cut off ends at a line break inside a string, or where a line
 * begins with a brace. */
size_t json_object_length(const void *state, const char *p, size_t n, bool at_end);
size_t json_resync(const char *p, size_t n);

/* The text of a scalar: a string unescaped, a number or literal as it stands; empty if absent or null. */
struct str json_text(const struct scan_field *field, struct arena *scratch);
/* What an event keeps of a value: a string's inside, a number as it stands, a list of strings without its opening
 * bracket (it starts with a quote, as no raw string can); empty for all else and for what is nothing. */
struct str json_raw(const struct scan_field *field, bool vector);
/* The same for what is no vector, without a call for what is mostly there. */
static inline struct str json_raw_one(const struct scan_field *field)
{
    if (field->type == SCAN_OTHER)
        return json_raw(field, false);
    return field->type == SCAN_ABSENT || is_nothing(field->raw) ? (struct str){"", 0} : field->raw;
}
/* The same, and true and false too: what `more` brings. */
struct str json_raw_any(const struct scan_field *field);
/* Of what json_raw gave: the string unescaped, or the list joined, quoted the way a POSIX shell reads it back. */
struct str json_decode(struct str field, struct arena *arena);
/* Whether a condition holds: of a list, one member is enough. */
bool json_condition(const char *values, const struct scan_field *field, struct arena *scratch);
/* A raw text whose text is escaped once more: the inner raw text, in the arena; itself if it is not. */
struct str json_escaped_again(struct str raw, struct arena *arena);

/* How many of the fields' names the record has; 0 if it is no JSON object. */
size_t json_fields_found(const struct layout *layout, const struct field_map *fields, struct str record,
                         struct arena *scratch);

#endif
