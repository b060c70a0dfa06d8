#include "stream.h"

/* So many bytes, the one before a place among them, tell whether a record starts there whatever came before. */
enum { LOOK_AHEAD = 256 };

void stream_open(struct stream *stream, const struct layout *layout, const void *state, const struct file *file,
                 const struct segment *segment)
{
    const struct form *form = layout->form;
    bool frames = file->kind == SOURCE_ZSTD, first = segment->start == 0;
    int64_t from = frames ? !first : max_i64(segment->start - form->around, 0);
    stream->layout = layout;
    stream->state = state;
    stream->start = frames ? !first : segment->start;
    stream->end = frames ? INT64_MAX : segment->end;
    stream->known = segment->begins;
    stream->skip = from == 0                          ? SKIP_NOTHING
                   : form->survey == NULL             ? SKIP_TO_RESYNC
                   : segment->begins == SURVEY_RECORD ? SKIP_NOTHING
                                                      : SKIP_TO_KNOWN;
    /* The byte before tells whether a record starts right there. */
    stream->base = from - (stream->skip == SKIP_TO_RESYNC ? 1 : 0);
    stream->at = stream->n = stream->counted = 0;
    stream->newlines = stream->behind = 0;
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

/* Where a place in the file lies in the buffer, from..to. */
static size_t within(const struct stream *stream, int64_t place, size_t from, size_t to)
{
    return (size_t)min_i64(max_i64(place - stream->base, (int64_t)from), (int64_t)to);
}

static void count_to(struct stream *stream, size_t to)
{
    if (to <= stream->counted || !stream->counts)
        return;
    size_t start = within(stream, stream->start, stream->counted, to);
    size_t end = within(stream, stream->end, start, to);
    stream->newlines += count_newlines(stream->p + start, end - start);
    stream->behind += count_newlines(stream->p + end, to - end);
    stream->counted = to;
}

static bool past_end(const struct stream *stream)
{
    return stream->layout->form->around == 0 && stream->base + (int64_t)stream->at >= stream->end;
}

/* Moves to the next record start. False if it is not there yet, or lies past the end. */
static bool find_start(struct stream *stream)
{
    const struct form *form = stream->layout->form;
    const char *p = stream->p + stream->at;
    size_t n = stream->n - stream->at, skip = SIZE_MAX, keep = 0;
    if (stream->skip == SKIP_TO_RESYNC) {
        skip = form->resync(p, n);
        keep = skip == SIZE_MAX && !stream->ended ? min_size(n, LOOK_AHEAD - 1) : 0;
    } else if (stream->skip == SKIP_TO_KNOWN) {
        skip = form->survey->resync(&stream->known, p, n);
    } else {
        const char *end = n > 0 ? memchr(p, '\n', n) : NULL;
        skip = end != NULL ? (size_t)(end - p) + 1 : SIZE_MAX;
    }
    stream->at += skip != SIZE_MAX ? skip : n - keep;
    if (skip == SIZE_MAX)
        return false;
    stream->skip = SKIP_NOTHING;
    return true;
}

/* Whether another segment begins here, which lies at the end or behind. */
static bool next_begins(const struct stream *stream)
{
    const struct form *form = stream->layout->form;
    if (form->resync == NULL || stream->at == 0)
        return true;
    return form->resync(stream->p + stream->at - 1, min_size(stream->n - stream->at + 1, LOOK_AHEAD)) == 1;
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

/* A record with no end within the limit, or behind it: looked at up to there once more, as if nothing followed. */
static enum stream_step take_long(struct stream *stream, size_t length, size_t seen, struct str *record)
{
    const struct form *form = stream->layout->form;
    size_t limit = min_size(seen, stream->max_record);
    size_t part = form->record_length(stream->state, stream->p + stream->at, limit, true);
    if (part < limit) {
        *record = take(stream, part, part);
        return STREAM_RECORD;
    }
    bool resyncs = form->resync != NULL;
    *record = take(stream, length > 0 ? length : resyncs ? seen : limit, min_size(seen, STREAM_HEAD));
    if (length > 0)
        return STREAM_LONG;
    stream->skip = resyncs ? SKIP_TO_RESYNC : SKIP_TO_LINE;
    if (resyncs) /* a place may lie in it that only what follows tells */
        stream->at -= min_size(seen - 1, LOOK_AHEAD - 1);
    return STREAM_LONG;
}

enum stream_step stream_next(struct stream *stream, struct str *record)
{
    if (stream->skip != SKIP_NOTHING && !find_start(stream)) {
        bool byte_before = stream->skip == SKIP_TO_RESYNC;
        bool past =
            stream->layout->form->around == 0 && stream->base + (int64_t)stream->at + byte_before >= stream->end;
        return past ? STREAM_END : dry(stream);
    }
    size_t left = stream->n - stream->at;
    if (past_end(stream)) {
        if (!stream->ended && left < LOOK_AHEAD && stream->layout->form->resync != NULL)
            return STREAM_DRY;
        if (next_begins(stream))
            return STREAM_END;
    }
    if (left == 0)
        return dry(stream);
    /* A fixed part is looked at, so that what counts as too long does not depend on what is at hand. */
    size_t seen = min_size(left, 2 * stream->max_record);
    bool whole_file = stream->ended && stream->source.reason[0] == '\0';
    size_t length =
        stream->layout->form->record_length(stream->state, stream->p + stream->at, seen, whole_file && seen == left);
    if (length == 0 && seen < 2 * stream->max_record)
        return dry(stream);
    if (length == 0 || length > stream->max_record)
        return take_long(stream, length, seen, record);
    *record = take(stream, length, length);
    return STREAM_RECORD;
}

/* The byte before those not consumed stays. */
static void make_room(struct stream *stream)
{
    size_t from = stream->at - (stream->at > 0), left = stream->n - from;
    if (left < stream->capacity / 2) {
        memmove(stream->p, stream->p + from, left);
    } else {
        char *bigger = ARENA_ARRAY(stream->arena, char, 2 * stream->capacity);
        memcpy(bigger, stream->p + from, left);
        stream->p = bigger;
        stream->capacity *= 2;
    }
    stream->base += (int64_t)from;
    stream->n = left;
    stream->at -= from;
    stream->counted = stream->at;
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

enum record_place stream_place(const struct stream *stream, struct str record)
{
    int64_t offset = stream_offset(stream, record);
    if (stream->layout->form->around == 0 || (offset >= stream->start && offset < stream->end))
        return PLACE_INSIDE;
    return offset < stream->start ? PLACE_BEFORE : PLACE_BEHIND;
}

int64_t stream_line(struct stream *stream, struct str record)
{
    count_to(stream, (size_t)(record.p - stream->p));
    return stream->newlines + stream->behind;
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
