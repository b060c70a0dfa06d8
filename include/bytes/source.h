/* Bytes of a plain, gzip or zstd file, or of a Windows event log (.evtx) as XML; told apart by their first bytes,
 * whatever the name says. */
#ifndef BYTES_SOURCE_H
#define BYTES_SOURCE_H

#include "support/arena.h"

enum source_kind { SOURCE_PLAIN, SOURCE_GZIP, SOURCE_ZSTD, SOURCE_EVTX /* if this program can read them */ };

struct evtx;

struct source {
    enum source_kind kind;
    int file;          /* -1: closed */
    int64_t left;      /* bytes of the file still to be read: it may have grown since it was listed */
    int64_t part_left; /* those of them before the end of the wanted part */
    bool beyond;       /* the end of the part was passed */
    void *decoder;     /* of a compressed file */
    void *zstd;        /* a decoder that is used again */
    unsigned char *in; /* compressed bytes in_at .. in_n - 1 are waiting */
    size_t in_at, in_n;
    bool between;      /* the decoder stands between members or frames */
    struct evtx *evtx; /* of an event log */
    char reason[320];  /* why it could not be opened or ended early; "" if all is well */
};

/* Kind and size of a regular file; false if it is none or cannot be looked at. */
bool source_probe(const char *path, enum source_kind *kind, int64_t *size);
/* Opens the file, size bytes long when it was listed, at byte `start` (0 of a gzip file or event log, a frame's start
 * of a zstd file). part_end: where a frame ends, of a zstd file; else behind the file's end. False: reason is set.
 * Never waits, and refuses all but regular files. The arena gives the buffer of a compressed file. A source starts
 * zeroed. */
bool source_open(struct source *source, const char *path, enum source_kind kind, int64_t start, int64_t part_end,
                 int64_t size, struct arena *arena);
/* Up to n > 0 bytes; 0 at the end of the part or the file, or where the file is damaged (then reason is set). */
size_t source_read(struct source *source, char *p, size_t n);
/* After a read of 0 bytes: whether this was the end of a part with more of the file behind it, to be read from now on.
 */
bool source_pass(struct source *source);
void source_close(struct source *source); /* may be called again */
void source_free(struct source *source);  /* after source_close */

#endif
