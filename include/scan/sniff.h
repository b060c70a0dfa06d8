/* Which layout the first bytes of a file are in. */
#ifndef SCAN_SNIFF_H
#define SCAN_SNIFF_H

#include "scan/layout.h"

enum { SNIFF_BYTES = 64 * 1024, SNIFF_RECORDS = 200 };

/* What a layout makes of the first records of a head. */
struct sniff_count {
    int64_t events, filtered, bad;
    int64_t fields;   /* of the events that have a value, command lines left out */
    char reason[128]; /* of the first bad one */
};

/* given: the input's own field names. head: the file's first bytes, decompressed; whole: they are all of it. Reads at
 * most SNIFF_RECORDS records that are complete, or the head itself if none is. Local, pure. */
struct sniff_count sniff_read(const struct field_map *given, const struct layout *layout, struct str head, bool whole);
/* The layout that finds most events in the head, then most fields in them, then most records of its kind, always more
 * than bad ones; of equal ones the first that can split files, then the first by name. NULL if there is none. */
const struct layout *sniff_format(const struct field_map *given, struct str head, bool whole);
/* False, and why, if the head is of a binary or 16-bit file that no layout takes; archives are named. */
bool sniff_readable(const char *path, struct str head, struct error *err);
/* Says what the first record looks like, and why each of the nearest layouts does not fit. Always false. */
bool sniff_fail(const struct field_map *given, const char *path, struct str head, bool whole, struct error *err);

#endif
