/* Where the records of event XML lie. The tags <Event> and </Event> are told from the bytes alone: a raw < stands
 * nowhere else in well-formed text (CDATA that quotes such a tag is cut there, and bad).
 *
 * An event goes from its <Event>, if another tag stands right before that, else from the start of its line (a syslog
 * head belongs to it) or from where an event before it on that line ends, to behind its </Event>, the blanks there and
 * one line break. One that is not closed ends before the next that opens. Outside of events a line is a record. */
#ifndef SCAN_XML_CUT_H
#define SCAN_XML_CUT_H

#include "support/str.h"

size_t xml_record_length(const void *state, const char *p, size_t n, bool at_end);
/* Where a line begins whose first tag opens an event, with no more than a syslog head before it, and where an event
 * opens right behind another tag: one byte before tells. */
size_t xml_resync(const char *p, size_t n);
/* Where the record's event opens; SIZE_MAX: it has none. */
size_t xml_event_start(struct str record);
/* Whether the record, which has no event, is what exporters write around events: declarations, the outermost element,
 * comments, blanks. */
bool xml_is_between(struct str record);

#endif
