/* libevtx's XML as one line. */
#ifndef BYTES_EVTX_XML_H
#define BYTES_EVTX_XML_H

#include "support/str.h"

/* Appends the record and a newline. False, with nothing appended, if its tags are no well-formed document. */
bool evtx_line(struct str xml, struct buf *out);

#endif
