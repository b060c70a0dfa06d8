/* The forms, and what they share. */
#ifndef SCAN_FORMS_H
#define SCAN_FORMS_H

#include "scan/layout.h"
#include "scan/scan.h"

extern const struct form form_json;       /* objects that may span lines, one after the other or in lists */
extern const struct form form_json_lines; /* one object a line, nothing else */
extern const struct form form_csv;
extern const struct form form_audit;
extern const struct form form_xml;

/* Process creations of Windows event logs: id 1 of Sysmon, where a provider or channel is named at all (others use the
 * number too), and 4688. */
#define SYSMON_KIND(id, provider)                                                                                      \
    {                                                                                                                  \
        .all = { {id, "1"}, {provider, "*Sysmon*|"} }                                                                  \
    }
#define SECURITY_KIND(id)                                                                                              \
    {                                                                                                                  \
        .all = { {id, "4688"} }                                                                                        \
    }

/* Records that are lines. */
size_t line_length(const void *state, const char *p, size_t n, bool at_end);
size_t line_resync(const char *p, size_t n);

/* A text that says nothing: empty, or "-". */
static inline bool is_nothing(struct str text)
{
    return text.n == 0 || (text.n == 1 && text.p[0] == '-');
}

/* Of records that do not say; by: the number of their kind, from 1, or 0. */
static inline enum platform platform_by(const struct layout *layout, size_t by)
{
    enum platform own = by > 0 ? layout->kind[by - 1].platform : PLATFORM_UNKNOWN;
    return own != PLATFORM_UNKNOWN ? own : layout->platform;
}

bool text_is(struct str text, const char *word); /* ASCII letters in any case; word in lower case */
enum platform platform_of(struct str text);
enum truth truth_of(struct str text);

/* Whether the text is one of the condition's values, see struct condition; a text that is nothing fits "" alone. */
bool condition_holds(const char *values, struct str text);
/* Whether a record with this text (found: it has the field at all) passes an input's filter. */
static inline bool filter_passes(const struct field_filter *filter, bool found, struct str text)
{
    return !found || str_equal(text, filter->value);
}

#endif
