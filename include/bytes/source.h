/* Bytes of a plain, gzip or zstd file, or of a Windows event log (.evtx) as XML; told apart by their first bytes,
 * whatever the name says. */
#ifndef BYTES_SOURCE_H
#define BYTES_SOURCE_H

#include "support/arena.h"

enum source_kind { SOURCE_UNKNOWN, SOURCE_PLAIN, SOURCE_GZIP, SOURCE_ZSTD, SOURCE_EVTX /* if we can */ };

struct evtx;

/* A file as one stat has it. */
struct source_look {
    int64_t size;    /* 0 if it cannot be looked at */
    int64_t problem; /* 0, or why not: an errno, EINVAL if it is no regular file */
    uint64_t device, inode;
    int64_t mtime_ns, ctime_ns;
};

struct source {
    enum source_kind kind;
    int file;          /* -1: closed */
    int64_t left;      /* bytes of the file still to be read: it may have grown since it was listed */
    int64_t part_left; /* those of them before the end of the wanted part */
    bool beyond;       /* the end of the part was passed */
    void *decoder;     /* of a compressed file */
    void *zstd;        /* a decoder that is used again */
    int64_t window;    /* of the zstd frame that is read, in bytes; -1: not known */
    unsigned char *in; /* bytes in_at .. in_n - 1, as they are in the file, are waiting */
    size_t in_at, in_n;
    bool between;      /* the decoder stands between members or frames */
    bool refused;      /* the system would not give the bytes: another reader may get them */
    bool cut;          /* it ended inside of a member or frame */
    struct evtx *evtx; /* of an event log */
    char reason[320];  /* why it could not be opened or ended early; "" if all is well */
};

struct source_look source_look(const char *path);
/* Told from the first bytes; SOURCE_UNKNOWN if they cannot be read. */
enum source_kind source_probe(const char *path);
/* Opens the file at byte `start` (0 of a gzip file or event log, a frame's start of a zstd file). size: its length when
 * it was listed, behind which nothing is read, or minus the problem of its look, which then is the reason. part_end:
 * where a frame ends, of a zstd file; else behind the file's end. SOURCE_UNKNOWN (start 0, whole file) becomes what the
 * first bytes tell. False: reason is set. Never waits, and refuses all but regular files. The arena gives the buffer of
 * a compressed file or one of unknown kind. A source starts zeroed. */
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
