/* The files of a day, cut into pieces of work that do not depend on the number of ranks. */
#ifndef INGEST_SEGMENTS_H
#define INGEST_SEGMENTS_H

#include "bytes/source.h"
#include "comm/comm.h"
#include "ingest/catalog.h"
#include "scan/layout.h"

/* The least bytes of a segment, plain and packed; the least of a file that is cut. */
enum { SEGMENT_BYTES = 4 * 1024 * 1024, PACKED_BYTES = 1024 * 1024, CUT_BYTES = 2 * PACKED_BYTES };

struct file {
    const char *path;      /* can be opened */
    size_t name;           /* path + name: below the data folder */
    size_t input;          /* which input it belongs to */
    int64_t size;          /* 0 if it cannot be looked at */
    int64_t problem;       /* 0, or why it cannot: see catalog_file */
    enum source_kind kind; /* SOURCE_UNKNOWN: who reads it finds out; it is not cut */
    const int64_t *cut;    /* [n_cuts] rising: where a zstd file of several frames is cut */
    size_t n_cuts;
};

struct file_list {
    size_t n;
    int64_t bytes;
    int64_t piece;     /* about how big segments are, of plain files */
    struct file *file; /* inputs in order, files of one input in byte order of their paths, each once */
};

/* The catalogs of the inputs, one after the other, with the kinds of the files that may be cut: of CUT_BYTES or more,
 * or of more than segment_bytes (as in struct cutting). Collective. Fails as catalog_of_input does. */
MUST_CHECK bool files_list(const struct comm *comm, struct listings *listings, const struct input *inputs,
                           size_t n_inputs, const char *data_dir, int64_t segment_bytes, struct arena *arena,
                           struct file_list *out, struct error *err);

/* Of a plain file: the records from the first place at or behind `start` where one starts whatever came before (see
 * form.resync; or after a survey the first place where one starts) up to the first such place at or behind `end`. Forms
 * with `around`: the events whose first record starts at start .. end - 1. Of a zstd file: start .. end - 1 are the
 * compressed bytes of whole frames, and the segment has the records that start behind the first byte that comes out of
 * them, up to and including the first byte behind them: whether a record starts with a frame's first byte is known only
 * to who read what lies before. The first segment of a file has its first byte as well. end is INT64_MAX in the last.
 */
struct segment {
    size_t file;
    int64_t start, end;
    int rank;                 /* who reads it */
    enum survey_start begins; /* of forms with a survey: what is true at `start` */
};

/* How files may be cut. */
struct cutting {
    const struct layout *const *layout; /* [n_inputs] */
    int64_t max_record;
    int64_t segment_bytes; /* of plain files; 0: as the day wants them */
};

struct segment_list {
    size_t n;
    struct segment *segment; /* in row order */
    int64_t own_bytes;       /* of this rank's, on disk */
    int64_t own_work;        /* about how many bytes those are uncompressed */
};

/* gzip files are never cut. Segments are about equally big where the file allows, and are dealt biggest first to the
 * rank with the least work. Collective: the ranks share the search for frames and for what must be known of whole
 * files, then each computes the same list. */
struct segment_list segments_cut(const struct comm *comm, struct file_list *files, const struct cutting *cutting,
                                 struct arena *arena);

#endif
