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

static uint32_t little_endian(const unsigned char *p, int n)
{
    uint32_t value = 0;
    for (int i = n - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

/* The end of the blocks that start at `offset`; -1: damaged. */
static int64_t blocks_end(struct window *w, int64_t offset)
{
    for (;;) {
        const unsigned char *p = look(w, offset, 3);
        if (p == NULL)
            return -1;
        uint32_t header = little_endian(p, 3), type = header >> 1 & 3;
        if (type == BLOCK_RESERVED)
            return -1;
        offset += 3 + (type == BLOCK_RLE ? 1 : (int64_t)(header >> 3));
        if (header & 1)
            return offset;
    }
}

/* The end of the frame that starts at `offset`; -1: damaged, or the file's end. */
static int64_t frame_end(struct window *w, int64_t offset)
{
    static const int id_bytes[] = {0, 1, 2, 4}, size_bytes[] = {0, 2, 4, 8};
    const unsigned char *p = look(w, offset, 4);
    uint32_t magic = p != NULL ? little_endian(p, 4) : 0;
    if ((magic & 0xFFFFFFF0) == 0x184D2A50) {
        p = look(w, offset + 4, 4);
        return p != NULL ? offset + 8 + (int64_t)little_endian(p, 4) : -1;
    }
    p = magic == 0xFD2FB528 ? look(w, offset + 4, 1) : NULL;
    if (p == NULL)
        return -1;
    unsigned char descriptor = *p;
    bool single = descriptor & 0x20, checksum = descriptor & 0x04;
    int header = 5 + !single + id_bytes[descriptor & 3] + size_bytes[descriptor >> 6];
    if (single && descriptor >> 6 == 0)
        header++;
    int64_t end = blocks_end(w, offset + header);
    return end < 0 ? -1 : end + (checksum ? 4 : 0);
}

void frames_find(const char *path, int64_t size, int64_t apart, void (*cut)(void *context, int64_t offset),
                 void *context)
{
    struct window w = {.file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), .size = size};
    int64_t last = 0;
    if (w.file < 0)
        return;
    for (int64_t end = frame_end(&w, 0); end > 0 && end < size; end = frame_end(&w, end)) {
        if (end - last >= apart) {
            cut(context, end);
            last = end;
        }
    }
    close(w.file);
}
