/* A rank's own unique lines. Command fields are counted as they stand in the records: one whose bytes were met before
 * is not looked at again, any other is decoded and normalised, and kept if its exact form was not met before. XXH3 only
 * says where to look: bytes decide which spellings are the same, 128 bits of SHA-256 which exact forms are. */
#ifndef INGEST_UNIQUE_H
#define INGEST_UNIQUE_H

#include "named_fields.h"
#include "scan/layout.h"
#include "scan/normalize.h"
#include "support/arena.h"

/* One exact form: what counting touches. */
struct unique_line {
    int64_t count;
    char *text; /* of the first record: as it stands in the record until unique_seal, then decoded */
    uint32_t n;
    uint16_t class_number; /* whose decoder is still to be used; for unique.c */
    uint8_t truth;
    uint8_t platform : 7, kept : 1; /* of the first record; 1, for collapse */
};

/* The rest of it. */
struct unique_first {
    struct hash128 id, hash;     /* of the exact and of the masked form */
    int64_t row;                 /* of the first record: within its segment */
    uint32_t segment;            /* of the first record */
    uint32_t user, host, parent; /* likewise: see unique_string */
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
/* Nothing will be added any more: decodes the texts and gives back what only adding needs, to the texts' arena. The
 * rest lives as long as the arenas. */
void unique_seal(struct unique *unique);
/* Lines in order of their first record. */
size_t unique_count(const struct unique *unique);
struct unique_line *unique_line(const struct unique *unique, size_t i);
struct unique_first *unique_first(const struct unique *unique, size_t i);
/* Places of line i's named fields, [fields->n], of the first record: see unique_string. */
const uint32_t *unique_fields(const struct unique *unique, size_t i);
/* Texts of users, hosts, parents and named fields, among the texts. */
size_t unique_string_count(const struct unique *unique);
struct str unique_string(const struct unique *unique, uint32_t string);
/* Without options.groups there are none. */
size_t unique_group_count(const struct unique *unique, enum unique_column column);
const struct unique_group *unique_group(const struct unique *unique, enum unique_column column, size_t i);

#endif
