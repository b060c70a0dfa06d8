/* Values of a JSON object by path: "a", "a.b.c", and alternatives "a.b|c", of which the first with a text counts.
 *
 * A path goes through objects; a key that holds dots itself matches too ("event_data.CommandLine" finds
 * {"event_data": {"CommandLine": 1}} and {"event_data.CommandLine": 1}). In an array a number is the place of an
 * element
 * ("InsertionStrings.8"), and a word the name in a list of pairs: [{"Name": "CommandLine", "text": "x"}]. */
#ifndef SCAN_JSON_PATH_H
#define SCAN_JSON_PATH_H

#include "scan/scan.h"

struct json_paths;

/* Whether wanted[n] are plain top-level names, which scan_object finds by itself. */
bool json_paths_flat(const struct str *wanted, size_t n);
/* Compiles wanted[n] into the arena; the strings stay the caller's. */
struct json_paths *json_paths_new(const struct str *wanted, size_t n, struct arena *arena);
/* out[n]: of the alternatives the first that is neither absent, null, "" nor "-"; if all are, the first that is there.
 * False if the record is not a valid JSON object. */
bool json_paths_find(const struct json_paths *paths, struct str record, struct arena *scratch, struct scan_field *out,
                     const char **reason);
/* Bytes of the value at the start of p[n], which is known to be valid JSON. */
size_t json_value_length(const char *p, size_t n);
size_t json_blanks(const char *p, size_t n); /* JSON's blanks at the start of p[n] */

#endif
