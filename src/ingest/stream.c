#include "stream.h"

void stream_open(struct stream *stream, const struct layout *layout, const void *state, const struct file *file,
                 const struct segment *segment)
{
    stream->layout = layout;
    stream->state = state;
    bool frames = file->kind == SOURCE_ZSTD;
    stream->skipping = segment->start > 0;
    stream->start = frames ? stream->skipping : segment->start;
    stream->end = frames ? INT64_MAX : segment->end;
    /* The byte before the start tells whether a record starts right there. */
    stream->base = stream->start - (stream->skipping ? 1 : 0);
    stream->at = stream->n = stream->counted = 0;
    stream->newlines = 0;
    if (stream->p == NULL) {
        stream->capacity = STREAM_BYTES;
        stream->p = ARENA_ARRAY(stream->arena, char, stream->capacity);
    }
    stream->ended = !source_open(&stream->source, file->path, file->kind, frames ? segment->start : stream->base,
                                 frames ? segment->end : INT64_MAX, file->problem != 0 ? -file->problem : file->size,
                                 stream->arena);
}

/* Sums of 128 comparisons fit a byte, which lets the compiler use whole vectors of them: 6 % of all reading otherwise.
 */
static int64_t count_newlines(const char *p, size_t n)
{
    int64_t sum = 0;
    size_t i = 0;
    for (; n - i >= 128; i += 128) {
        uint8_t some = 0;
        for (size_t k = 0; k < 128; k++)
            some = (uint8_t)(some + (p[i + k] == '\n'));
        sum += some;
    }
    for (; i < n; i++)
        sum += p[i] == '\n';
    return sum;
}

static void count_to(struct stream *stream, size_t to)
{
    size_t from = stream->counted;
    if (stream->base + (int64_t)from < stream->start)
        from = min_size((size_t)(stream->start - stream->base), to);
    size_t stop = to;
    if (stream->base + (int64_t)to > stream->end)
        stop = stream->end > stream->base ? (size_t)(stream->end - stream->base) : 0;
    if (from < stop)
        stream->newlines += count_newlines(stream->p + from, stop - from);
    stream->counted = to;
}

static size_t find_start(const struct stream *stream)
{
    const char *p = stream->p + stream->at;
    size_t n = stream->n - stream->at;
    if (stream->layout->form->resync != NULL)
        return stream->layout->form->resync(p, n);
    const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
    return end != NULL ? (size_t)(end - p) + 1 : SIZE_MAX;
}

static bool past_end(const struct stream *stream)
{
    return stream->base + (int64_t)stream->at >= stream->end;
}

static enum stream_step dry(const struct stream *stream)
{
    return stream->ended ? STREAM_END : STREAM_DRY;
}

static struct str take(struct stream *stream, size_t length, size_t shown)
{
    struct str record = {stream->p + stream->at, shown};
    stream->at += length;
    return record;
}

enum stream_step stream_next(struct stream *stream, struct str *record)
{
    if (stream->skipping) {
        size_t skip = find_start(stream);
        stream->skipping = skip == SIZE_MAX;
        stream->at = stream->skipping ? stream->n : stream->at + skip;
        if (stream->skipping)
            return past_end(stream) ? STREAM_END : dry(stream);
    }
    if (past_end(stream))
        return STREAM_END;
    size_t left = stream->n - stream->at;
    if (left == 0)
        return dry(stream);
    bool whole_file = stream->ended && stream->source.reason[0] == '\0';
    size_t length = stream->layout->form->record_length(stream->state, stream->p + stream->at, left, whole_file);
    if (length > stream->max_record) {
        *record = take(stream, length, min_size(length, STREAM_HEAD));
        return STREAM_LONG;
    }
    if (length > 0) {
        *record = take(stream, length, length);
        return STREAM_RECORD;
    }
    if (left <= stream->max_record)
        return dry(stream);
    *record = take(stream, left, min_size(left, STREAM_HEAD));
    stream->skipping = true;
    return STREAM_LONG;
}

static void make_room(struct stream *stream)
{
    size_t left = stream->n - stream->at;
    if (left < stream->capacity / 2) {
        memmove(stream->p, stream->p + stream->at, left);
    } else {
        char *bigger = ARENA_ARRAY(stream->arena, char, 2 * stream->capacity);
        memcpy(bigger, stream->p + stream->at, left);
        stream->p = bigger;
        stream->capacity *= 2;
    }
    stream->base += (int64_t)stream->at;
    stream->n = left;
    stream->at = stream->counted = 0;
}

void stream_fill(struct stream *stream)
{
    bool first = stream->base + (int64_t)stream->n == 0;
    count_to(stream, stream->at);
    make_room(stream);
    size_t want = stream->capacity - stream->n;
    int64_t place = stream->base + (int64_t)stream->n;
    /* Behind the segment only the rest of one record is wanted. */
    if (place >= stream->end)
        want = min_size(want, STREAM_BYTES / 8);
    else if ((int64_t)want > stream->end - place)
        want = (size_t)(stream->end - place);
    size_t got = source_read(&stream->source, stream->p + stream->n, want);
    if (got == 0 && source_pass(&stream->source)) {
        stream->end = place + 1; /* see struct segment */
        got = source_read(&stream->source, stream->p + stream->n, min_size(want, STREAM_BYTES / 8));
    }
    stream->ended = got == 0;
    stream->n += got;
    if (first && stream->n >= 3 && memcmp(stream->p, "\xEF\xBB\xBF", 3) == 0)
        stream->at = 3; /* byte order mark */
}

int64_t stream_offset(const struct stream *stream, struct str record)
{
    return stream->base + (record.p - stream->p);
}

int64_t stream_line(struct stream *stream, struct str record)
{
    count_to(stream, (size_t)(record.p - stream->p));
    return stream->newlines;
}

bool stream_damaged(const struct stream *stream)
{
    return stream->source.reason[0] != '\0' && (!stream->source.beyond || stream->source.refused);
}

int64_t stream_bytes(const struct stream *stream)
{
    if (stream->source.kind != SOURCE_ZSTD)
        return 0;
    return stream->end < INT64_MAX ? stream->end - 1 : stream->base + (int64_t)stream->n;
}

struct str stream_close(struct stream *stream)
{
    struct str tail = {stream->p + stream->at, min_size(stream->n - stream->at, STREAM_HEAD)};
    count_to(stream, stream->n);
    source_close(&stream->source);
    return tail;
}

void stream_free(struct stream *stream)
{
    source_free(&stream->source);
}
