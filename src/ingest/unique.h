/* A rank's own unique lines. Command fields are counted as they stand in the records; only a spelling not met before is
 * decoded and normalised, and only a canonical form not met before is stored. */
#ifndef INGEST_UNIQUE_H
#define INGEST_UNIQUE_H

#include "named_fields.h"
#include "scan/layout.h"
#include "scan/normalize.h"
#include "support/arena.h"

/* One canonical form: a cache line. */
struct unique_line {
    struct hash128 hash;           /* of the canonical form */
    int64_t count, row;            /* row of the first record: within its segment */
    const char *text;              /* of the first record */
    uint32_t n;                    /* bytes of the text */
    uint32_t segment;              /* of the first record */
    uint32_t user, host, parent;   /* of the first record: see unique_string */
    uint8_t truth, platform, kept; /* kept: 1; for collapse */
};

/* How often a line came with one user or host. */
struct unique_group {
    uint64_t hash; /* of the user or host */
    int64_t count;
    uint32_t line;
};

enum unique_column { COLUMN_USER, COLUMN_HOST, N_COLUMNS };

struct unique;

/* Lines of one class are judged alike: the same decoder and part. */
struct unique_class {
    const struct layout *layout;
    int64_t part_of, part_from, part_to;
    uint64_t key_seed; /* of this class alone */
};

struct unique_options {
    const struct normalize *rules;
    uint64_t seed;
    bool groups;
    const struct named_fields *fields;   /* NULL: none */
    int64_t bytes;                       /* about how much will be read, uncompressed */
    struct arena *texts, *own, *scratch; /* for texts; for all else; left as it was */
};

struct unique *unique_new(const struct unique_options *options);
/* The event's bytes must stay until the next unique_flush. Segments come in rising order. */
void unique_add(struct unique *unique, const struct unique_class *kind, const struct event *event, uint32_t segment,
                int64_t row);
void unique_flush(struct unique *unique);
/* Nothing will be added any more: gives back what only that needs, to the texts' arena. The rest lives as long as the
 * arenas. */
void unique_seal(struct unique *unique);
/* Lines in order of their first record. */
size_t unique_count(const struct unique *unique);
struct unique_line *unique_line(const struct unique *unique, size_t i);
/* Places of line i's named fields, [fields->n], of the first record: see unique_string. */
const uint32_t *unique_fields(const struct unique *unique, size_t i);
/* Texts of users, hosts, parents and named fields, among the texts. */
size_t unique_string_count(const struct unique *unique);
struct str unique_string(const struct unique *unique, uint32_t string);
/* Without options.groups there are none. */
size_t unique_group_count(const struct unique *unique, enum unique_column column);
const struct unique_group *unique_group(const struct unique *unique, enum unique_column column, size_t i);

#endif
