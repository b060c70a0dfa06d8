/* The records of one segment of a file, through one reused buffer. */
#ifndef INGEST_STREAM_H
#define INGEST_STREAM_H

#include "bytes/source.h"
#include "scan/layout.h"
#include "segments.h"

enum { STREAM_BYTES = 256 * 1024, STREAM_HEAD = 4096 };

enum stream_step {
    STREAM_RECORD, /* a whole record */
    STREAM_LONG,   /* the head of a record that is too long, at most STREAM_HEAD bytes */
    STREAM_DRY,    /* call stream_fill, which moves the buffer */
    STREAM_END,
};

enum stream_skip { SKIP_NOTHING, SKIP_TO_RESYNC, SKIP_TO_KNOWN, SKIP_TO_LINE };

struct stream {
    const struct layout *layout;
    const void *state; /* of the layout, for this segment */
    struct source source;
    struct arena *arena; /* buffers */
    char *p;             /* bytes at .. n - 1 are not consumed yet */
    size_t at, n, capacity;
    int64_t base;       /* place of p[0] in the file, or of a zstd file in what comes out of the segment's frames */
    int64_t start, end; /* the segment, see there; end INT64_MAX: not known yet */
    size_t max_record;
    bool ended;               /* nothing more will come */
    enum stream_skip skip;    /* on the way to the next record start */
    enum survey_start known;  /* on this way, after a survey: what is true at p[at] */
    bool counts;              /* newlines: somebody will ask for a record's line */
    size_t counted;           /* newlines before p[counted] are in the numbers below */
    int64_t newlines, behind; /* in start .. end - 1; behind the end */
};

/* Opens a segment; the buffer of a stream used before is used again. Starts zeroed but for arena and max_record.
 * If the file cannot be opened it ends at once, with source.reason set. */
void stream_open(struct stream *stream, const struct layout *layout, const void *state, const struct file *file,
                 const struct segment *segment);
enum stream_step stream_next(struct stream *stream, struct str *record);
void stream_fill(struct stream *stream);
int64_t stream_offset(const struct stream *stream, struct str record); /* counted as base is */
/* Where the record lies; all that stream_next gives lies inside, but of forms with `around`. */
enum record_place stream_place(const struct stream *stream, struct str record);
int64_t stream_line(struct stream *stream, struct str record); /* newlines between the segment's start and the record */
/* After STREAM_END: whether the segment itself is damaged; what follows it is another segment's, which sees the same
 * but for what the system refused. */
bool stream_damaged(const struct stream *stream);
/* Of a zstd file, bytes that came out of the segment's frames; else 0. */
int64_t stream_bytes(const struct stream *stream);
/* After STREAM_END: closes; what lies behind the last whole record of a damaged file. */
struct str stream_close(struct stream *stream);
void stream_free(struct stream *stream); /* but for what the arena holds */

#endif
