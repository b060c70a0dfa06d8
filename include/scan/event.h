/* One process-creation event as a layout hands it over. */
#ifndef SCAN_EVENT_H
#define SCAN_EVENT_H

#include "support/str.h"

/* Known truth of a line, where a corpus has it. Seen only by the oracle backend and by evaluation
 * (tests/lint/truth.py). */
enum truth { TRUTH_UNKNOWN, TRUTH_BENIGN, TRUTH_MALICIOUS };
enum platform { PLATFORM_UNKNOWN, PLATFORM_WINDOWS, PLATFORM_LINUX, PLATFORM_MACOS };

/* Views of the record, still escaped as its form has it: equal bytes are equal text, and form.decode gives that
 * text. A field that the record lacks, or that is not a string, has n == 0. */
struct event {
    struct str command, host, user, parent, image, time;
    enum platform platform;
    enum truth truth;
    bool synthetic;         /* made by `benomaly generate`, says its own source field */
    const struct str *more; /* values of the field map's `more`, in its order; NULL: the form finds none */
};

const char *platform_name(enum platform platform); /* "windows", ... ; "unknown" */
const char *truth_name(enum truth truth);          /* "benign", "malicious", "unknown" */

#endif
