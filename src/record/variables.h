/* Everything that a run's file holds, one row each: the table writes the file, reads it back and is its documentation.
 * A row knows where its numbers lie in struct result, so that both ways go through the same place. */
#ifndef RECORD_VARIABLES_H
#define RECORD_VARIABLES_H

#include "record/result.h"
#include "store/store.h"
#include "support/arena.h"

enum { SCHEMA_VERSION = 2, MOST_AXES = 3 }; /* a change of meaning raises the version */
#define SCHEMA_VERSION_NAME "schema_version"
#define SCHEMA_AXES         "/axes"    /* attributes: the run's place in its sweep */
#define SCHEMA_DIGESTS      "/digests" /* attributes: 16 hex digits each */

enum axis_id {
    AXIS_NONE,
    AXIS_TEST,
    AXIS_SIZE,
    AXIS_RESAMPLE,
    AXIS_DAY,
    AXIS_PICK,
    AXIS_LINE,
    AXIS_HALF,
    AXIS_FIELD,
    AXIS_GROUP,
    AXIS_BACKEND,
    AXIS_SEQUENCE,
    AXIS_COUNT
};

/* A value's C type in struct result. */
enum cell {
    CELL_F64,
    CELL_F32,
    CELL_I64,
    CELL_I32,
    CELL_U64,
    CELL_U32,
    CELL_U8,
    CELL_BOOL,
    CELL_TEXT, /* const char *; NULL is written as "" */
    CELL_STR   /* struct str */
};

/* Where a value lies: in an array that struct result points to, or where `find` says. */
struct place {
    enum cell cell;
    size_t array, stride, offset; /* of the pointer in struct result; of an element; in an element */
    void *(*find)(const struct result *result, size_t each, const size_t at[MOST_AXES]);
};

struct axis {
    const char *path;
    size_t count;       /* offset of its length in struct result; AXIS_HALF: 2 */
    struct place value; /* stride 0: counted from 1 */
    const char *unit, *long_name;
};

enum each { EACH_ONCE, EACH_METRIC, EACH_FIELD };
enum part { PART_NUMBERS = 1, PART_RESAMPLES = 2, PART_DETAILS = 4, PART_LINES = 8 };

struct variable {
    const char *path; /* "%s": once for each metric (field), under its name */
    enum axis_id axis[MOST_AXES];
    struct place place;
    enum each each;
    enum part part;
    enum axis_id of;                      /* it holds places of this axis, from 0; -1: none */
    const char *unit, *long_name, *flags; /* unit NULL: the metric's; flags: meanings of 0, 1, ..., blanks between */
};

struct attribute { /* of the file itself */
    const char *name;
    enum cell cell;
    size_t offset; /* in struct result */
    const char *unit, *long_name;
};

extern const struct axis axes[AXIS_COUNT];
extern const struct variable variables[];
extern const size_t n_variables;
extern const struct attribute attributes[];
extern const size_t n_attributes;

size_t axis_length(const struct result *result, enum axis_id id);
/* Shape of a variable; returns its rank. */
size_t variable_shape(const struct result *result, const struct variable *v, size_t shape[MOST_AXES]);
/* How often a row stands in a file, and the i-th time's path, unit and long name. */
size_t variable_times(const struct result *result, const struct variable *v);
const char *variable_path(const struct result *result, const struct variable *v, size_t i, struct arena *arena);
const char *variable_unit(const struct variable *v, size_t i);
const char *variable_long_name(const struct result *result, const struct variable *v, size_t i, struct arena *arena);
/* The place of element `flat` (row-major). */
void *variable_at(const struct result *result, const struct variable *v, size_t each, size_t flat);
/* text with its "%s", if any, replaced. */
const char *put_name(const char *text, const char *name, struct arena *arena);
/* How a cell is stored; strings have no type of numbers. */
bool cell_is_text(enum cell cell);
enum store_type cell_store_type(enum cell cell);
size_t cell_bytes(enum cell cell);
/* Zero-terminated. */
const char *text_of(struct str s, struct arena *arena);

/* Reads parts (of enum part) of an open file into *out, whose arrays are made. What was not asked for is zero or NULL.
 */
MUST_CHECK bool run_read_parts(struct store *store, unsigned parts, struct arena *arena, struct result *out,
                               struct error *err);
/* Puts the file before a message that does not start with it, as those of the store do. Returns false. */
bool name_file(const char *path, struct error *err);

#endif
