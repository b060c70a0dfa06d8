/* Values of a JSON object by path: "a", "a.b.c", and alternatives "a.b|c", of which the first with a text counts.
 *
 * A path goes through objects, and through texts that hold one; a key that holds dots itself matches too
 * ("event_data.CommandLine" finds {"event_data": {"CommandLine": 1}} and {"event_data.CommandLine": 1}). In an array a
 * number is the place of an element ("InsertionStrings.8"), and a word the name in a list of pairs: [{"Name":
 * "CommandLine", "text": "x"}], and # is how many elements there are. A path that ends in "[]" means a vector of
 * arguments. */
#ifndef SCAN_JSON_PATH_H
#define SCAN_JSON_PATH_H

#include "scan/scan.h"

struct json_paths;

/* Whether wanted[n] are plain top-level names, which scan_object finds by itself. */
bool json_paths_flat(const struct str *wanted, size_t n);
/* An alternative that was found. */
struct json_found {
    struct str path; /* as it is written; empty: none */
    bool vector;
};
/* Compiles wanted[n] into the arena; the strings stay the caller's. */
struct json_paths *json_paths_new(const struct str *wanted, size_t n, struct arena *arena);
/* out[n]: of the alternatives the first that says something, see json_says; if none does, the first that is there.
 * found[n]: which one. False if the record is not a valid JSON object. */
bool json_paths_find(const struct json_paths *paths, struct str record, struct arena *scratch, struct scan_field *out,
                     struct json_found *found, const char **reason);
/* Whether a value is neither absent, null, "", "-", an object, nor a list of nothing but those. */
bool json_says(const struct scan_field *field);
struct scan_field json_field(struct str value); /* of a valid value's bytes */
/* The element of a list that has one; else the field itself. */
struct scan_field json_scalar(struct scan_field field);
/* The elements of a valid list: the next one from *at on, which starts as 0; n == 0 at the end. */
struct str json_element(struct str list, size_t *at);
/* Bytes of the value at the start of p[n], which is known to be valid JSON. */
size_t json_value_length(const char *p, size_t n);
size_t json_blanks(const char *p, size_t n); /* JSON's blanks at the start of p[n] */

#endif
