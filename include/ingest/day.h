/* A day of telemetry, read by all ranks and collapsed to its unique lines. */
#ifndef INGEST_DAY_H
#define INGEST_DAY_H

#include "comm/comm.h"
#include "ingest/catalog.h"
#include "scan/event.h"
#include "scan/layout.h"
#include "scan/normalize.h"

/* Unique lines, one an exact form (see normalize.h), each on exactly one rank: the one that read its first record.
 * Arrays [n], row rising. row: global record number (inputs in order, files in byte order of their names, records in
 * file order; good records only). text, platform, user, host, parent: of the first record. count: records of this exact
 * form in the day. truth: the worst of its records. Lines of one masked form may be several: what belongs together goes
 * by hash, which line it is by id.
 *
 * Only if options.groups (else NULL): who ran line i how often. user_at[n + 1]: its users are user_at[i] ..
 * user_at[i + 1] - 1 of user_hash (of the user's text, seeded; a record without the field has the hash of the empty
 * text), rising, and user_count, which sum to count[i]. The same for hosts. */
struct lines {
    size_t n;
    int64_t n_global; /* unique lines over all ranks */
    int64_t n_events; /* good records over all ranks, of the wanted parts: the sum of count */
    int64_t *row;
    int64_t *count;
    struct hash128 *id;             /* of the exact form: nobody can make two lines of one id */
    struct hash128 *hash;           /* of the masked form, seeded: XXH3, so lines of one hash can be made */
    struct str *text;               /* as logged; invalid UTF-8 never gets here */
    uint32_t *user, *host, *parent; /* [n] places in string; an empty text if the record has none */
    const struct str *string;       /* this rank's texts of these and of named fields, in order of appearance */
    uint8_t *platform, *truth;
    size_t *user_at, *host_at;
    uint64_t *user_hash, *host_hash;
    int64_t *user_count, *host_count;
    size_t n_fields;
    struct str **field; /* [n_fields][n] values of options.fields, of the first record; an empty text if it has none */
};

/* Sums over all ranks, the same on every rank. */
struct ingest_stats {
    int64_t files, bytes; /* bytes on disk */
    int64_t records, bad, blank;
    int64_t filtered[N_FILTERED]; /* whole records that are no event, by read_result_name(READ_OTHER + i) */
    int64_t unreadable;           /* files that could not be opened or ended early (what was whole in them is kept) */
    int64_t synthetic;            /* records that say they are synthetic */
    uint64_t input_digest;        /* of the file names below the data folder and their sizes */
    double seconds;
};

struct ingest_options {
    const char *data_dir;      /* relative paths start here; NULL or "" is the working folder */
    struct listings *listings; /* where the files' lists are remembered; NULL: they are listed anew */
    const char *quarantine;    /* JSON lines {what, file, line, offset, reason, bytes} of bad records and files are
                                  appended here; NULL: counted only */
    struct normalize normalize;
    uint64_t seed;            /* of the line hashes */
    int64_t max_record_bytes; /* longer records are bad */
    int64_t segment_bytes;    /* size of the pieces that plain files are cut into; 0: as is best. No answer depends on
                                 it but the order of events whose records are mixed */
    bool groups;              /* lines say who ran them */
    /* Names of record fields whose texts lines bring along, at most 8. host, user, parent_image, image and platform
     * (windows, linux, macos) are what the format and its field map make of the record, source what the field map calls
     * so; any other name is a JSON path or a CSV column, as in the field map, and empty in formats that are neither. In
     * JSON numbers, true and false are texts as they stand, lists of strings are joined as a command is; null, "-" and
     * other values are empty. */
    const char *const *fields;
    size_t n_fields;
    const char *what; /* the input's name in warnings and the quarantine: "day 3", "test expert"; NULL: none */
};

extern const struct param_spec ingest_params[]; /* rows of struct ingest_options that are plain parameters */

/* Collective. Bad records and unreadable files are counted and quarantined, with a warning; it fails only if an input
 * matches no file at all, the format is unknown or not found out ("auto"), a named field is none, or the quarantine
 * cannot be written. lines live in the arena. */
MUST_CHECK bool day_read(const struct comm *comm, const struct input *inputs, size_t n_inputs,
                         const struct ingest_options *options, struct arena *arena, struct lines *out,
                         struct ingest_stats *stats, struct error *err);
int64_t ingest_filtered(const struct ingest_stats *stats);                    /* for whatever reason; local */
void ingest_add(struct ingest_stats *total, const struct ingest_stats *more); /* local */

#endif
