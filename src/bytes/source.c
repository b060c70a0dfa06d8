#include "bytes/source.h"

#include "bytes/frames.h"
#include "evtx.h"
#include "support/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { INPUT_BYTES = 128 * 1024, HEAD_BYTES = 8 };

/* zstd's own limit, of --long=31: 2 GiB. A decoder that holds more than KEPT_BYTES is not kept for the next file. */
enum { WINDOW_LOG = 31, KEPT_BYTES = 64 * 1024 * 1024 };

static bool refuse(struct source *source, const char *what, const char *why)
{
    snprintf(source->reason, sizeof source->reason, "%s%s%s", what, why[0] != '\0' ? ": " : "", why);
    return false;
}

/* read() that is not cut short by signals. */
static ssize_t read_some(int file, void *p, size_t n)
{
    ssize_t got;
    do
        got = read(file, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

static int open_some(const char *path)
{
    int file;
    do
        file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    while (file < 0 && errno == EINTR);
    return file;
}

static const char *reason_of(int64_t problem)
{
    /* a socket has no device to be opened */
    return problem == EINVAL || problem == ENXIO ? "not a regular file" : strerror((int)problem);
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

struct source_look source_look(const char *path)
{
    struct stat status;
    int result;
    do
        result = stat(path, &status);
    while (result != 0 && errno == EINTR);
    if (result != 0)
        return (struct source_look){.problem = errno};
    if (!S_ISREG(status.st_mode))
        return (struct source_look){.problem = EINVAL};
    return (struct source_look){(int64_t)status.st_size,     0,
                                (uint64_t)status.st_dev,     (uint64_t)status.st_ino,
                                nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

static enum source_kind kind_of(const unsigned char *p, size_t n)
{
    if (n >= 2 && p[0] == 0x1F && p[1] == 0x8B)
        return SOURCE_GZIP;
    if (evtx_is(p, n) && evtx_supported())
        return SOURCE_EVTX;
    bool frame = n >= 4 && p[0] == 0x28 && p[1] == 0xB5 && p[2] == 0x2F && p[3] == 0xFD;
    bool skippable = n >= 4 && (p[0] & 0xF0) == 0x50 && p[1] == 0x2A && p[2] == 0x4D && p[3] == 0x18;
    return frame || skippable ? SOURCE_ZSTD : SOURCE_PLAIN;
}

/* By the first bytes of an open file; SOURCE_UNKNOWN, with errno, if they cannot be read. */
static enum source_kind look_inside(int file)
{
    unsigned char head[HEAD_BYTES];
    size_t n = 0;
    while (n < sizeof head) {
        ssize_t got = pread(file, head + n, sizeof head - n, (off_t)n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return SOURCE_UNKNOWN;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return kind_of(head, n);
}

enum source_kind source_probe(const char *path)
{
    int file = open_some(path);
    if (file < 0)
        return SOURCE_UNKNOWN;
    enum source_kind kind = look_inside(file);
    close(file);
    return kind;
}

/* Bytes as they are in the file. */
static size_t read_raw(struct source *source, void *p, size_t n)
{
    if (source->left <= 0)
        return 0;
    ssize_t got = read_some(source->file, p, n < (uint64_t)source->left ? n : (size_t)source->left);
    if (got < 0)
        refuse(source, "cannot be read", strerror(errno));
    else if (got == 0)
        refuse(source, "became shorter while it was read", "");
    if (got <= 0) {
        source->refused = true;
        source->left = 0;
        return 0;
    }
    source->left -= got;
    source->part_left -= got;
    return (size_t)got;
}

static bool start_decoder(struct source *source, struct arena *arena)
{
    if (source->in == NULL)
        source->in = ARENA_ARRAY(arena, unsigned char, INPUT_BYTES);
    source->between = true;
    if (source->kind == SOURCE_ZSTD) {
        if (source->zstd == NULL)
            source->zstd = ZSTD_createDStream();
        source->decoder = source->zstd;
        if (source->decoder == NULL)
            return refuse(source, "no memory to decompress it", "");
        /* The window is address space: memory is what the frame's content fills of it. */
        ZSTD_DCtx_setParameter(source->decoder, ZSTD_d_windowLogMax, WINDOW_LOG);
        return true;
    }
    z_stream *z = arena_zalloc(arena, 1, sizeof *z);
    if (inflateInit2(z, 16 + MAX_WBITS) != Z_OK)
        return refuse(source, "no memory to decompress it", "");
    source->decoder = z;
    return true;
}

static bool open_regular(struct source *source, const char *path)
{
    struct stat status;
    source->file = open_some(path);
    if (source->file < 0)
        return refuse(source, "cannot be opened", reason_of(errno));
    int result;
    do
        result = fstat(source->file, &status);
    while (result != 0 && errno == EINTR);
    if (result != 0)
        return refuse(source, "cannot be opened", strerror(errno));
    return S_ISREG(status.st_mode) || refuse(source, "cannot be opened", reason_of(EINVAL));
}

/* The first bytes, which tell the kind and wait to be read. */
static bool read_first(struct source *source, struct arena *arena)
{
    size_t got = 1;
    source->in = ARENA_ARRAY(arena, unsigned char, INPUT_BYTES);
    for (; got > 0 && source->in_n < HEAD_BYTES; source->in_n += got)
        got = read_raw(source, source->in + source->in_n, INPUT_BYTES - source->in_n);
    source->kind = kind_of(source->in, source->in_n);
    return source->reason[0] == '\0';
}

static bool seek(int file, int64_t start)
{
    off_t result = 0;
    while (start > 0 && (result = lseek(file, (off_t)start, SEEK_SET)) < 0 && errno == EINTR)
        ;
    return result >= 0;
}

bool source_open(struct source *source, const char *path, enum source_kind kind, int64_t start, int64_t part_end,
                 int64_t size, struct arena *arena)
{
    *source = (struct source){.kind = kind,
                              .file = -1,
                              .left = size - start,
                              .part_left = min_i64(part_end, size) - start,
                              .window = -1,
                              .zstd = source->zstd};
    if (size < 0)
        return refuse(source, "cannot be opened", reason_of(-size));
    if (!open_regular(source, path))
        return false;
    if (kind == SOURCE_UNKNOWN) {
        TRY(read_first(source, arena));
    } else if (!seek(source->file, start)) {
        return refuse(source, "cannot be read", strerror(errno));
    }
    if (source->kind == SOURCE_EVTX) {
        close(source->file); /* another process reads it */
        source->file = -1;
        source->in_n = 0;
        source->evtx = evtx_open(path, source->reason, sizeof source->reason);
        return source->evtx != NULL;
    }
    return source->kind == SOURCE_PLAIN || start_decoder(source, arena);
}

/* Makes sure that compressed bytes wait; false at the end of the file. */
static bool have_input(struct source *source)
{
    if (source->in_at < source->in_n)
        return true;
    int64_t most = source->beyond ? INPUT_BYTES / 8 : min_i64(INPUT_BYTES, source->part_left);
    source->in_at = source->in_n = 0;
    if (most > 0)
        source->in_n = read_raw(source, source->in, (size_t)most);
    return source->in_n > 0;
}

/* One step of gzip: bytes written, which may be 0 on the way. *stop at the end or at damage. */
static size_t step_gzip(struct source *source, char *p, size_t n, bool *stop)
{
    z_stream *z = source->decoder;
    if (source->between && source->in[source->in_at] != 0x1F) {
        /* Zeros may fill up a tape block behind the last member. */
        *stop = source->in[source->in_at] != 0;
        if (*stop)
            refuse(source, "bytes that are not gzip follow the compressed data", "");
        source->in_at++;
        return 0;
    }
    if (source->between && inflateReset(z) != Z_OK) {
        *stop = true;
        refuse(source, "damaged gzip data", "");
        return 0;
    }
    source->between = false;
    z->next_in = source->in + source->in_at;
    z->avail_in = (uInt)(source->in_n - source->in_at);
    z->next_out = (unsigned char *)p;
    z->avail_out = (uInt)n;
    int result = inflate(z, Z_NO_FLUSH);
    source->in_at = source->in_n - z->avail_in;
    source->between = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        *stop = true;
        refuse(source, "damaged gzip data", z->msg != NULL ? z->msg : "");
    }
    return n - z->avail_out;
}

/* Not damage, but more memory than there is. */
static bool refuse_window(struct source *source, const char *why)
{
    char size[32] = "memory";
    if (source->window >= 0)
        snprintf(size, sizeof size, "%lld MiB", (long long)(source->window >> 20));
    snprintf(source->reason, sizeof source->reason,
             "its zstd window needs %s, %s; recompress it with a smaller window (--long=27)", size, why);
    return false;
}

static void refuse_zstd(struct source *source, size_t result)
{
    ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    source->refused = code == ZSTD_error_memory_allocation;
    if (code == ZSTD_error_memory_allocation)
        refuse_window(source, "which the system refuses");
    else if (code == ZSTD_error_frameParameter_windowTooLarge)
        refuse_window(source, "more than zstd's limit of 2048 MiB");
    else
        refuse(source, "damaged zstd data", ZSTD_getErrorName(result));
}

static size_t step_zstd(struct source *source, char *p, size_t n, bool *stop)
{
    ZSTD_inBuffer in = {source->in, source->in_n, source->in_at};
    ZSTD_outBuffer out = {p, n, 0};
    if (source->between)
        source->window = frames_window(source->in + source->in_at, source->in_n - source->in_at);
    size_t result = ZSTD_decompressStream(source->decoder, &out, &in);
    source->in_at = in.pos;
    if (ZSTD_isError(result)) {
        *stop = true;
        refuse_zstd(source, result);
        return 0;
    }
    source->between = result == 0;
    return out.pos;
}

static size_t read_compressed(struct source *source, char *p, size_t n)
{
    bool stop = false, flushed = false;
    n = min_size(n, 1u << 30);
    while (!stop) {
        /* The decoder may still hold output when its input is used up: it is asked once more without any. */
        if (!have_input(source)) {
            if (source->between || flushed)
                break;
            flushed = true;
        }
        size_t got = source->kind == SOURCE_GZIP ? step_gzip(source, p, n, &stop) : step_zstd(source, p, n, &stop);
        if (got > 0)
            return got;
    }
    if (source->reason[0] == '\0' && !source->between) {
        source->cut = true;
        refuse(source, "the compressed data end early", "");
    }
    return 0;
}

/* What the log lacks is said behind its last record. */
static size_t read_log(struct source *source, char *p, size_t n)
{
    size_t got = evtx_read(source->evtx, p, n);
    const char *damage = got == 0 ? evtx_damage(source->evtx) : NULL;
    if (damage != NULL)
        refuse(source, damage, "");
    return got;
}

size_t source_read(struct source *source, char *p, size_t n)
{
    if (source->evtx != NULL && source->reason[0] == '\0')
        return read_log(source, p, n);
    if (source->file < 0 || source->reason[0] != '\0')
        return 0;
    if (source->kind != SOURCE_PLAIN)
        return read_compressed(source, p, n);
    if (source->in_at == source->in_n)
        return read_raw(source, p, n);
    n = min_size(n, source->in_n - source->in_at);
    memcpy(p, source->in + source->in_at, n);
    source->in_at += n;
    return n;
}

bool source_pass(struct source *source)
{
    bool more = source->kind == SOURCE_ZSTD && !source->beyond && source->reason[0] == '\0' && source->left > 0;
    source->beyond = source->beyond || more;
    return more;
}

void source_close(struct source *source)
{
    if (source->file >= 0)
        close(source->file);
    source->file = -1;
    evtx_close(source->evtx);
    source->evtx = NULL;
    if (source->decoder != NULL && source->kind == SOURCE_ZSTD) {
        ZSTD_DCtx_reset(source->decoder, ZSTD_reset_session_only);
        if (ZSTD_sizeof_DCtx(source->decoder) > KEPT_BYTES)
            source_free(source);
    } else if (source->decoder != NULL)
        inflateEnd(source->decoder);
    source->decoder = NULL;
}

void source_free(struct source *source)
{
    ZSTD_freeDStream(source->zstd);
    source->zstd = NULL;
}
