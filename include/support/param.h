/* A parameter is one row: default, range, JSON key, --set path, help line, sweep value, stored attribute. */
#ifndef SUPPORT_PARAM_H
#define SUPPORT_PARAM_H

#include "support/arena.h"
#include "support/json.h"

enum param_type {
    PARAM_TYPE_END,
    PARAM_TYPE_BOOL,
    PARAM_TYPE_INT,
    PARAM_TYPE_REAL,
    PARAM_TYPE_STRING,
    PARAM_TYPE_FILE
};

struct param_spec {
    const char *name;
    enum param_type type;
    size_t offset;              /* of the field: bool, int64_t, double or const char * */
    double number, min, max;    /* default and inclusive range of bool, int, real */
    const char *text;           /* default of a string or file */
    const char *const *choices; /* of a string: NULL-terminated list, or NULL for any text */
    const char *help;
    bool incidental; /* how, not what: cannot change a result (an address, a time-out); left out of canonical JSON */
};

#define PARAM_ROW(type, kind, field, value, low, high, string, list, help_text, aside)                                 \
    {                                                                                                                  \
#field, kind, offsetof(type, field), value, low, high, string, list, help_text, aside                          \
    }
#define PARAM_BOOL(type, field, value, help_text)                                                                      \
    PARAM_ROW(type, PARAM_TYPE_BOOL, field, value, 0, 1, NULL, NULL, help_text, false)
#define PARAM_INT(type, field, value, low, high, help_text)                                                            \
    PARAM_ROW(type, PARAM_TYPE_INT, field, value, low, high, NULL, NULL, help_text, false)
#define PARAM_REAL(type, field, value, low, high, help_text)                                                           \
    PARAM_ROW(type, PARAM_TYPE_REAL, field, value, low, high, NULL, NULL, help_text, false)
#define PARAM_STRING(type, field, value, help_text)                                                                    \
    PARAM_ROW(type, PARAM_TYPE_STRING, field, 0, 0, 0, value, NULL, help_text, false)
/* The path of a file that is read, "" for none: results are known by the file's content, not by the path. */
#define PARAM_FILE(type, field, help_text) PARAM_ROW(type, PARAM_TYPE_FILE, field, 0, 0, 0, "", NULL, help_text, false)
#define PARAM_CHOICE(type, field, value, list, help_text)                                                              \
    PARAM_ROW(type, PARAM_TYPE_STRING, field, 0, 0, 0, value, list, help_text, false)
/* The same, incidental. */
#define PARAM_ASIDE_BOOL(type, field, value, help_text)                                                                \
    PARAM_ROW(type, PARAM_TYPE_BOOL, field, value, 0, 1, NULL, NULL, help_text, true)
#define PARAM_ASIDE_INT(type, field, value, low, high, help_text)                                                      \
    PARAM_ROW(type, PARAM_TYPE_INT, field, value, low, high, NULL, NULL, help_text, true)
#define PARAM_ASIDE_REAL(type, field, value, low, high, help_text)                                                     \
    PARAM_ROW(type, PARAM_TYPE_REAL, field, value, low, high, NULL, NULL, help_text, true)
#define PARAM_ASIDE_STRING(type, field, value, help_text)                                                              \
    PARAM_ROW(type, PARAM_TYPE_STRING, field, 0, 0, 0, value, NULL, help_text, true)
#define PARAM_END                                                                                                      \
    {                                                                                                                  \
        NULL, PARAM_TYPE_END, 0, 0, 0, 0, NULL, NULL, NULL, false                                                      \
    }

/* Fills the struct with defaults. specs may be NULL (no parameters). */
void params_default(const struct param_spec *specs, void *params);
/* Sets fields from the members of a JSON object (NULL: nothing to set). Unknown keys, wrong types and values out of
 * range are refused with the place and, for keys, the nearest known one. Strings are copied to the arena. skip:
 * NULL-terminated keys that belong to the caller and are passed over, or NULL. */
MUST_CHECK bool params_from_json(const struct param_spec *specs, void *params, const struct json_doc *doc,
                                 const struct json *object, const char *const *skip, struct arena *arena,
                                 struct error *err);
/* Appends {"key":value,...} in canonical form (every parameter that is not incidental, defaults included). */
void params_to_json(const struct param_spec *specs, const void *params, struct buf *out);
/* Calls visit for the path of every file parameter; it may put another one there. */
void params_files(const struct param_spec *specs, void *params, void (*visit)(void *context, const char **path),
                  void *context);
/* Appends one help line a parameter: name, type, default, range, text. */
void params_help(const struct param_spec *specs, const char *indent, struct buf *out);

#endif
