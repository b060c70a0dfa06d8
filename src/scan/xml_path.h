/* Values of an XML document by path, read by expat. A path names elements below the outermost one, without prefixes:
 *
 *   System/EventID             the element's own text
 *   System/Provider@Name       an attribute
 *   EventData/Data[Image]      of elements of one name the one whose attribute Name is this
 *   EventData/Data[8]          ... the one at this place, from 0
 *   a|b                        a, or b where a is absent, blank or "-"
 *
 * Of several that a path fits the last that says something counts. */
#ifndef SCAN_XML_PATH_H
#define SCAN_XML_PATH_H

#include "support/arena.h"
#include "support/str.h"

struct xml_paths; /* one document at a time, in the whole process */

struct xml_value {
    bool found;
    size_t rank;           /* which of the alternatives */
    struct str text, path; /* text: references undone, in the scratch; path: that alternative */
};

/* name[n] must live as long. */
struct xml_paths *xml_paths_new(const struct str *name, size_t n, struct arena *arena);
/* The document's values out[n]. False and why (in the scratch) if it is not well-formed UTF-8 and XML or too deep.
 * Document types are refused: no entities but XML's own. Takes no more scratch than a small multiple of the document.
 */
bool xml_paths_find(struct xml_paths *paths, struct str document, struct arena *scratch, struct xml_value *out,
                    const char **reason);
/* Without blanks around. */
struct str xml_trim(struct str text);

#endif
