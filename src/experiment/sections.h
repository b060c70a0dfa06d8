/* The sections of a configuration: known keys, parsing, canonical text, stages and files are loops over one table. */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "experiment/config.h"

struct parse {
    const struct json_doc *doc;
    struct arena *arena;
};

struct contents;

struct section {
    const char *key;
    enum stage stage; /* STAGE_NONE: where and how, not what */
    /* Sets all that the section stands for in *out; node NULL: it is absent. NULL: others read it. */
    bool (*parse)(const struct parse *in, const struct json *node, struct experiment *out, struct error *err);
    /* Appends the value in canonical form, which reads back as the same; nothing: the section is absent. NULL: never
     * written. */
    void (*write)(const struct experiment *experiment, struct buf *out);
    /* Puts the contents of the files that the section names in place of their paths. NULL: it names none. */
    bool (*contents)(struct contents *contents, struct experiment *experiment, struct error *err);
};

enum { SECTION_COUNT = 22 };
extern const struct section *const sections[SECTION_COUNT]; /* keys rising */

/* The table's row, or NULL. */
const struct section *section_find(const char *key);
/* What follows from several sections, once all are parsed. */
void sections_settle(struct experiment *experiment);

/* Appends the parameters as an object that is left open after one more key: its value and the brace are to follow. */
void section_open(const struct param_spec *specs, const void *params, const char *key, struct buf *out);

#endif
