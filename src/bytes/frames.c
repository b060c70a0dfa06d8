/* Headers of frames and blocks as RFC 8878, section 3.1, has them. */
#include "bytes/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 4096, BLOCK_RLE = 1, BLOCK_RESERVED = 3 };

/* A small part of the file in memory: headers lie some kilobytes apart, or many in one place. */
struct window {
    int file;
    int64_t size; /* of the file */
    int64_t at;   /* place of p[0] */
    int64_t n;
    unsigned char p[WINDOW];
};

/* The n bytes at `offset`, or NULL if the file has fewer. */
static const unsigned char *look(struct window *w, int64_t offset, int64_t n)
{
    if (n > w->size - offset)
        return NULL;
    if (offset < w->at || offset + n > w->at + w->n) {
        ssize_t got;
        do
            got = pread(w->file, w->p, WINDOW, (off_t)offset);
        while (got < 0 && errno == EINTR);
        w->at = offset;
        w->n = got > 0 ? (int64_t)got : 0;
    }
    return n <= w->n - (offset - w->at) ? w->p + (offset - w->at) : NULL;
}

static uint64_t little_endian(const unsigned char *p, int n)
{
    uint64_t value = 0;
    for (int i = n - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

/* The end of the blocks that start at `offset`; -1: damaged, or too many. */
static int64_t blocks_end(struct window *w, int64_t offset)
{
    for (int n = 0; n < FRAME_BLOCKS; n++) {
        const unsigned char *p = look(w, offset, 3);
        if (p == NULL)
            return -1;
        uint32_t header = (uint32_t)little_endian(p, 3), type = header >> 1 & 3;
        if (type == BLOCK_RESERVED)
            return -1;
        offset += 3 + (type == BLOCK_RLE ? 1 : (int64_t)(header >> 3));
        if (header & 1)
            return offset;
    }
    return -1;
}

/* What the header of a frame says. */
struct header {
    int bytes;        /* its own */
    bool skippable;   /* then content is what to skip */
    bool checksum;    /* follows the blocks */
    uint64_t content; /* UINT64_MAX: not said */
    uint64_t window;  /* bytes */
};

enum { HEADER_MOST = 18 };

/* False: no header, or more of it than n bytes. */
static bool read_header(const unsigned char *p, size_t n, struct header *out)
{
    static const int id_bytes[] = {0, 1, 2, 4}, size_bytes[] = {0, 2, 4, 8};
    uint32_t magic = n >= 5 ? (uint32_t)little_endian(p, 4) : 0;
    *out = (struct header){.bytes = 8, .skippable = (magic & 0xFFFFFFF0) == 0x184D2A50, .content = UINT64_MAX};
    if (out->skippable) {
        out->content = n >= 8 ? little_endian(p + 4, 4) : 0;
        return n >= 8;
    }
    if (magic != 0xFD2FB528)
        return false;
    unsigned char descriptor = p[4];
    bool single = descriptor & 0x20;
    int id = id_bytes[descriptor & 3], size = size_bytes[descriptor >> 6];
    size += single && size == 0;
    out->checksum = descriptor & 0x04;
    out->bytes = 5 + !single + id + size;
    if ((size_t)out->bytes > n)
        return false;
    if (size > 0)
        out->content = little_endian(p + out->bytes - size, size) + (size == 2 ? 256 : 0);
    if (single) {
        out->window = out->content;
    } else {
        out->window = UINT64_C(1) << (10 + (p[5] >> 3));
        out->window += out->window / 8 * (p[5] & 7);
    }
    return true;
}

int64_t frames_window(const unsigned char *p, size_t n)
{
    struct header header;
    return read_header(p, n, &header) && !header.skippable && header.window <= INT64_MAX ? (int64_t)header.window : -1;
}

/* The end of the frame that starts at `offset`; -1: damaged, the file's end, or too far away. */
static int64_t frame_end(struct window *w, int64_t offset)
{
    struct header header;
    int64_t n = min_i64(HEADER_MOST, w->size - offset);
    const unsigned char *p = look(w, offset, n);
    if (p == NULL || !read_header(p, (size_t)n, &header))
        return -1;
    if (header.skippable)
        return offset + header.bytes + (int64_t)header.content;
    if (header.content != UINT64_MAX && header.content / FRAME_BLOCK_BYTES >= FRAME_BLOCKS)
        return -1;
    int64_t end = blocks_end(w, offset + header.bytes);
    return end < 0 ? -1 : end + (header.checksum ? 4 : 0);
}

void frames_find(const char *path, int64_t size, int64_t apart, void (*cut)(void *context, int64_t offset),
                 void *context)
{
    struct window w = {.size = size};
    int64_t last = 0;
    do
        w.file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    while (w.file < 0 && errno == EINTR);
    if (w.file < 0)
        return;
    posix_fadvise(w.file, 0, 0, POSIX_FADV_RANDOM); /* the system would read all that lies between the headers */
    for (int64_t end = frame_end(&w, 0); end > 0 && end < size; end = frame_end(&w, end)) {
        if (end - last >= apart) {
            cut(context, end);
            last = end;
        }
    }
    close(w.file);
}
