#include "bytes/textfile.h"

#include "support/file.h"

#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

enum { CHUNK = 64 * 1024 };

static bool too_large(const char *path, size_t limit, struct error *err)
{
    return fail(err, ERROR_INPUT, "%s: holds more than %zu bytes when decompressed", path, limit);
}

static bool cut_short(const char *path, struct error *err)
{
    return fail(err, ERROR_INPUT, "%s: the compressed data ends too early; the file is cut", path);
}

static bool read_zstd(const char *path, struct str packed, ZSTD_DStream *stream, char *chunk, struct buf *text,
                      struct error *err)
{
    ZSTD_inBuffer in = {packed.p, packed.n, 0};
    size_t left = 1;
    bool drained = true;
    while (in.pos < in.size || !drained) {
        ZSTD_outBuffer out = {chunk, CHUNK, 0};
        left = ZSTD_decompressStream(stream, &out, &in);
        if (ZSTD_isError(left))
            return fail(err, ERROR_INPUT, "%s: damaged zstd data: %s", path, ZSTD_getErrorName(left));
        buf_add(text, chunk, out.pos);
        if (text->full)
            return too_large(path, text->limit, err);
        drained = out.pos < out.size;
    }
    return left == 0 || cut_short(path, err);
}

static bool read_gzip(const char *path, struct str packed, z_stream *stream, char *chunk, struct buf *text,
                      struct error *err)
{
    size_t at = 0;
    int result = Z_OK;
    while (result != Z_STREAM_END || at < packed.n) {
        if (result == Z_STREAM_END && inflateReset(stream) != Z_OK)
            return fail(err, ERROR_INPUT, "%s: damaged gzip data", path);
        size_t feed = min_size(packed.n - at, CHUNK);
        stream->next_in = (const Bytef *)packed.p + at;
        stream->avail_in = (uInt)feed;
        stream->next_out = (Bytef *)chunk;
        stream->avail_out = CHUNK;
        result = inflate(stream, Z_NO_FLUSH);
        size_t used = feed - stream->avail_in, made = CHUNK - stream->avail_out;
        if (result == Z_BUF_ERROR || (result == Z_OK && used == 0 && made == 0))
            return cut_short(path, err);
        if (result != Z_OK && result != Z_STREAM_END)
            return fail(err, ERROR_INPUT, "%s: damaged gzip data", path);
        at += used;
        buf_add(text, chunk, made);
        if (text->full)
            return too_large(path, text->limit, err);
    }
    return true;
}

static bool decompress(const char *path, struct str packed, bool is_zstd, char *chunk, struct buf *text,
                       struct error *err)
{
    if (is_zstd) {
        ZSTD_DStream *stream = ZSTD_createDStream();
        ASSERT(stream);
        bool ok = read_zstd(path, packed, stream, chunk, text, err);
        ZSTD_freeDStream(stream);
        return ok;
    }
    z_stream stream = {0};
    ASSERT(inflateInit2(&stream, 15 + 16) == Z_OK);
    bool ok = read_gzip(path, packed, &stream, chunk, text, err);
    inflateEnd(&stream);
    return ok;
}

bool textfile_read(const char *path, size_t limit_bytes, struct arena *arena, struct str *out, struct error *err)
{
    struct str raw;
    TRY(file_read(path, limit_bytes, arena, &raw, err));
    bool is_zstd = str_starts(raw, STR("\x28\xb5\x2f\xfd"));
    if (!is_zstd && !str_starts(raw, STR("\x1f\x8b"))) {
        *out = raw;
        return true;
    }
    struct buf text = {.limit = limit_bytes};
    bool ok = decompress(path, raw, is_zstd, arena_bytes(arena, CHUNK), &text, err);
    if (ok)
        *out = (struct str){arena_copy(arena, text.p ? text.p : "", text.n), text.n};
    buf_free(&text);
    return ok;
}
