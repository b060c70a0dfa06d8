/* A rank's own unique command fields, counted as they stand in the records: only new ones are decoded and normalised.
 */
#ifndef TELEMETRY_UNIQUE_H
#define TELEMETRY_UNIQUE_H

#include "support/arena.h"
#include "telemetry/normalize.h"
#include "telemetry/reader.h"

/* What is touched again for each record, half a cache line. */
struct unique_hot {
    struct hash128 key; /* of the raw field and its class */
    int64_t count;
    uint32_t spare;
    uint8_t truth, platform;
    bool dropped; /* its hash is not in the wanted part; no text is kept */
};

struct unique_cold {
    struct hash128 hash; /* of the canonical form */
    int64_t row;         /* within the segment */
    const char *text;
    uint32_t segment, n;
};

struct unique;

/* Lines of one class are judged alike: the same decoder and part. */
struct unique_class {
    const struct reader *reader;
    int64_t part_of, part_from, part_to;
    uint64_t key_seed; /* of this class alone */
};

/* Texts go to `texts`, entries to `own`; scratch is left as it was. */
struct unique *unique_new(const struct normalize *rules, uint64_t seed, struct arena *texts, struct arena *own,
                          struct arena *scratch);
void unique_free(struct unique *unique); /* NULL-safe */
/* The event's bytes must stay until the next unique_flush. Segments come in rising order. */
void unique_add(struct unique *unique, const struct unique_class *kind, const struct event *event, uint32_t segment,
                int64_t row);
void unique_flush(struct unique *unique);
size_t unique_count(const struct unique *unique);
/* Entries in order of their first record. */
const struct unique_hot *unique_hot(const struct unique *unique, size_t i);
const struct unique_cold *unique_cold(const struct unique *unique, size_t i);

#endif
