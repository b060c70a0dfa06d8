/* Records and files that could not be used, kept to be looked at: JSON lines in row order, the same for any number of
 * ranks. */
#ifndef INGEST_QUARANTINE_H
#define INGEST_QUARANTINE_H

#include "comm/comm.h"
#include "scan/layout.h"
#include "segments.h"

/* What a segment came to, or a day: a row of int64 numbers. */
struct tally {
    int64_t records, bad, blank, synthetic;
    int64_t filtered[N_FILTERED];
    int64_t newlines;         /* in the segment */
    int64_t bytes;            /* of a part of a zstd file, uncompressed; else 0 */
    int64_t damaged;          /* 1: could not be opened or ended early */
    int64_t quarantine_bytes; /* kept of its bad records */
};

/* Of a segment, for places of its bad records in the file. */
struct extent {
    int64_t newlines, bytes, quarantine_bytes; /* as in its tally */
};

struct quarantine {
    struct arena *arena; /* NULL: nothing is kept */
    const char *what;    /* the input's name; NULL: none */
    struct bad *first, *last;
    int64_t bytes; /* of all segments so far */
};

struct quarantine quarantine_start(struct arena *arena, const char *what);
/* line: newlines of the segment before the record; a file's own trouble is a record without bytes. Segments come in
 * rising order. A flood is cut off: what is kept of one segment and of the whole day is bounded. */
void quarantine_add(struct quarantine *quarantine, struct tally *tally, size_t segment, int64_t line, int64_t offset,
                    const char *reason, struct str bytes);
/* Collective. Appends to the file. extent[segments->n]: zero but for this rank's segments; it becomes the same on every
 * rank. bytes: quarantine_bytes of all segments of all ranks; if they are 0, nothing is done. */
MUST_CHECK bool quarantine_write(const struct comm *comm, const struct quarantine *quarantine,
                                 const struct file_list *files, const struct segment_list *segments,
                                 struct extent *extent, int64_t bytes, const char *path, struct error *err);

#endif
