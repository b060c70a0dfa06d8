/* Markers: literal substrings counted in one pass by an Aho-Corasick automaton (Aho and Corasick, CACM 1975).
 * ASCII letters match in either case. A marker counts once for each position at which it starts, so occurrences may
 * overlap:
 * ";;;" holds ";;" twice, and "&&for" counts for "&&" too. */
#ifndef FEATURES_EXPERT_MARKERS_H
#define FEATURES_EXPERT_MARKERS_H

#include "support/str.h"

enum {
    MARKERS = 30,      /* the columns */
    MARKER_WORDS = 11, /* after them: words that only the check for encoding asks for */
    MARKERS_ALL = MARKERS + MARKER_WORDS,
    MARKER_ENC_FIRST = 4, /* " -ec " to "frombase64string(" are proof of encoding by themselves; " -e " is not */
    MARKER_ENC_LAST = 7,
};

/* The literal of marker i, in lower case. */
const char *marker_text(size_t i);
/* count[MARKERS_ALL], all written. Local, pure. */
void markers_count(struct str line, uint32_t *count);

#endif
